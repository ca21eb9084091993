import HL7v2Syntax
import PortalBytes
import Testing

/// Bombs are read or refused, in memory that follows what is kept (TESTING (a) 5, PITFALLS 8).
@Suite("Limits")
struct LimitTests {
    private func code(_ bytes: [UInt8], _ limits: Limits = .standard) -> String? {
        do {
            _ = try HL7v2Message.read(bytes[...], limits: limits)
            return nil
        } catch {
            return error.code.description
        }
    }

    private func bomb(_ unit: String, _ count: Int) -> [UInt8] {
        var bytes = message()
        bytes.reserveCapacity(bytes.count + unit.utf8.count * count)
        for _ in 0..<count { bytes.append(contentsOf: unit.utf8) }
        return bytes
    }

    @Test("a million segments are refused")
    func segments() {
        let bytes = bomb("OBX\r", 1_000_000)
        #expect(code(bytes) == "too-many-segments")
        #expect(code(bytes, Limits(segmentsMax: 1_000_001)) == nil)
    }

    @Test("8 million delimiters in one segment are read, one more is refused before its end")
    func delimiters() {
        let header = message().count { $0 == 0x7C || $0 == 0x5E } - 1
        let most = bomb("", 0) + [UInt8](repeating: 0x7C, count: 8_000_000 - header)
        #expect(code(most) == nil)
        #expect(code(most + [0x7C]) == "too-many-delimiters")
        // Refused at the block that passes the limit, wherever the segment ends.
        let endless = [UInt8](repeating: 0x26, count: 200_000)
        #expect(code(message() + endless, Limits(delimitersMax: 5000)) == "too-many-delimiters")
    }

    @Test("100 MB in one field are read; more than the limit is refused unread")
    func largeField() throws {
        let bytes =
            message() + Array("OBX|1|ED|".utf8)
            + [UInt8](repeating: 0x41, count: 100_000_000)
        let tree = try HL7v2Message.read(bytes[...])
        #expect(tree.field(1, 3)?.count == 100_000_000)
        #expect(code(bytes, Limits(messageBytesMax: 1 << 20)) == "message-too-large")
    }

    @Test("findings are kept up to their limit")
    func findings() throws {
        let bytes = bomb("no segment\r", 5000)
        let tree = try HL7v2Message.read(bytes[...], limits: Limits(findingsMax: 7))
        #expect(tree.findings.count == 7)
        #expect(tree.segmentCount == 1)
    }

    @Test("a million line ends, and a million escapes, are no bomb")
    func lineEnds() throws {
        #expect(code(bomb("\r\n", 500_000)) == nil)
        #expect(HL7v2File(bomb("\n", 1_000_000)).messageCount == 1)
        let tree = try HL7v2Message.read((message() + bomb("\\", 300_000))[...])
        #expect(tree.text(0..<tree.bytes.count).utf8.count == tree.bytes.count)
    }
}
