import HL7v2Syntax
import PortalTestKit
import Testing

@Suite("A batch in slices of whole messages")
struct SlicesTests {
    /// Messages of several forms, with envelopes, block characters and stray lines between them.
    private func batch(_ count: Int) -> [UInt8] {
        var bytes = Array("FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r".utf8)
        for number in 0..<count {
            let framed = number.isMultiple(of: 7)
            if framed { bytes.append(0x0B) }
            bytes += "MSH|^~\\&|LAB|LAB|||20261122||ORU^R01|\(number)|P|2.5\r".utf8
            bytes += "PID|1||\(number)^^^H^MR||MSH^MSH\rNTE|1||MSH|of a text MSH|\r".utf8
            bytes += [UInt8](repeating: 0x41 + UInt8(number % 26), count: number % 300) + [0x0D]
            if framed { bytes += [0x1C, 0x0D] }
            if number.isMultiple(of: 11) { bytes += "no segment at all\n\n".utf8 }
        }
        return bytes + "BTS|\(count)\rFTS|1\r".utf8
    }

    private func slices(_ bytes: [UInt8], chunks: [Int]) -> [HL7v2Slices.Slice] {
        var slices = HL7v2Slices()
        var found: [HL7v2Slices.Slice] = []
        var at = 0
        var turn = 0
        while at < bytes.count {
            let size = min(chunks[turn % chunks.count], bytes.count - at)
            slices.feed(Array(bytes[at..<(at + size)]))
            at += size
            turn += 1
            while let slice = slices.next() { found.append(slice) }
        }
        slices.finish()
        while let slice = slices.next() { found.append(slice) }
        return found
    }

    @Test(
        "wherever the chunks are cut, the parts are those of the whole file",
        arguments: [[1 << 30], [1 << 20], [65_536, 7, 4099], [262_144, 1, 1, 1, 1, 1]]
    )
    func parts(_ chunks: [Int]) {
        let bytes = batch(7000)
        let found = slices(bytes, chunks: chunks)
        #expect(found.count > 2)
        #expect(found.flatMap(\.bytes) == bytes)
        func told(_ bytes: [UInt8], from offset: Int = 0) -> [String] {
            // What frames messages may be one stretch in the whole and two beside a cut.
            HL7v2File(bytes).parts.filter { $0.kind != .framing }.map {
                "\($0.kind) \($0.range.lowerBound + offset) \($0.range.count)"
            }
        }
        #expect(found.flatMap { told($0.bytes, from: $0.offset) } == told(bytes))
    }

    @Test("a message longer than a slice is one slice's")
    func long() {
        let text = [UInt8](repeating: 0x4D, count: 3 * HL7v2Slices.sliceBytes)
        let message = Array("MSH|^~\\&|A|||||ORU^R01|1|P|2.5\rNTE|1||".utf8) + text + [0x0D]
        let found = slices(message + message, chunks: [100_000])
        #expect(found.map(\.bytes.count) == [message.count, message.count])
    }

    @Test("an empty file has none") func empty() { #expect(slices([], chunks: [1]).isEmpty) }
}
