import ClinicalPortal
import Testing

@Suite("The same event told twice (SAFETY S11, S12, S14)")
struct SameEventTests {
    private static let profile = Board.profile.replacing(
        "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI}",
        with: "lab: {label: Laboratory, zone: Europe/London, speaksFor: [LAB]}"
    ).replacing("other: {label: Other}", with: "other: {label: Other, zone: Europe/London}")

    private func rows(
        _ own: [UInt8],
        _ copy: [UInt8],
        as person: String = "all"
    ) throws -> [TimelineRow] {
        let portal = Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        try portal.take("other", copy)
        try portal.take("lab", own)
        return try portal.rows(as: person)
    }

    private static let own = Board.result("69", status: "F", at: "20260302140000")

    @Test("S12: equal in every value, they are one row, led by the originating laboratory")
    func one() throws {
        let rows = try rows(Self.own, Board.result("69", status: "F", at: "20260303"))
        #expect(rows.map(\.silo) == ["lab"])
        #expect(rows.first?.alsoFrom.map(\.silo) == ["other"])
    }

    @Test("S12: where a value differs both are shown, each with a reference to the other")
    func differing() throws {
        let rows = try rows(Self.own, Board.result("96", status: "F", at: "20260303"))
        #expect(rows.count == 2)
        #expect(rows[0].possiblySame == [rows[1].entry] && rows[1].possiblySame == [rows[0].entry])
    }

    @Test("S12: a preference between silos never hides a correction")
    func correction() throws {
        let corrected = Board.result("69", status: "C", at: "20260302150000")
        let rows = try rows(Self.own, corrected)
        #expect(rows.count == 2)
        #expect(rows.contains { $0.markers == [.corrected] })
    }

    @Test("S12: a copy that warns of more than the laboratory itself is not hidden by it")
    func flagged() throws {
        let flagged = Board.result("69", status: "F", at: "20260303", flag: "L")
        let rows = try rows(Self.own, flagged)
        #expect(rows.count == 2)
        #expect(rows.contains { $0.silo == "other" && $0.values.contains { $0.abnormal != nil } })
        // The other way round the laboratory says all that the copy says.
        let own = Board.result("69", status: "F", at: "20260302140000", flag: "L")
        #expect(try self.rows(own, Self.own).count == 1)
    }

    @Test(
        "S11: less than assigner, number, code and collection time is only possibly the same",
        arguments: [
            ("26B1^LAB", "26B1"), ("20260302081500", "20260302081600"), ("26B1^LAB", "26B7^LAB"),
        ]
    )
    func less(_ text: String, _ changed: String) throws {
        let copy = String(decoding: Self.own, as: UTF8.self).replacing(text, with: changed)
        let rows = try rows(Self.own, Array(copy.utf8))
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.alsoFrom.isEmpty && $0.possiblySame.count == 1 })
    }

    @Test("S11: another code is another event; two repeats of one silo stay two")
    func others() throws {
        let copy = String(decoding: Self.own, as: UTF8.self).replacing("FBC^", with: "UE^")
        #expect(try rows(Self.own, Array(copy.utf8)).allSatisfy(\.possiblySame.isEmpty))
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Self.own,
            Board.result("69", status: "F", at: "20260302140000", number: "26B2", control: "2")
        )
        #expect(try portal.rows().allSatisfy(\.possiblySame.isEmpty))
    }

    @Test("S14: a sealed copy hides itself, never the open copy, and leaves no trace")
    func sealed() throws {
        let sealed = Board.result(
            "69",
            status: "F",
            at: "20260303",
            orc: "ORC|RE||26B1^LAB" + String(repeating: "|", count: 25) + "V"
        )
        let seen = try rows(Self.own, sealed)
        #expect(seen.map(\.silo) == ["lab"])
        #expect(seen.allSatisfy { $0.alsoFrom.isEmpty && $0.possiblySame.isEmpty })
        let hidden = try rows(sealed, Self.own)
        #expect(hidden.map(\.silo) == ["other"])
    }
}
