import ClinicalPortal
import Testing

/// What lists say of a booking (SAFETY S5, S7, S10).
@Suite("Bookings of lists")
struct BookingTests {
    private static let profile = """
        silos:
          lists: {label: Lists, adapter: appointment-list, localAuthority: GRI, list: theatre}
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI}
        access:
          relationships: {attendance: {daysAfter: 90, daysBefore: 14}, appointment: {daysAfter: 90, daysBefore: 14}}
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review]}
            doctor: {may: [know, read]}
        people:
          all: {roles: [all]}
          doctor: {roles: [doctor], codes: [C1]}
        """

    private static let head =
        "appointment,start,state,updated,clinician_code,reason,hospital_number,nhs_number,surname,"
        + "forename,birth_date\n"

    private static func line(
        _ state: String,
        _ updated: String,
        start: String = "2026-11-22T10:00"
    ) -> [UInt8] {
        Array(
            (head
                + "A1,\(start),\(state),\(updated),C1,SECRETREASON,1,9990000018,LEE,Ann,1951-03-03\n")
                .utf8
        )
    }

    private func portal(_ lines: [[UInt8]]) throws -> Portal {
        let portal = Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        for line in lines { try portal.take("lists", line) }
        return portal
    }

    private func listed(_ portal: Portal) throws -> Int {
        let query = PatientListQuery(.theatre)
        return try portal.list(query, as: try portal.reader("all"), at: Board.now).value.count
    }

    @Test("S5: what nothing orders is shown as two, whichever came first and whatever its hash")
    func orderUnknown() throws {
        for start in [
            "2026-11-22T10:00", "2026-11-22T10:05", "2026-11-22T11:00", "2026-11-22T12:00",
        ] {
            for updated in ["", "2026-11-20"] {
                let lines = [
                    Self.line("booked", updated, start: start),
                    Self.line("cancelled", updated, start: start),
                ]
                for order in [lines, lines.reversed()] {
                    let portal = try portal(order)
                    let rows = try portal.rows("urn:id:GRI|1")
                    #expect(Set(rows.map(\.status)) == ["booked", "cancelled"])
                    #expect(rows.allSatisfy { $0.markers == [.orderUnknown] })
                    #expect(try portal.caseKinds() == ["order unknown"])
                    #expect(try listed(portal) == 1)
                }
            }
        }
        let later = try portal([
            Self.line("booked", "2026-11-19"), Self.line("Canceled", "2026-11-20"),
        ])
        #expect(try later.rows("urn:id:GRI|1").map(\.status) == ["cancelled"])
        #expect(try listed(later) == 0)
    }

    @Test("S7, S10: a booking that was never made, or never this person's, is taken back")
    func takenBack() throws {
        for (word, marker) in [
            ("entered in error", Marker.withdrawn), ("wrong patient", Marker.wrongPatient),
        ] {
            let portal = try portal([
                Self.line("booked", "2026-11-19"), Self.line(word, "2026-11-20"),
            ])
            #expect(try listed(portal) == 0)
            let rows = try portal.rows("urn:id:GRI|1")
            #expect(rows.map(\.markers) == [[marker]] && rows.first?.who == [])
            let all = try portal.rows("urn:id:GRI|1", versions: true)
            let said = all.contains { $0.headline.contains("SECRETREASON") }
            #expect(said == (marker == .withdrawn))
            // It gives nobody a relationship.
            do {
                _ = try portal.rows("urn:id:GRI|1", as: "doctor")
                Issue.record("the doctor of a booking that was never made sees the record")
            } catch let error as AccessError {
                #expect(error.code == "not-found")
            }
        }
        let again = try portal([
            Self.line("booked", "2026-11-19"), Self.line("entered in error", "2026-11-20"),
            Self.line("booked", "2026-11-21"),
        ])
        #expect(try again.rows("urn:id:GRI|1").map(\.status) == ["booked"])
    }

    @Test("S10: whoever was shown a booking that was taken back is to be told")
    func recalled() throws {
        let journal = MemoryAuditJournal()
        let portal = Portal(
            profile: try SiteProfile(
                yaml: Self.profile.replacing(
                    "duties: [list, review]",
                    with: "duties: [list, recall]"
                )
            ),
            storage: .inMemory(),
            journal: journal
        )
        try portal.take("lists", Self.line("booked", "2026-11-19"))
        _ = try portal.rows("urn:id:GRI|1")
        let later = Board.now.adding(seconds: 60)
        try portal.receive(
            Self.line("wrong patient", "2026-11-20"),
            silo: "lists",
            name: "2",
            at: later
        )
        let tasks = try portal.recalls(as: try portal.reader("all"), at: later).value
        #expect(tasks.map(\.person) == ["all"] && tasks.map(\.marker) == [.wrongPatient])
    }
}
