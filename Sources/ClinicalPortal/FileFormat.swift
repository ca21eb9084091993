import EDIFACTSyntax
import HL7v2Syntax
import XMLSyntax

/// What a file is, by its bytes alone.
enum FileFormat: String {
    case hl7v2
    case edifact
    case xml
    case json
    case jsonLines = "jsonl"
    case delimited = "csv"
    case unknown

    init(_ bytes: [UInt8]) {
        // Known by its first bytes, so before HL7 v2, which may start later: `NAD+FHS+` in an
        // interchange is no file header.
        if EDIFACTFile.recognises(bytes) {
            self = .edifact
            return
        }
        if HL7v2File.recognises(bytes), !FileFormat.quotesHL7(bytes) {
            self = .hl7v2
            return
        }
        let head = bytes.prefix(65_536)
        let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
        let mark = marks.first { head.starts(with: $0) } ?? []
        let body = head.dropFirst(mark.count)
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D, 0x00].contains($0) }
        switch first {
        case UInt8(ascii: "<"): self = .xml
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            self = FileFormat.isLines(bytes) ? .jsonLines : .json
        case nil: self = .unknown
        default: self = FileFormat.isTable(body) ? .delimited : .unknown
        }
    }

    /// Whether a document of another format only speaks of HL7 v2's segments near its start.
    private static func quotesHL7(_ bytes: [UInt8]) -> Bool {
        let body = bytes.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        switch body.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let next = body.dropFirst().first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            return next.map { [UInt8(ascii: "\""), UInt8(ascii: "{")].contains($0) } ?? false
        case UInt8(ascii: "<"): return XMLDocument.rootName(bytes[...]) != nil
        default: return false
        }
    }

    /// An object a line: the first line is whole.
    private static func isLines(_ bytes: [UInt8]) -> Bool {
        let line = bytes.drop { $0 == 0x0A || $0 == 0x0D }.prefix { $0 != 0x0A && $0 != 0x0D }
        let trimmed = line.reversed().first { $0 != 0x20 && $0 != 0x09 }
        return line.first == UInt8(ascii: "{") && trimmed == UInt8(ascii: "}")
    }

    /// A first line of at least two columns, and no control character.
    private static func isTable(_ head: ArraySlice<UInt8>) -> Bool {
        let line = head.drop { $0 == 0x0A || $0 == 0x0D }.prefix { $0 != 0x0A && $0 != 0x0D }
        let delimiters = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]
        return line.contains(where: delimiters.contains)
            && line.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
    }
}
