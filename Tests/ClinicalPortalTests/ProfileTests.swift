import ClinicalPortal
import Testing

/// Nothing in a profile is quietly without effect (DESIGN 9).
@Suite("A site profile")
struct ProfileTests {
    private func refusal(_ text: String) -> String {
        do {
            _ = try SiteProfile(yaml: text)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("names the columns of a silo's tables")
    func columns() throws {
        let profile = """
            silos:
              lists:
                label: Lists
                adapter: appointment-list
                localAuthority: GRI
                list: theatre
                columns: {appointment: Termin, start: Beginn, hospital_number: Nummer, surname: Name}
            access:
              roles: {all: {may: [know, read], needsRelationship: false, duties: [list]}}
            people: {all: {roles: [all]}}
            """
        let portal = Portal(
            profile: try SiteProfile(yaml: profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        try portal.take("lists", Array("Termin;Beginn;Nummer;Name\nA1;2026-11-25;1;LEE\n".utf8))
        let rows = try portal.rows("urn:id:GRI|1")
        #expect(
            rows.map(\.what) == ["Theatre list"] && rows.first?.when?.description == "2026-11-25"
        )
    }

    @Test(
        "is refused with the line where a name is misspelt",
        arguments: [
            ("silos:\n  a: {adapter: appointment-list, columns: {strat: Beginn}}", "2", "strat"),
            ("silos:\n  a: {list: theater}", "2", "theater"),
            ("silos:\n  a: {elements: [blood result]}", "2", "blood result"),
            ("silos:\n  a: {colums: {}}", "2", "colums"),
            (
                "restrictions:\n  - {patient: \"urn:id:A|1\", kind: sealed, silos: [b]}", "2",
                "\"b\""
            ),
            (
                "restrictions:\n  - {patient: \"nhs-number|9990000086\", kind: sealed}", "2",
                "check digit"
            ),
            (
                "restrictions:\n  - {patient: \"NHS|9990000085\", kind: opted out}", "2", "\"NHS\""
            ),
            (
                "silos:\n  a: {localAuthority: GRI}\nrestrictions:\n"
                    + "  - {patient: \"urn:id:GR|1\", kind: opted out}", "4", "urn:id:GR\""
            ),
            ("mandates:\n  - {holder: a, onBehalfOf: b}", "2", "\"a\""),
        ]
    )
    func misspelt(_ text: String, _ line: String, _ word: String) {
        let said = refusal(text)
        #expect(said.contains(word) && said.contains("line " + line), "\(said)")
    }

    @Test(
        "a word for a list that no screen shows is a finding, and the booking stands in the silo's"
    )
    func unknownList() throws {
        let portal = Portal(
            profile: try SiteProfile(
                yaml: """
                    silos:
                      lists: {label: Lists, adapter: appointment-list, localAuthority: GRI, list: clinic}
                    access:
                      roles: {all: {may: [know, read], needsRelationship: false, duties: [list]}}
                    people: {all: {roles: [all]}}
                    """
            ),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        let head = "appointment,list,start,hospital_number\n"
        try portal.take("lists", Array((head + "A1,Outpatients,2026-11-22,1\n").utf8))
        try portal.take("lists", Array((head + "A2,Theatre,2026-11-22,1\n").utf8))
        let rows = try portal.rows("urn:id:GRI|1")
        #expect(Set(rows.map(\.what)) == ["Clinic appointment", "Theatre list"])
        #expect(rows.flatMap(\.findings).map(\.code) == ["list-unknown"])
        let list = try portal.list(
            PatientListQuery(.clinic),
            as: try portal.reader("all"),
            at: Board.now
        )
        #expect(list.value.count == 1)
    }
}
