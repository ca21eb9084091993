// The libFuzzer target of the HL7 v2 and EDIFACT adapters; the script `fuzz` compiles it.
//
// Oracle: whatever the bytes, an adapter refuses or reports; the ledger accounts for every byte
// once; every statement stands inside the document; reading twice says the same.

import EDIFACTAdapters
import HL7v2Adapters
import PortalBytes
import PortalIntake
import PortalRecord

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    check(bytes)
    // The same bytes where most inputs get past the frame: behind a header, and a person as well.
    for type in ["ORU^R01", "ADT^A01", "ADT^A40"] {
        let header = "MSH|^~\\&|A|B|C|D|20260101||\(type)|1|P|2.5\r"
        check(Array(header.utf8) + bytes)
        check(Array((header + "PID|1||1^^^H^MR||A^B||19510303|F\r").utf8) + bytes)
    }
    for type in ["MEDRPT:0:1:RT:NHS003", "NHSRSR:D:1:NH:NHS002"] {
        let header = "UNH+1+\(type)'S02+02'RFF+SRI:1'S07+07'PNA+PAT+1:OPI+++SU:A'"
        check(Array((header + "S10+10'INV+MQ+:::A'").utf8) + bytes + [0x27])
    }
    return 0
}

private let adapters: [any SourceAdapter] = [
    HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), EDIFACTLabReportAdapter(),
    EDIFACTRadiologyReportAdapter(),
]

private let dialects: [Dialect] = {
    var named = Dialect()
    named.zone = .named(.london)
    named.defaultAuthority = "H"
    named.localAuthority = "H"
    named.statuses = ["Q": .final]
    return [Dialect(), named]
}()

private func check(_ bytes: [UInt8]) {
    let limits = Limits(segmentsMax: 2000, delimitersMax: 20_000)
    for dialect in dialects {
        // A slice that does not start at zero: offsets are the message's own.
        let slice = ([0x20] + bytes).dropFirst()
        let document = SourceDocument(
            silo: "silo",
            bytes: slice,
            dialect: dialect,
            limits: limits
        )
        for adapter in adapters {
            _ = adapter.recognises(document)
            guard let report = try? adapter.adapt(document) else { continue }
            check(report, bytes.count)
            guard let again = try? adapter.adapt(document) else {
                demand(false, "a second reading refuses")
                return
            }
            demand(again.entries == report.entries, "a second reading differs")
        }
    }
}

private func check(_ report: IntakeReport, _ count: Int) {
    let ledger = report.ledger
    let ignored = ledger.ignoredByRule.values.reduce(0, +)
    demand(ledger.byteCount == count, "the ledger is of another document")
    demand(ledger.mapped + ignored + ledger.unmapped == count, "the ledger's sum is not exact")
    demand(ledger.ignored == ignored, "the rules do not add up")
    demand(ledger.mappedOffsets.count == ledger.mapped, "the mapped bytes are miscounted")
    let left = ledger.unmappedRanges.reduce(0) { $0 + $1.count }
    demand(left == ledger.unmapped, "the bytes left are miscounted")
    for entry in report.entries {
        let origin = entry.origin
        demand(
            origin.offset >= 0 && origin.length >= 0 && origin.offset + origin.length <= count,
            "an entry stands outside its document"
        )
        _ = entry.id
    }
}

/// Stops the process where a law does not hold: a fuzzer takes a crash, and only a crash, for a
/// finding, and keeps the input that led to it.
private func demand(_ condition: Bool, _ law: StaticString) {
    if !condition { fatalError("\(law)") }  // the fuzzer keeps the input of a crash alone
}
