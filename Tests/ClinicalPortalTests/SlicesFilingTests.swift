import ClinicalPortal
import HL7v2Syntax
import PortalTestKit
import Testing

@Suite("A batch that is filed slice by slice")
struct SlicesFilingTests {
    /// Two reports of one batch, the first longer than a slice.
    private func batch(counted: Int) -> [UInt8] {
        let first = Board.result("69", status: "F", at: "20260301")
        let note = "NTE|1|L|" + String(repeating: "Long. ", count: HL7v2Slices.sliceBytes / 6)
        let second = Board.result("70", status: "F", at: "20260302")
        return Array("BHS|^~\\&|LIMS\r".utf8) + first + Array((note + "\r").utf8) + second
            + Array("BTS|\(counted)\r".utf8)
    }

    private func reader(_ bytes: [UInt8]) -> () -> ChunkReader {
        {
            var at = 0
            return { atMost in
                let chunk = Array(bytes[at..<min(at + atMost, bytes.count)])
                at += chunk.count
                return chunk
            }
        }
    }

    @Test("says the same of its messages as one that is read whole", arguments: [2, 3])
    func same(_ counted: Int) throws {
        let bytes = batch(counted: counted)
        let whole = try Board.portal()
        let all = try whole.receive(bytes, silo: "lab", name: "batch.hl7", at: Board.now)
        let sliced = try Board.portal()
        let some = try sliced.receive(
            fileNamed: "batch.hl7",
            silo: "lab",
            at: Board.now,
            open: reader(bytes)
        )
        #expect(some == all)
        #expect(some.filed == 2)
        let rows = try sliced.rows()
        #expect(rows.map(\.headline) == (try whole.rows().map(\.headline)))
        #expect(
            rows.map { $0.findings.map(\.code) }
                == (try whole.rows()).map { $0.findings.map(\.code) }
        )
        let codes = rows.flatMap { $0.findings.map(\.code) }
        #expect(codes.contains("batch-count-differs") == (counted == 3))
    }

    @Test("is one delivery however often it comes")
    func again() throws {
        let portal = try Board.portal()
        let bytes = batch(counted: 2)
        for turn in 0..<2 {
            let receipt = try portal.receive(
                fileNamed: "batch.hl7",
                silo: "lab",
                at: Board.now,
                open: reader(bytes)
            )
            #expect(
                receipt.received == (turn == 0 ? 2 : 0) || receipt.repeated + receipt.filed == 2
            )
        }
        #expect(try portal.conservation().reduce(0) { $0 + $1.filed } == 2)
    }
}
