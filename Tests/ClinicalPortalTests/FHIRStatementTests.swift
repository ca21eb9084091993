import ClinicalPortal
import PortalRecord
import Testing

/// Statements of FHIR that must not read as what they are not.
@Suite("FHIR R4: relatives, teams, plans, lists")
struct FHIRStatementTests {
    private static let profile = """
        silos:
          fhir: {label: Practice, zone: Europe/London, localAuthority: GRI, labels: {R: sensitive}, feeds: [allergyIntolerance, condition, medicationStatement, carePlan, familyMemberHistory, careTeam]}
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI}
        access:
          teams:
            ward-7: {places: [WARD7]}
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review]}
            problems: {may: [know, read], kinds: [condition], needsRelationship: false}
            geneticist: {may: [know, read], kinds: [familyMemberHistory], needsRelationship: false}
            doctor: {may: [know, read]}
        people:
          all: {roles: [all]}
          problems: {roles: [problems]}
          geneticist: {roles: [geneticist]}
          manager: {roles: [doctor], codes: [C9]}
        """

    private static func portal(_ more: String = "") throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile + "\n" + more),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    private static let patient = """
        {"resourceType":"Patient","id":"p","identifier":[{"system":"urn:id:GRI","value":"1"}],
        "name":[{"family":"LEE","given":["Ann"]}],"gender":"female","birthDate":"1951-03-03"}
        """

    private func take(
        _ portal: Portal,
        _ resources: String...,
        at day: String = "2026-11-02"
    ) throws {
        let entries = ([Self.patient] + resources).map { "{\"resource\":" + $0 + "}" }
        try portal.take(
            "fhir",
            Array(
                ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"" + day
                    + "T10:00:00Z\",\"entry\":[" + entries.joined(separator: ",") + "]}").utf8
            )
        )
    }

    private func screen(_ portal: Portal, as person: String = "all") throws -> TopScreen {
        try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader(person),
            at: Board.now
        ).value
    }

    private func element(_ portal: Portal, _ name: String) throws -> TopScreen.Element {
        try #require(try screen(portal).elements.first { $0.name == name })
    }

    // MARK: Relatives

    private static func history(_ status: String = "completed", _ more: String = "") -> String {
        """
        {"resourceType":"FamilyMemberHistory","id":"f","status":"\(status)","date":"2026-10-01",
        "patient":{"reference":"Patient/p"},"relationship":{"text":"Father"},\(more)
        "condition":[{"code":{"coding":[{"system":"http://snomed.info/sct","code":"195967001"}],
        "text":"Asthma"}}]}
        """
    }

    @Test("a relative's condition is no problem of the person's, nowhere on the first screen")
    func noProblem() throws {
        let portal = try Self.portal()
        try take(portal, Self.history())
        let screen = try screen(portal)
        #expect(screen.elements.first { $0.name == "problems" }?.rows.isEmpty == true)
        #expect(screen.elements.flatMap(\.rows).isEmpty)
        let rows = try portal.rows()
        #expect(rows.map(\.kind) == [.familyMemberHistory])
        #expect(rows.map(\.what) == ["Family history (Father)"])
        #expect(rows.map(\.headline) == ["Relative (Father): Asthma"])
        let all = try portal.reader("all")
        #expect(try portal.searchText("asthma", as: all, at: Board.now).value.isEmpty)
    }

    @Test("the person's own condition of the same code stands apart from the relative's")
    func ownCondition() throws {
        let portal = try Self.portal()
        let own = """
            {"resourceType":"Condition","id":"f","subject":{"reference":"Patient/p"},
            "code":{"coding":[{"system":"http://snomed.info/sct","code":"195967001"}],"text":"Asthma"}}
            """
        try take(portal, Self.history(), own)
        #expect(try element(portal, "problems").rows.map(\.kind) == [.condition])
        let rows = try portal.rows()
        #expect(rows.count == 2 && Set(rows.map(\.entry)).count == 2)
        #expect(rows.allSatisfy { $0.alsoFrom.isEmpty && $0.possiblySame.isEmpty })
    }

    @Test("a role that reads problems reads no family history, and the other way round")
    func kinds() throws {
        let portal = try Self.portal()
        let own = """
            {"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
            "code":{"text":"Asthma"}}
            """
        try take(portal, Self.history(), own)
        #expect(try portal.rows(as: "problems").map(\.kind) == [.condition])
        #expect(try portal.rows(as: "geneticist").map(\.kind) == [.familyMemberHistory])
    }

    @Test("an element may show it, and is silent where nothing was sent: absence is no none (S17)")
    func ownElement() throws {
        let map = """
            elements:
              - {name: family, label: Family history, from: [{kinds: [familyMemberHistory]}]}
              - {name: problems, label: Problems, from: [{kinds: [condition]}]}
            """
        let portal = try Self.portal(map)
        try take(portal, Self.history())
        #expect(try element(portal, "family").rows.count == 1)
        #expect(try element(portal, "problems").rows.isEmpty)
    }

    @Test("entered in error takes it back; unknown health is said and asserts nothing")
    func status() throws {
        let portal = try Self.portal()
        try take(portal, Self.history())
        try take(portal, Self.history("entered-in-error"), at: "2026-11-03")
        let row = try #require(try portal.rows().first)
        #expect(row.markers.contains(.withdrawn) && !row.headline.contains("Asthma"))
        let unknown = try Self.portal()
        try take(
            unknown,
            """
            {"resourceType":"FamilyMemberHistory","id":"f","status":"health-unknown",
            "patient":{"reference":"Patient/p"},"relationship":{"text":"Mother"}}
            """
        )
        #expect(try unknown.rows().map(\.headline) == ["Relative (Mother): health not known"])
    }

    @Test(
        "S21: a label withholds the new kinds, and a document's confidentiality holds for them",
        arguments: [history(), team("active")]
    )
    func labels(_ resource: String) throws {
        let labelled = resource.replacing(
            "\"patient\":",
            with: "\"meta\":{\"security\":[{\"code\":\"ETH\"}]},\"patient\":"
        ).replacing(
            "\"subject\":",
            with: "\"meta\":{\"security\":[{\"code\":\"ETH\"}]},\"subject\":"
        )
        let portal = try Self.portal()
        try take(portal, labelled)
        #expect(try portal.rows().isEmpty)
        let open = try Self.portal()
        try take(open, resource)
        #expect(try open.rows().count == 1)
        let letter = """
            {"resourceType":"Composition","id":"c","status":"final","confidentiality":"V",
            "type":{"text":"Letter"},"title":"Letter","date":"2026-11-01",
            "subject":{"reference":"Patient/p"}}
            """
        let entries = [letter, Self.patient, resource].map { "{\"resource\":" + $0 + "}" }
        let document =
            "{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":["
            + entries.joined(separator: ",") + "]}"
        let sealed = try Self.portal()
        try sealed.take("fhir", Array(document.utf8))
        #expect(try sealed.rows().isEmpty)
    }

    @Test("a seal on a code holds for what is told of a relative, too")
    func sealedCode() throws {
        let seal = """
            restrictions:
              - {patient: "urn:id:GRI|1", kind: sealed, codes: ["195967001"]}
            """
        let portal = try Self.portal(seal)
        try take(portal, Self.history())
        #expect(try portal.rows().isEmpty)
    }

    // MARK: Teams, and care over years

    private static func team(_ status: String) -> String {
        """
        {"resourceType":"CareTeam","id":"t","status":"\(status)","name":"Diabetes team",
        "subject":{"reference":"Patient/p"},"participant":[
        {"role":[{"text":"Adviser"}],"member":{"identifier":{"value":"C9"},"display":"Dr Reid"}},
        {"role":[{"text":"Self-carer"}],"member":{"reference":"Patient/p"}}]}
        """
    }

    @Test("a team names its members and how they stand; a member gains no access by it")
    func teams() throws {
        let portal = try Self.portal()
        try take(portal, Self.team("active"))
        let row = try #require(try portal.rows().first)
        #expect(row.kind == .careTeam && row.headline == "Diabetes team")
        #expect(row.notes == ["Adviser: Dr Reid", "Self-carer: Ann LEE (the patient)"])
        #expect(throws: AccessError.self) { try portal.rows(as: "manager") }
        let past = try Self.portal()
        try take(past, Self.team("inactive"))
        #expect(try past.rows().map(\.headline) == ["Diabetes team (inactive)"])
        let wrong = try Self.portal()
        try take(wrong, Self.team("entered-in-error"))
        #expect(try wrong.rows().allSatisfy { $0.markers.contains(.withdrawn) && $0.notes.isEmpty })
    }

    @Test("an episode of care puts nobody on a ward, gives nobody access, and hides no stay")
    func episodes() throws {
        let portal = try Self.portal()
        let episode = """
            {"resourceType":"EpisodeOfCare","id":"e","status":"active","patient":{"reference":"Patient/p"},
            "period":{"start":"2026-11-10"},"type":[{"text":"Community care"}],
            "managingOrganization":{"reference":"Organization/o","display":"WARD7"},
            "careManager":{"identifier":{"value":"C9"},"display":"Dr Reid"}}
            """
        try take(portal, episode)
        let row = try #require(try portal.rows().first)
        #expect(row.what == "Episode of care" && row.status == "active")
        #expect(throws: AccessError.self) { try portal.rows(as: "manager") }
        let admission = Board.movement("A01", at: "20261101090000", pid: Board.pid(nhs: nil))
        try portal.take("pas", admission)
        #expect(try screen(portal).banner.location == "WARD7")
        #expect(try element(portal, "attendances").rows.first?.what == "Inpatient stay")
    }

    @Test("an attendance entered in error does not go on")
    func wrongEncounter() throws {
        let portal = try Self.portal()
        func visit(_ status: String) -> String {
            """
            {"resourceType":"Encounter","id":"e","status":"\(status)","class":{"code":"IMP"},
            "subject":{"reference":"Patient/p"},"period":{"start":"2026-11-01"}}
            """
        }
        try take(portal, visit("in-progress"))
        #expect(try portal.rows().map(\.status) == ["in progress"])
        try take(portal, visit("entered-in-error"), at: "2026-11-03")
        #expect(try portal.rows().map(\.status) == ["cancelled"])
    }

    // MARK: Plans

    @Test("S13: goals and consents neither contradict one another nor hide a decision")
    func goals() throws {
        let portal = try Self.portal()
        let decision = """
            {"resourceType":"CarePlan","id":"d","status":"active","intent":"plan","created":"2020-01-01",
            "category":[{"text":"Resuscitation"}],"title":"Do not attempt CPR",
            "subject":{"reference":"Patient/p"}}
            """
        try take(portal, decision)
        for number in 1...12 {
            try take(
                portal,
                """
                {"resourceType":"Goal","id":"g\(number)","lifecycleStatus":"active","startDate":"2026-10",
                "description":{"text":"Goal \(number)"},"subject":{"reference":"Patient/p"}}
                """
            )
        }
        let plans = try element(portal, "plans")
        #expect(plans.rows.first?.headline == "Do not attempt CPR")
        #expect(plans.lines.isEmpty)
        let other = decision.replacing("\"d\"", with: "\"e\"").replacing("Do not a", with: "A")
        try take(portal, other)
        #expect(try element(portal, "plans").lines == ["Sources disagree: check the signed form"])
    }

    @Test("a consent only states: a refusal closes nothing, a permission opens nothing")
    func consents() throws {
        for type in ["permit", "deny"] {
            let portal = try Self.portal()
            try take(
                portal,
                """
                {"resourceType":"Consent","id":"k","status":"active","scope":{"text":"Sharing"},
                "patient":{"reference":"Patient/p"},"provision":{"type":"\(type)"}}
                """
            )
            #expect(try portal.rows().map(\.headline) == ["Sharing: " + type])
            #expect(throws: AccessError.self) { try portal.rows(as: "manager") }
        }
    }

    // MARK: Requests and lists

    @Test("a task about a request with the same number is an entry of its own")
    func tasks() throws {
        let portal = try Self.portal()
        let number = "\"identifier\":[{\"system\":\"urn:r\",\"value\":\"R-1\"}]"
        try take(
            portal,
            """
            {"resourceType":"ServiceRequest","id":"s",\(number),"status":"active","intent":"order",
            "code":{"text":"Colonoscopy"},"subject":{"reference":"Patient/p"}}
            """,
            """
            {"resourceType":"Task","id":"k",\(number),"status":"rejected","intent":"order",
            "code":{"coding":[{"code":"fulfill","display":"Fulfil"}]},"for":{"reference":"Patient/p"},
            "focus":{"reference":"ServiceRequest/s"}}
            """
        )
        let rows = try portal.rows()
        let headlines = Set(rows.map(\.headline))
        #expect(headlines == ["Colonoscopy, requested", "Fulfil: Colonoscopy, rejected"])
        #expect(Set(rows.map(\.entry)).count == 2 && rows.allSatisfy(\.markers.isEmpty))
    }

    private static func list(_ reason: String, mode: String = "snapshot") -> String {
        """
        {"resourceType":"List","id":"l","status":"current","mode":"\(mode)","date":"2026-10-01",
        "code":{"coding":[{"system":"http://loinc.org","code":"48765-2"}]},
        "subject":{"reference":"Patient/p"},"emptyReason":{"coding":[{"code":"\(reason)"}]}}
        """
    }

    @Test(
        "S13: whichever coding refutes it, or words alone, it stands no more",
        arguments: [
            #"{"coding":[{"system":"urn:local","code":"X"},{"code":"refuted"}]}"#,
            #"{"coding":[{"code":"X"},{"code":"entered-in-error"}]}"#, #"{"text":"Refuted"}"#,
        ]
    )
    func refuted(_ status: String) throws {
        let portal = try Self.portal()
        try take(
            portal,
            """
            {"resourceType":"Condition","id":"c","code":{"text":"Stroke"},
            "subject":{"reference":"Patient/p"},"verificationStatus":\(status)}
            """
        )
        #expect(try element(portal, "problems").rows.allSatisfy { !$0.headline.contains("Stroke") })
        #expect(try portal.rows().allSatisfy { $0.markers.contains(.withdrawn) })
    }

    @Test(
        "a relative's condition that a list names is the relative's, though it is not sent",
        arguments: [
            #"{"reference":"FamilyMemberHistory/9","display":"Cancer"}"#,
            #"{"type":"FamilyMemberHistory","display":"Cancer"}"#,
        ]
    )
    func namedRelative(_ item: String) throws {
        let portal = try Self.portal()
        let list = Self.list("x").replacing(
            "\"emptyReason\":{\"coding\":[{\"code\":\"x\"}]}",
            with: "\"entry\":[{\"item\":\(item)}]"
        )
        try take(portal, list)
        #expect(try portal.rows().map(\.headline) == ["Cancer (family history)"])
    }

    @Test("S17, P8: an empty list says none known only where its sender does")
    func noneKnown() throws {
        let none = try Self.portal()
        try take(none, Self.list("nilknown"))
        let known = try element(none, "allergies")
        #expect(known.state == "none known")
        #expect(known.lines.first == "No known allergies: Practice, 01-Oct-2026")
        for reason in ["notasked", "withheld", "unavailable", "notstarted", "closed", "other"] {
            let portal = try Self.portal()
            try take(portal, Self.list(reason))
            #expect(try element(portal, "allergies").rows.isEmpty, "\(reason)")
        }
        let changes = try Self.portal()
        try take(changes, Self.list("nilknown", mode: "changes"))
        #expect(try element(changes, "allergies").rows.isEmpty)
        // A positive allergy survives it (S13).
        try take(
            none,
            """
            {"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Egg"},
            "patient":{"reference":"Patient/p"}}
            """
        )
        #expect(try element(none, "allergies").state == "recorded")
        // A later sending of the list takes its place, in any order, and with it what it said.
        let later = ["notasked", "withheld"].map { Self.list($0) }
        let retired = Self.list("x").replacing("\"current\"", with: "\"retired\"")
        let filled = Self.list("x").replacing(
            "\"emptyReason\":{\"coding\":[{\"code\":\"x\"}]}",
            with: "\"entry\":[{\"item\":{\"display\":\"Penicillin\"}}]"
        )
        for list in later + [retired, filled] {
            let sent = list.replacing("2026-10-01", with: "2026-10-02")
            for order in [[Self.list("nilknown"), sent], [sent, Self.list("nilknown")]] {
                let portal = try Self.portal()
                for list in order { try take(portal, list) }
                #expect(try element(portal, "allergies").state != "none known", "\(sent)")
                #expect(
                    try element(portal, "allergies").lines.allSatisfy { !$0.hasPrefix("No known") }
                )
            }
        }
        // And is taken back with its list.
        let wrong = try Self.portal()
        try take(wrong, Self.list("nilknown"))
        let error = Self.list("nilknown").replacing("\"current\"", with: "\"entered-in-error\"")
        try take(wrong, error)
        #expect(try element(wrong, "allergies").state != "none known")
    }
}
