// The libFuzzer target of the HL7 v2 syntax; the script `fuzz` compiles it.
//
// Oracle: a file's parts cover every byte once; a message is refused, or its tree gives back its
// bytes, its fields tile its segments, and the text of any range can be had.

import HL7v2Syntax
import PortalBytes

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    checkFile(bytes)
    checkMessage(bytes[...])
    // The same bytes behind a sound header, so that most inputs get past it.
    let header = Array("MSH|^~\\&|A|B|C|D|20260101||ORU^R01|1|P|2.5\r".utf8)
    checkMessage((header + bytes)[...])
    return 0
}

private func checkFile(_ bytes: [UInt8]) {
    let file = HL7v2File(bytes)
    var position = 0
    for part in file.parts {
        demand(part.range.lowerBound == position && !part.range.isEmpty, "parts do not tile")
        position = part.range.upperBound
        if case .message = part.kind { checkMessage(file.slice(part)) }
    }
    demand(position == bytes.count, "parts do not cover the bytes")
    demand(file.render() == bytes, "a file is not lossless")
    _ = HL7v2File.recognises(bytes)
}

private func checkMessage(_ bytes: ArraySlice<UInt8>) {
    let limits = Limits(segmentsMax: 2000, delimitersMax: 20_000)
    guard let message = try? HL7v2Message.read(bytes, limits: limits) else { return }
    demand(message.render() == Array(bytes), "a message is not lossless")
    var position = 0
    for segment in 0..<message.segmentCount {
        let range = message.range(segment)
        demand(range.lowerBound == position, "segments do not tile")
        position = message.terminator(segment).upperBound
        checkFields(message, segment)
    }
    demand(position == bytes.count, "segments do not cover the bytes")
    checkTexts(message)
}

private func checkFields(_ message: HL7v2Message, _ segment: Int) {
    let count = message.fieldCount(segment)
    demand(message.field(segment, 0) == nil, "there is a field 0")
    demand(message.field(segment, count + 1) == nil, "there is a field too many")
    var previous = message.range(segment).lowerBound
    for number in 0..<count {
        guard let field = message.field(segment, number + 1) else {
            demand(false, "a field is missing")
            return
        }
        demand(field.lowerBound >= previous, "fields are out of order")
        previous = field.upperBound
        let delimiters = message.delimiters
        for repetition in message.split(field, by: delimiters.repetition) {
            for component in message.split(repetition, by: delimiters.component) {
                for part in message.split(component, by: delimiters.subcomponent) {
                    _ = message.text(part)
                    _ = message.isNull(part)
                }
            }
        }
        _ = message.component(field, 2)
    }
    demand(count == 0 || previous == message.range(segment).upperBound, "fields do not tile")
}

/// Ranges drawn from the bytes themselves: text() must take any, those past the end included.
private func checkTexts(_ message: HL7v2Message) {
    let bytes = message.bytes
    guard let first = bytes.first, let last = bytes.last else { return }
    var seed = UInt64(first) << 8 | UInt64(last) | UInt64(bytes.count) << 16 | 1
    for _ in 0..<8 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let low = Int(seed >> 33) % (bytes.count + 2)
        let high = low + Int(seed >> 17) % (bytes.count + 4)
        _ = message.text(low..<high)
    }
}
