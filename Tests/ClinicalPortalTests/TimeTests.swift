import ClinicalPortal
import PortalTimeline
import Testing

@Suite("Time and absence (SAFETY S15, S16, S25)")
struct TimeTests {
    @Test("S15: when a message came changes what was known when, and not a byte of the record")
    func receipts() throws {
        func portal(_ first: String, _ second: String) throws -> Portal {
            let portal = try Board.portal()
            for (message, time) in [
                (Board.result("69", status: "F", at: "20260302140000"), first),
                (Board.result("96", status: "C", at: "20260302150000"), second),
            ] {
                let moment = try #require(Instant(time))
                try portal.receive(message, silo: "lab", name: time, at: moment)
            }
            return portal
        }
        let early = try portal("2026-03-02T14:00Z", "2026-03-02T15:00Z")
        let late = try portal("2026-05-02T14:00Z", "2026-05-02T15:00Z")
        #expect(try early.rows() == late.rows())
        func value(_ portal: Portal, asOf: String) throws -> String? {
            let moment: Instant = try #require(Instant(asOf))
            return try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader("all"),
                asOf: moment,
                at: Board.now
            ).value.sections.flatMap(\.rows).first?.values.first?.value
        }
        #expect(try value(early, asOf: "2026-03-02T14:30Z") == "69")
        #expect(try value(early, asOf: "2026-03-02T15:30Z") == "96")
        #expect(throws: AccessError.self) { try value(late, asOf: "2026-03-02T15:30Z") }
    }

    @Test("S16: coming up, then date not known, then newest first; a page never repeats or skips")
    func sections() throws {
        let portal = try Board.portal()
        let undated = String(
            decoding: Board.result("1", status: "F", at: "", number: "26B5"),
            as: UTF8.self
        ).replacing("20260302081500", with: "")
        try portal.take("lab", Array(undated.utf8))
        for day in ["01", "02", "03"] {
            let dated = String(
                decoding: Board.result("2", status: "F", at: "202603" + day, number: "26B" + day),
                as: UTF8.self
            ).replacing("20260302081500", with: "202603" + day)
            try portal.take("lab", Array(dated.utf8))
        }
        try portal.take(
            "pas",
            Array(
                [
                    "MSH|^~\\&|PAS|GRI|||20261122||ADT^A05|1|P|2.5.1", "EVN|A05|20261101",
                    Board.pid(), "PV1|1|P|WARD7||||||||||||||||V7^^^GRI^VN",
                    "PV2||||||||20261224",
                ].joined(separator: "\r").utf8
            )
        )
        let reader = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let page = try portal.timeline(of: patient, as: reader, at: Board.now).value
        #expect(page.sections.map(\.name) == [.comingUp, .dateNotKnown, .timeline])
        #expect(page.sections.map(\.rows.count) == [1, 1, 3])
        #expect(page.sections[2].rows.map(\.key) == ["26B03", "26B02", "26B01"])
        var query = TimelineQuery()
        query.limit = 1
        var keys: [String?] = []
        repeat {
            let one = try portal.timeline(of: patient, as: reader, query: query, at: Board.now)
                .value
            keys += one.sections.flatMap(\.rows).map(\.key)
            query.cursor = one.next
        } while query.cursor != nil && keys.count < 10
        #expect(keys == ["V7", "26B5", "26B03", "26B02", "26B01"])
    }

    @Test("S25: an absent or empty field says nothing, and two quotes clear it")
    func threeFacts() throws {
        func practice(_ field: String) throws -> String? {
            let portal = try Board.portal()
            for (time, name) in [("20261101", "ROY^Ann"), ("20261102", field)] {
                try portal.take(
                    "pas",
                    Array(
                        [
                            "MSH|^~\\&|PAS|GRI|||20261122||ADT^A31|\(time)|P|2.5.1",
                            "EVN|A31|\(time)",
                            "PID|1||1^^^GRI^MR||\(name)||19510303|F|||1 High St^^Ayr^^KA1 1AA",
                        ].joined(separator: "\r").utf8
                    )
                )
            }
            return try portal.patients(as: try portal.reader("all"), at: Board.now).value
                .compactMap { $0.banner.name?.banner }.first
        }
        #expect(try practice("") == "ROY, Ann")
        #expect(try practice("LEE^Ann") == "LEE, Ann")
        #expect(try practice("\"\"") == nil)
    }

    @Test("S25: when and why a stay is expected is gone where its sender clears it")
    func clearedStay() throws {
        func row(_ stays: [String]) throws -> TimelineRow? {
            let portal = try Board.portal()
            for (index, stay) in stays.enumerated() {
                let message = [
                    "MSH|^~\\&|PAS|GRI|||20261122||ADT^A05|\(index)|P|2.5.1",
                    "EVN|A05|2026110\(index + 1)", Board.pid(),
                    "PV1|1|P|WARD7||||||||||||||||V7^^^GRI^VN", stay,
                ]
                try portal.take("pas", Array(message.joined(separator: "\r").utf8))
            }
            return try portal.rows().first
        }
        let planned = "PV2|||HIP^Hip replacement^L|||||20261224"
        let first = try #require(try row([planned]))
        #expect(first.when?.clinical.contains("2026") == true)
        #expect(first.headline.contains("Hip replacement"))
        #expect(try row([planned, "PV2||||||||"])?.when == first.when)
        let cleared = try #require(try row([planned, "PV2|||\"\"|||||\"\""]))
        #expect(!cleared.headline.contains("Hip replacement"))
        #expect(cleared.when != first.when)
    }

    @Test("S25: a batch cut after a whole message says so; a message without its PID is held")
    func cut() throws {
        let message = String(
            decoding: Board.result("69", status: "F", at: "20260302"),
            as: UTF8.self
        )
        let portal = try Board.portal()
        func take(_ text: String, _ name: String) throws {
            try portal.receive(Array(text.utf8), silo: "lab", name: name, at: Board.now)
        }
        try take("BHS|^~\\&|LIMS\r" + message + "BTS|2\r", "counts")
        #expect(try portal.rows().first?.findings.map(\.code) == ["batch-count-differs"])
        let without = message.split(separator: "\r").filter { !$0.hasPrefix("PID") }
        try take(without.joined(separator: "\r"), "headless")
        let held = try portal.held(as: try portal.reader("all"), at: Board.now).value
        #expect(held.map(\.code) == ["segment-missing"] && held.map(\.location) == ["PID"])
    }
}
