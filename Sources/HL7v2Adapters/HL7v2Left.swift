import HL7v2Syntax
import PortalIntake
import PortalRecord

extension HL7v2Reading {
    /// Keeps what no statement had a place for, by the name of its field, with the statement that it
    /// stands behind: `ROL[2]-4`; what stands before all, with the first.
    ///
    /// - Shape: a sender's own segments stay unmapped; claims, cover and prices are left out by name, and so is the sender's software. A
    ///   field of which a part was read is kept whole.
    /// - Rule: DESIGN P2: what is sent is in an entry, or a rule says why not.
    func keepLeft(in entries: inout [RecordEntry]) {
        guard !entries.isEmpty else { return }
        markStructure()
        // INVARIANT: a statement's offset is where its segment starts.
        let inOrder = entries.indices.sorted {
            (entries[$0].origin.offset, $0) < (entries[$1].origin.offset, $1)
        }
        var reached = inOrder[...]
        var place = 0
        for segment in 1..<max(message.segmentCount, 1) {
            let name = message.name(segment)
            if let rule = HL7v2SegmentName.leftOut[name] {
                ledger.ignore(message.range(segment), by: rule)
                continue
            }
            // A Z segment is the sender's own, and nobody told us what it says.
            if name.letters.0 == UInt8(ascii: "Z") { continue }
            let count = message.fieldCount(segment)
            guard count > 0 else { continue }
            let start = message.range(segment).lowerBound
            while let next = reached.first, entries[next].origin.offset <= start {
                place = next
                reached = reached.dropFirst()
            }
            for number in 1...count {
                guard let range = message.field(segment, number), ledger.hasLeft(in: range),
                    let text = text(range)
                else { continue }
                let key = path(segment) + "-" + String(number)
                entries[place].other = entries[place].other ?? [:]
                if entries[place].other?[key] == nil { entries[place].other?[key] = text }
            }
        }
    }
}

extension HL7v2SegmentName {
    /// Segments that say nothing of who is treated.
    ///
    /// - Rule: HL7 v2.5.1 ch. 6 (guarantor, insurance, transactions, billing) and ch. 2 s. 2.15.12
    ///   (software).
    fileprivate static let leftOut: [HL7v2SegmentName: IgnoreRule] = [
        HL7v2SegmentName("GT1"): .billing, HL7v2SegmentName("IN1"): .billing,
        HL7v2SegmentName("IN2"): .billing, HL7v2SegmentName("IN3"): .billing,
        HL7v2SegmentName("FT1"): .billing, HL7v2SegmentName("BLG"): .billing,
        HL7v2SegmentName("DRG"): .billing, HL7v2SegmentName("UB1"): .billing,
        HL7v2SegmentName("UB2"): .billing, HL7v2SegmentName("ABS"): .billing,
        HL7v2SegmentName("SFT"): .routing,
    ]
}
