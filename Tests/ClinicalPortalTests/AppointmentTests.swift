import ClinicalPortal
import PortalAudit
import PortalRecord
import PortalStore
import Testing

@Suite("Appointments as their sender changes them")
struct AppointmentTests {
    private func message(
        _ event: String,
        _ hour: Int,
        reason: String = "CHK^Check-up^L",
        place: String = "CLINIC2^^^GRI",
        status: String = "Booked",
        occurrence: String = ""
    ) -> [UInt8] {
        let text =
            "MSH|^~\\&|PAS|GRI|||202611011\(hour)||SIU^\(event)|\(hour)|P|2.5.1\r"
            + "SCH||AP1^PAS|\(occurrence)||||\(reason)||||^^^20261201090000^20261201092000||||||||||||||\(status)\r"
            + "PID|||9990000018^^^NHS^NH||LEE^Ann||19510303|F\rRGS|1\rAIL|1||\(place)\r"
        return Array(text.utf8)
    }

    private func row(_ messages: [[UInt8]]) throws -> (headline: String, place: String) {
        let profile = try SiteProfile(
            yaml: """
                silos:
                  bookings: {label: Bookings, zone: Europe/London, localAuthority: GRI}
                access:
                  roles:
                    duty-doctor: {may: [know, read], needsRelationship: false}
                people:
                  dr.lee: {roles: [duty-doctor]}
                """
        )
        let portal = Portal(
            profile: profile,
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        let now = Instant(milliseconds: 1_793_613_600_000)
        for (index, bytes) in messages.enumerated() {
            try portal.receive(bytes, silo: "bookings", name: "\(index).hl7", at: now)
        }
        let reader = try #require(profile.person("dr.lee"))
        let page = try portal.timeline(of: try portal.find("9990000018"), as: reader, at: now)
        let rows = page.value.sections.flatMap { $0.rows }
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        return (row.headline, row.place ?? "")
    }

    @Test("SAFETY S25: nothing in a field changes nothing, and two quotes clear it")
    func cleared() throws {
        let booked = message("S12", 0, reason: "CHK^Check-up^L", place: "CLINIC2^^^GRI")
        let silent = message("S14", 1, reason: "", place: "")
        let cleared = message("S14", 2, reason: "\"\"", place: "\"\"")
        let first = try row([booked])
        #expect(first.headline.contains("Check-up"))
        #expect(first.place.contains("CLINIC2"))
        #expect(try row([booked, silent]) == first)
        for order in [[booked, silent, cleared], [cleared, booked], [silent, cleared, booked]] {
            let last = try row(order)
            #expect(!last.headline.contains("Check-up"))
            #expect(!last.place.contains("CLINIC2"))
        }
    }

    @Test("SAFETY S25: a change that says nothing of the status revives no cancelled appointment")
    func silentStatus() throws {
        let booked = message("S12", 0)
        let cancelled = message("S15", 1, status: "", occurrence: "1")
        let changed = message("S14", 2, place: "CLINIC3^^^GRI", status: "")
        let last = try row([booked, cancelled, changed])
        #expect(last.headline.hasPrefix("cancelled"))
        #expect(last.place.contains("CLINIC3"))
        #expect(try row([booked, changed]).headline == row([booked]).headline)
        #expect(try row([changed]).headline == row([booked]).headline)
    }
}

@Suite("Stays that are expected")
struct ExpectedStayTests {
    @Test("an update of a planned stay does not begin it; one of an unknown stay does")
    func planned() throws {
        let planned = try Board.portal()
        let messages = [
            Board.movement("A05", at: "20261101080000"),
            Board.movement("A08", at: "20261102080000"),
        ]
        for order in [messages, messages.reversed()] {
            let portal = try Board.portal()
            for message in order { try portal.take("pas", message) }
            #expect(try portal.rows().map(\.status) == ["planned"])
        }
        try planned.take("pas", messages[1])
        #expect(try planned.rows().map(\.status) == ["in progress"])
        try planned.take("pas", messages[0], Board.movement("A01", at: "20261103080000"))
        #expect(try planned.rows().map(\.status) == ["in progress"])
    }
}
