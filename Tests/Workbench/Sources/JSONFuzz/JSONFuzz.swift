// The libFuzzer target of the JSON syntax; the script `fuzz` compiles it.
//
// Oracle: a text is refused at a byte of it, or its values nest and tile it (between them stand only
// commas, colons and white space), every value read alone from its own bytes is what it was, and a
// string written anew reads the same; its outline has the tree's members.

import JSONSyntax
import PortalBytes

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    check(bytes)
    // The same bytes where a value may stand.
    check(Array("{\"a\":[1,".utf8) + bytes + Array("],\"b\":2}".utf8))
    check(Array("[\"".utf8) + bytes + Array("\"]".utf8))
    return 0
}

private func check(_ bytes: [UInt8]) {
    // A slice that does not start at zero: places are the text's own.
    let slice = ([0x20] + bytes).dropFirst()
    var outline: [String] = []
    JSONOutline.visit(slice) { name, _ in
        outline.append(name)
        return true
    }
    let document: JSONDocument
    do throws(JSONSyntaxError) {
        document = try JSONDocument.read(slice)
    } catch {
        demand(error.offset >= 0 && error.offset <= bytes.count, "a refusal at no byte of the text")
        return
    }
    let root = document.root
    if root.kind == .object {
        demand(outline == root.members.map(\.key), "the outline has other members than the tree")
    }
    var parts: [Range<Int>] = []
    var left = 64
    walk(root, bytes, 0, &parts, &left)
    var position = 0
    for part in parts {
        demand(part.lowerBound >= position, "values overlap")
        demand(
            bytes[position..<part.lowerBound].allSatisfy(isBetween),
            "bytes of a value belong to none"
        )
        position = part.upperBound
    }
    demand(bytes[position...].allSatisfy(isBetween), "bytes behind the values")
}

/// What may stand between keys and scalars.
private func isBetween(_ byte: UInt8) -> Bool { " \t\r\n,:[]{}".utf8.contains(byte) }

/// Collects the places of keys and scalars, in order.
private func walk(
    _ value: JSONValue,
    _ bytes: [UInt8],
    _ depth: Int,
    _ parts: inout [Range<Int>],
    _ left: inout Int
) {
    let range = value.range
    demand(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a value outside the text")
    demand(!range.isEmpty && depth <= 64, "a value of nothing, or too deep")
    if left > 0 {
        left -= 1
        alone(value, bytes[range])
    }
    switch value.kind {
    case .object:
        for member in value.members {
            demand(range.contains(member.keyRange.lowerBound), "a key outside its object")
            parts.append(member.keyRange)
            demand(member.value.range.upperBound < range.upperBound, "a member leaves its object")
            walk(member.value, bytes, depth + 1, &parts, &left)
            demand(value[member.key]?.range == member.value.range, "a key finds another member")
        }
    case .array:
        for element in value.elements {
            demand(element.range.lowerBound > range.lowerBound, "an element before its array")
            demand(element.range.upperBound < range.upperBound, "an element leaves its array")
            walk(element, bytes, depth + 1, &parts, &left)
        }
    default: parts.append(range)
    }
}

/// A value's own bytes are a text that says the same.
private func alone(_ value: JSONValue, _ bytes: ArraySlice<UInt8>) {
    guard let again = try? JSONDocument.read(bytes).root else {
        demand(false, "a value's bytes do not read")
        return
    }
    demand(again.kind == value.kind && again.range.count == bytes.count, "a value reads otherwise")
    demand(again.number == value.number && again.bool == value.bool, "a scalar reads otherwise")
    demand(again.string?.utf8.elementsEqual((value.string ?? "").utf8) ?? true, "a string differs")
    if let number = value.number {
        demand(number.utf8.elementsEqual(bytes), "a number is not as written")
    }
    if let string = value.string {
        let written = try? JSONDocument.read(quoted(string)[...]).root.string
        demand(written?.utf8.elementsEqual(string.utf8) ?? false, "a string written anew differs")
    }
}

private func quoted(_ text: String) -> [UInt8] {
    var out: [UInt8] = [0x22]
    for byte in text.utf8 {
        switch byte {
        case 0x22, 0x5C: out += [0x5C, byte]
        case 0..<0x20: out += Array("\\u00".utf8) + hex(byte)
        default: out.append(byte)
        }
    }
    return out + [0x22]
}

private func hex(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}
