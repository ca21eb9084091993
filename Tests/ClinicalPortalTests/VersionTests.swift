import ClinicalPortal
import Testing

@Suite("Which version is current (SAFETY S5–S10)")
struct VersionTests {
    private func value(_ messages: [[UInt8]]) throws -> (RowValue, TimelineRow, [String]) {
        let portal = try Board.portal()
        for message in messages { try portal.take("lab", message) }
        let rows = try portal.rows()
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        return (try #require(row.values.first), row, try portal.caseKinds())
    }

    @Test("S5: a correction is current, and says so, in either order")
    func corrected() throws {
        let final = Board.result("69", status: "F", at: "20260302140000")
        let correction = Board.result("96", status: "C", at: "20260302150000")
        for order in [[final, correction], [correction, final]] {
            let (value, row, _) = try value(order)
            #expect(value.value == "96")
            #expect(value.markers == [.corrected])
            #expect(row.isCurrent && row.supersedes.count == 1)
        }
    }

    @Test("S7: a preliminary never displaces a final, and a later one marks it reopened")
    func reopened() throws {
        let final = Board.result("69", status: "F", at: "20260302140000")
        let later = Board.result("70", status: "P", at: "20260302150000")
        let earlier = Board.result("70", status: "P", at: "20260302130000")
        #expect(try value([final, later]).0.markers == [.reopened])
        #expect(try value([final, later]).0.value == "69")
        #expect(try value([final, earlier]).0.markers == [])
    }

    @Test("S7: withdrawn carries no value; only a later, new, final result revives it")
    func withdrawn() throws {
        let final = Board.result("69", status: "F", at: "20260302140000")
        let deleted = Board.result("", status: "D", at: "20260302150000")
        let (gone, row, cases) = try value([final, deleted])
        #expect(gone.value == nil && gone.markers == [.withdrawn])
        #expect(row.status == "withdrawn" && row.isCurrent && cases.isEmpty)
        let again = Board.result("71", status: "F", at: "20260302160000")
        let (revived, _, _) = try value([final, deleted, again])
        #expect(revived.value == "71" && revived.markers == [.reissued])
        let oldCopy = Board.result("69", status: "C", at: "20260302160000")
        let (stays, _, review) = try value([final, deleted, oldCopy])
        #expect(stays.value == nil && review == ["revived result"])
    }

    @Test("S8: final without a value carries the value forward, or says that none came")
    func unchanged() throws {
        let early = Board.result("69", status: "P", at: "20260302140000")
        let final = Board.result("", status: "U", at: "20260302150000")
        #expect(try value([early, final]).0.value == "69")
        #expect(try value([final]).0.markers == [.valueNotReceived])
    }

    @Test("S8: could not be obtained displaces no value; beside one it is a case")
    func notObtained() throws {
        let outcome = Board.result("", status: "X", at: "20260302150000")
        #expect(try value([outcome]).0.markers == [.couldNotBeObtained])
        let final = Board.result("69", status: "F", at: "20260302140000")
        let (value, _, cases) = try value([final, outcome])
        #expect(value.value == "69" && cases == ["could not be obtained"])
    }

    @Test("S9: an emptied correction reads as removed, never as unchanged")
    func emptied() throws {
        let final = Board.result("69", status: "F", at: "20260302140000")
        for empty in ["", "\"\""] {
            let correction = Board.result(empty, status: "C", at: "20260302150000")
            let (value, _, _) = try value([final, correction])
            #expect(value.value == nil)
            #expect(value.markers.contains(.valueRemoved))
        }
    }

    @Test("S10: wrong patient shows no value of any version")
    func wrongPatient() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("69", status: "W", at: "20260302150000")
        )
        let rows = try portal.rows(versions: true)
        #expect(rows.first?.markers == [.wrongPatient])
        #expect(rows.flatMap(\.values).allSatisfy { $0.value == nil })
        #expect(!rows.map(\.headline).joined().contains("69"))
    }

    @Test("S10: who was shown it is listed, the value is read for the recall alone, and closed")
    func recalled() throws {
        let portal = try Board.portal()
        let all = try portal.reader("all")
        func take(_ message: [UInt8], at time: String) throws {
            let moment = try #require(Instant(time))
            try portal.receive(message, silo: "lab", name: time, at: moment)
        }
        func look(_ person: String, at time: String) throws {
            _ = try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader(person),
                at: try #require(Instant(time))
            )
        }
        try take(Board.result("69", status: "F", at: "20260302140000"), at: "2026-03-02T14:00Z")
        try look("all", at: "2026-03-02T14:30Z")
        #expect(try portal.recalls(as: all, at: Board.now).value.isEmpty)
        try take(Board.result("", status: "W", at: "20260302150000"), at: "2026-03-02T15:00Z")
        try look("desk", at: "2026-03-02T15:30Z")
        let task = try #require(try portal.recalls(as: all, at: Board.now).value.first)
        #expect(task.person == "all" && task.marker == .wrongPatient && task.closing == nil)
        let values = try portal.recalledValues(task.id, as: all, at: Board.now).value
        #expect(values.map(\.value).contains("69"))
        let desk = try portal.reader("desk")
        #expect(throws: AccessError.self) { try portal.recalls(as: desk, at: Board.now) }
        try portal.closeRecall(task.id, action: "told by telephone", as: all, at: Board.now)
        let closed = try portal.recalls(as: all, at: Board.now).value
        #expect(closed.map(\.closing?.action) == ["told by telephone"])
    }

    @Test("S7: withdrawn, reissued and withdrawn again stays withdrawn")
    func withdrawnAgain() throws {
        let history = [
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("", status: "D", at: "20260302150000"),
            Board.result("71", status: "F", at: "20260302160000"),
            Board.result("", status: "D", at: "20260302170000"),
        ]
        #expect(try value(Array(history.prefix(3))).0.value == "71")
        #expect(try value(history).0.value == nil)
        #expect(try value(history.reversed()).0.markers == [.withdrawn])
    }

    @Test("S5: two finals that nothing orders are both shown")
    func unordered() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("96", status: "F", at: "20260302140000")
        )
        let values = try #require(try portal.rows().first).values
        #expect(values.count == 2)
        #expect(values.allSatisfy { $0.markers.contains(.orderUnknown) })
        #expect(try portal.caseKinds() == ["order unknown"])
    }

    @Test("S6: a status time later than its message by more than a day counts as missing")
    func future() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20261124"))
        let row = try #require(try portal.rows().first)
        #expect(row.findings.map(\.code).contains("status-time-in-future"))
    }

    @Test("S4: a number used again for another person within two years marks both")
    func reissued() throws {
        let portal = try Board.portal()
        let other = Board.pid(nhs: "9990000026", local: "2", name: "ROY^Bob", born: "19700101")
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20240302"),
            Board.result("96", status: "F", at: "20260302", pid: other)
        )
        #expect(try portal.rows().first?.markers == [.reissuedForAnother])
        #expect(try portal.rows("urn:id:GRI|2").first?.markers == [.provisional])
        #expect(try portal.caseKinds() == ["reissued key"])
    }

    @Test("S4: beyond the window they are two results")
    func outsideWindow() throws {
        let portal = try Board.portal()
        let other = Board.pid(nhs: "9990000026", local: "2", name: "ROY^Bob", born: "19700101")
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20240301"),
            Board.result("96", status: "F", at: "20260302", pid: other)
        )
        #expect(try portal.rows().first?.markers == [])
        #expect(try portal.caseKinds().isEmpty)
    }
}
