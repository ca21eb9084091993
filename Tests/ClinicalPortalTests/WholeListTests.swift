import ClinicalPortal
import Testing

/// A list that is always sent whole: from the practice's file to the first screen.
@Suite("Lists that are sent whole")
struct WholeListTests {
    private static let profile = """
        silos:
          gp:
            label: GP summary
            localAuthority: GRI
            feeds: [allergyIntolerance, medicationStatement, condition, flag, carePlan, relatedPerson]
            practices: {P55555: {label: Lochside Practice}, P66666: {label: Hillside Practice}}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, document]}
        people:
          all: {roles: [all]}
        """

    static func portal() throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    static func summary(
        _ day: Int?,
        _ rest: String,
        practice: String = "P55555",
        extract: String = "gp-emergency-summary"
    ) -> [UInt8] {
        let made = day.map { #""made":"2026-11-\#($0)T02:10:00Z","# } ?? ""
        return Array(
            (#"{"extract":"\#(extract)","number":"E\#(day ?? 0)","practice":{"code":"\#(practice)"},"#
                + made
                + #""patient":{"identifiers":[{"system":"GRI","value":"1"},{"system":"CHI","value":"9990000018"}],"#
                + #""name":{"family":"LEE","given":"Ann"},"birthDate":"1951-03-03"}"#
                + (rest.isEmpty ? "" : "," + rest) + "}").utf8
        )
    }

    private static let both =
        #""repeats":[{"medicine":"Bisoprolol","dose":"5 mg"}],"acutes":[{"medicine":"Amoxicillin","dose":"500 mg"}]"#

    private func element(_ portal: Portal, _ name: String) throws -> TopScreen.Element {
        let screen = try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        return try #require(screen.elements.first { $0.name == name })
    }

    private func row(_ portal: Portal, _ words: String) throws -> TimelineRow? {
        try portal.rows().first { $0.headline.hasPrefix(words) }
    }

    @Test("what the next sending leaves out is no longer current, and is not lost")
    func leftOut() throws {
        let portal = try Self.portal()
        let next = #""repeats":[{"medicine":"Bisoprolol","dose":"10 mg"}]"#
        try portal.take("gp", Self.summary(20, Self.both), Self.summary(21, next))
        let medicines = try element(portal, "medicines")
        #expect(medicines.rows.map(\.headline) == ["Bisoprolol: 10 mg"])
        #expect(medicines.rows.allSatisfy { $0.markers.isEmpty && $0.isCurrent })
        #expect(medicines.more == 1)
        let gone = try #require(try row(portal, "Amoxicillin"))
        #expect(gone.markers == [.notListed] && !gone.isCurrent)
        #expect(gone.headline == "Amoxicillin: 500 mg")
        let old = try portal.rows(versions: true).filter { $0.headline == "Bisoprolol: 5 mg" }
        #expect(old.count == 1 && old.first?.isCurrent == false)
    }

    @Test("what is said again after another word is how things are now, in every order of arrival")
    func saidAgain() throws {
        let five = Self.summary(18, #""repeats":[{"medicine":"Bisoprolol","dose":"5 mg"}]"#)
        let ten = Self.summary(19, #""repeats":[{"medicine":"Bisoprolol","dose":"10 mg"}]"#)
        let again = Self.summary(20, #""repeats":[{"medicine":"Bisoprolol","dose":"5 mg"}]"#)
        var seen: Set<String> = []
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let portal = try Self.portal()
            for index in order { try portal.take("gp", [five, ten, again][index]) }
            let rows = try element(portal, "medicines").rows
            #expect(rows.map(\.headline) == ["Bisoprolol: 5 mg"])
            #expect(rows.allSatisfy { $0.markers.isEmpty })
            seen.insert(try CanonicalJSON.text(try portal.rows(versions: true)))
        }
        #expect(seen.count == 1)
    }

    @Test("an allergy that a list leaves out stands, and is marked (SAFETY S13)")
    func allergy() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(20, #""allergies":[{"substance":"Penicillin"}]"#),
            Self.summary(21, #""allergies":[{"substance":"No known allergies"}]"#)
        )
        let allergies = try element(portal, "allergies")
        #expect(allergies.state == "recorded" && allergies.rows.count == 2)
        let penicillin = allergies.rows.first { $0.headline == "Penicillin" }
        #expect(penicillin?.markers == [.notListed])
        // "None known" that is no longer said is nothing that is said.
        let other = try Self.portal()
        try other.take(
            "gp",
            Self.summary(20, #""allergies":[{"substance":"No known allergies"}]"#),
            Self.summary(21, #""repeats":[{"medicine":"x"}]"#)
        )
        #expect(try element(other, "allergies").state != "none known")
    }

    @Test("a list that is taken back takes its statements; a later one stands")
    func takenBack() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(20, Self.both),
            Self.summary(21, #""status":"withdrawn""#)
        )
        let rows = try portal.rows()
        #expect(rows.count == 2 && rows.allSatisfy { $0.markers.contains(.withdrawn) })
        #expect(!rows.contains { $0.headline.contains("mg") })
        try portal.take("gp", Self.summary(22, Self.both))
        #expect(try element(portal, "medicines").rows.count == 2)
        #expect(try portal.rows().allSatisfy { $0.markers.isEmpty })
    }

    @Test("of a list that was another person's nothing is shown (SAFETY S10)")
    func anotherPersons() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(19, #""repeats":[{"medicine":"Lithium","dose":"400 mg"}]"#),
            Self.summary(20, Self.both),
            Self.summary(21, #""status":"wrong patient""#)
        )
        let all = try CanonicalJSON.text(try portal.rows(versions: true))
        for word in ["Lithium", "Bisoprolol: ", "500 mg", "400 mg"] {
            #expect(!all.contains(word + " ") && !all.contains("\"headline\":\"" + word))
        }
        #expect(try portal.rows().allSatisfy { $0.markers == [.wrongPatient] })
    }

    @Test("who has opted out has nothing listed, in no count and no version (SAFETY S20)")
    func optedOut() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(20, Self.both),
            Self.summary(21, #""optedOut":true,"repeats":[{"medicine":"Lithium"}]"#)
        )
        #expect(try portal.rows(versions: true).isEmpty)
        #expect(try element(portal, "medicines").more == 0)
        let line = Self.summary(21, #""optedOut":true,"repeats":[{"medicine":"Lithium"}]"#)
        let kept = try portal.document(
            ContentHash(of: line),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        #expect(!String(decoding: kept, as: UTF8.self).contains("Lithium"))
        // It is reversible, and an earlier list alone brings nothing back.
        try portal.take("gp", Self.summary(19, Self.both))
        #expect(try portal.rows(versions: true).isEmpty)
        try portal.take("gp", Self.summary(22, Self.both + #","optedOut":false"#))
        #expect(try element(portal, "medicines").rows.count == 2)
    }

    @Test("two lists that nothing orders both count, and what one leaves out says so (S5)")
    func unordered() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(nil, Self.both),
            Self.summary(nil, #""repeats":[{"medicine":"Bisoprolol","dose":"5 mg"}]"#)
        )
        let rows = try element(portal, "medicines").rows
        #expect(rows.count == 2)
        #expect(
            rows.first { $0.headline.hasPrefix("Amoxicillin") }?.markers == [.orderUnknown]
        )
        #expect(rows.first { $0.headline.hasPrefix("Bisoprolol") }?.markers == [])
    }

    @Test("one practice's list takes nothing from another's; an empty one is a list")
    func practices() throws {
        let portal = try Self.portal()
        try portal.take(
            "gp",
            Self.summary(20, Self.both),
            Self.summary(21, #""repeats":[{"medicine":"Ramipril"}]"#, practice: "P66666")
        )
        #expect(try element(portal, "medicines").rows.count == 3)
        try portal.take("gp", Self.summary(22, "", practice: "P55555"))
        #expect(try element(portal, "medicines").rows.map(\.headline) == ["Ramipril"])
    }

    @Test("a hundred sendings of one list are one version")
    func manySendings() throws {
        let portal = try Self.portal()
        for day in 10...21 { try portal.take("gp", Self.summary(day, Self.both)) }
        #expect(try portal.rows(versions: true).count == 4)
    }
}
