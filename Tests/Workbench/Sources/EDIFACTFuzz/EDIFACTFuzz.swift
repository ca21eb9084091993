// The libFuzzer target of the EDIFACT syntax; the script `fuzz` compiles it.
//
// Oracle: a file's parts cover every byte once, and are the same however the bytes are cut into
// chunks; a message is refused, or its tree gives back its bytes, its elements tile its segments,
// and the text of any range can be had.

import EDIFACTSyntax
import PortalBytes

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    checkFile(bytes)
    checkMessage(bytes[...], nil)
    // The same bytes behind a sound header, so that most inputs get past it.
    let header = Array("UNB+UNOC:3+A+B+261122:1000+1'UNH+1+MEDRPT:0:1:RT:NHS003'".utf8)
    checkMessage((header + bytes + Array("'UNT+3+1'".utf8))[...], nil)
    return 0
}

private func checkFile(_ bytes: [UInt8]) {
    let file = EDIFACTFile(bytes)
    var position = 0
    var messages: [[UInt8]] = []
    for part in file.parts {
        demand(part.range.lowerBound == position && !part.range.isEmpty, "parts do not tile")
        position = part.range.upperBound
        guard case .message = part.kind else { continue }
        messages.append(Array(file.slice(part)))
        checkMessage(
            file.slice(part),
            file.envelope(of: part).flatMap { try? EDIFACTInterchangeHeader($0) }
        )
    }
    demand(position == bytes.count, "parts do not cover the bytes")
    demand(file.render() == bytes, "a file is not lossless")
    _ = EDIFACTFile.recognises(bytes)
    checkStream(bytes, messages)
}

private func checkStream(_ bytes: [UInt8], _ messages: [[UInt8]]) {
    var stream = EDIFACTStream()
    var streamed: [[UInt8]] = []
    var total = 0
    func take(_ part: EDIFACTStream.Part) {
        total += part.bytes.count
        if case .message = part.kind { streamed.append(part.bytes) }
    }
    let step = 1 + Int(bytes[0] % 13)
    var at = 0
    while at < bytes.count {
        stream.feed(bytes[at..<min(at + step, bytes.count)])
        while let part = try? stream.next() { take(part) }
        at += step
    }
    stream.finish()
    while let part = try? stream.next() { take(part) }
    demand(total == bytes.count, "a stream loses bytes")
    demand(streamed == messages, "a stream gives other messages")
}

private func checkMessage(_ bytes: ArraySlice<UInt8>, _ header: EDIFACTInterchangeHeader?) {
    let limits = Limits(segmentsMax: 2000, delimitersMax: 20_000)
    guard let message = try? EDIFACTMessage.read(bytes, in: header, limits: limits) else { return }
    demand(message.render() == Array(bytes), "a message is not lossless")
    var position = message.prefix.upperBound
    for segment in 0..<message.segmentCount {
        demand(message.range(segment).lowerBound == position, "segments do not tile")
        position = message.terminator(segment).upperBound
        checkElements(message, segment)
        _ = message.path(segment)
    }
    demand(position == bytes.count, "segments do not cover the bytes")
    _ = message.type
    for low in stride(from: 0, to: bytes.count + 2, by: 7) {
        _ = message.text(low..<(low + bytes.count))
    }
}

private func checkElements(_ message: EDIFACTMessage, _ segment: Int) {
    let count = message.elementCount(segment)
    demand(message.element(segment, 0) == nil, "there is an element 0")
    demand(message.element(segment, count + 1) == nil, "there is an element too many")
    var previous = message.range(segment).lowerBound
    for number in 0..<count {
        guard let element = message.element(segment, number + 1) else {
            demand(false, "an element is missing")
            return
        }
        demand(element.lowerBound >= previous, "elements are out of order")
        previous = element.upperBound
        var parts = message.components(element)
        var end = element.lowerBound - 1
        while let part = parts.next() {
            demand(part.lowerBound == end + 1, "components do not tile")
            end = part.upperBound
            _ = message.text(part)
        }
        demand(end == element.upperBound, "components do not cover their element")
    }
    demand(count == 0 || previous == message.range(segment).upperBound, "elements do not tile")
}
