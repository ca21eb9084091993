import HL7v2Syntax
import PortalIntake
public import PortalRecord

/// A file that is read piece by piece: gives no more than so many bytes, and none at its end.
public typealias ChunkReader = (_ atMost: Int) throws -> [UInt8]

extension Portal {
    /// Files a file of any size, an HL7 v2 batch without ever holding the whole of it.
    ///
    /// A batch of more than ``HL7v2Slices/sliceBytes`` is filed in slices of whole messages, each durable
    /// by itself and a delivery of its own (`ward-7.hl7@524312`): after an interruption the file is
    /// read again and nothing is filed twice. It is read twice: what a batch's trailer counts concerns
    /// messages that were filed long before. Other formats are read whole.
    ///
    /// - Parameters:
    ///   - name: The file's name in the silo.
    ///   - silo: The silo that sent it; it must be in the profile.
    ///   - received: When it came.
    ///   - companion: The bytes of a file that this one names.
    ///   - open: Opens the file at its start.
    /// - Returns: What became of its messages.
    /// - Throws: As ``receive(_:silo:name:at:)``; slices before the failure are filed.
    @discardableResult
    public func receive(
        fileNamed name: String,
        silo: String,
        at received: Instant,
        companion: @escaping @Sendable (_ name: String) -> [UInt8]? = { _ in nil },
        open: () throws -> ChunkReader
    ) throws -> Receipt {
        let head = try open()(HL7v2Slices.sliceBytes)
        guard FileFormat(head) == .hl7v2 else {
            let read = try open()
            var bytes: [UInt8] = []
            while case let chunk = try read(1 << 20), !chunk.isEmpty { bytes += chunk }
            let file = IncomingFile(name: name, bytes: bytes, companion: companion)
            return try receive([file], silo: silo, at: received)
        }
        var check = BatchCheck()
        var count = 0
        try slices(open) { slice in
            check.pass(HL7v2File(slice.bytes), at: slice.offset)
            count += 1
        }
        check.finish()
        var sum = Receipt()
        try slices(open) { slice in
            let end = slice.offset + slice.bytes.count
            var file = IncomingFile(
                name: count > 1 ? name + "@" + String(slice.offset) : name,
                bytes: slice.bytes
            )
            var findings: [Int: [Diagnostic]] = [:]
            for (offset, found) in check.findings where (slice.offset..<end).contains(offset) {
                findings[offset - slice.offset] = found
            }
            file.batchFindings = findings
            sum.add(try receive([file], silo: silo, at: received))
        }
        return sum
    }

    private func slices(
        _ open: () throws -> ChunkReader,
        _ body: (HL7v2Slices.Slice) throws -> Void
    ) throws {
        let read = try open()
        var slices = HL7v2Slices()
        while case let chunk = try read(HL7v2Slices.sliceBytes / 2), !chunk.isEmpty {
            slices.feed(chunk)
            while let slice = slices.next() { try body(slice) }
        }
        slices.finish()
        while let slice = slices.next() { try body(slice) }
    }
}

extension Portal.Receipt {
    /// Adds another file's counts.
    public mutating func add(_ other: Portal.Receipt) {
        received += other.received
        filed += other.filed
        repeated += other.repeated
        held += other.held
        rejected += other.rejected
    }
}
