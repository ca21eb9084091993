import HL7v2Syntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A message while an adapter reads it: whatever is taken is marked in the ledger.
///
/// Readers return nil where a field is absent, empty or HL7's `""`; ``isNull(_:_:)`` tells the
/// last apart (SAFETY S25: three facts).
final class HL7v2Reading {
    let document: SourceDocument
    let message: HL7v2Message
    let ledger: LedgerMarks
    var diagnostics: [Diagnostic] = []
    /// How many segments of each name came before, for paths such as `OBX[2]`.
    private let ordinals: [Int]
    /// The message's bytes for the time of the reading: a copy, since fields are looked at so often
    /// that holding on to the message's own at each costs more.
    let bytes: UnsafeBufferPointer<UInt8>
    /// What makes a byte more than its text; beyond ASCII where no escape is declared.
    private let escape: UInt8

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            message = try HL7v2Message.read(
                document.bytes,
                limits: document.limits,
                undeclared: document.dialect.charset
            )
        } catch {
            throw IntakeError(error)
        }
        for segment in 0..<message.segmentCount
        where message.fieldCount(segment) > document.limits.fieldsMax {
            throw IntakeError(
                code: "too-many-fields",
                location: message.name(segment).description,
                remedy: "split the message, or raise the limit in the site profile",
                offset: message.range(segment).lowerBound
            )
        }
        ledger = LedgerMarks(byteCount: document.bytes.count)
        ordinals = HL7v2Reading.ordinals(message)
        escape = message.delimiters.escape ?? 0xFF
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: message.bytes.count)
        _ = room.initialize(from: message.bytes)
        bytes = UnsafeBufferPointer(room)
        for finding in message.findings {
            note(finding.code, at: finding.path, offset: finding.offset)
        }
    }

    deinit { bytes.deallocate() }

    private static func ordinals(_ message: HL7v2Message) -> [Int] {
        var counts = SegmentCounts()
        var ordinals: [Int] = []
        ordinals.reserveCapacity(message.segmentCount)
        // Segments of one name follow one another: the table is asked where the name changes.
        var name = HL7v2SegmentName.msh
        var count = 0
        for index in 0..<message.segmentCount {
            if message.name(index) != name {
                counts.keep(count, of: name)
                name = message.name(index)
                count = counts.count(of: name)
            }
            count += 1
            ordinals.append(count)
        }
        return ordinals
    }

    /// `OBX[2]`.
    func path(_ segment: Int) -> String {
        ShortText.make { text in
            text.append(message.name(segment))
            text.append(byte: 0x5B)
            text.append(number: ordinals[segment])
            text.append(byte: 0x5D)
        }
    }

    /// `OBX-16`.
    private func path(_ name: HL7v2SegmentName, field: Int) -> String {
        ShortText.make { text in
            text.append(name)
            text.append(byte: 0x2D)
            text.append(number: field)
        }
    }

    func origin(_ segment: Int) -> SourceRange {
        let range = message.range(segment)
        return SourceRange(path: path(segment), offset: range.lowerBound, length: range.count)
    }

    func reference(_ segment: Int) -> SourceReference {
        let range = message.range(segment)
        return SourceReference(
            document: document.hash,
            path: path(segment),
            offset: range.lowerBound,
            length: range.count
        )
    }

    func note(
        _ code: String,
        at location: String,
        severity: Diagnostic.Severity = .warning,
        offset: Int? = nil
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(code: code, location: location, severity: severity, offset: offset)
        )
    }

    func note(
        _ code: String,
        _ segment: Int,
        _ field: Int,
        severity: Diagnostic.Severity = .warning
    ) {
        note(
            code,
            at: path(segment) + "-" + String(field),
            severity: severity,
            offset: message.field(segment, field)?.lowerBound
        )
    }

    // MARK: Ranges

    /// A field that holds something, or nil.
    func field(_ segment: Int, _ field: Int) -> Range<Int>? {
        guard let range = message.field(segment, field), !range.isEmpty, !isNull(range) else {
            return nil
        }
        return range
    }

    /// Whether a range is HL7's `""`.
    func isNull(_ range: Range<Int>) -> Bool {
        range.count == 2 && range.upperBound <= bytes.count
            && bytes[range.lowerBound] == 0x22 && bytes[range.lowerBound + 1] == 0x22
    }

    func isNull(_ segment: Int, _ field: Int) -> Bool {
        message.field(segment, field).map { isNull($0) } ?? false
    }

    /// The repetitions of a field that hold something.
    func repetitions(_ segment: Int, _ field: Int) -> [Range<Int>] {
        each(segment, field) { $0 }
    }

    /// What each repetition of a field says that holds something, and says anything.
    func each<Value>(
        _ segment: Int,
        _ field: Int,
        _ read: (Range<Int>) -> Value?
    ) -> [Value] {
        guard let range = self.field(segment, field) else { return [] }
        var parts = HL7v2Parts(bytes, range, by: message.delimiters.repetition)
        var values: [Value] = []
        while let part = parts.next() {
            if !part.isEmpty, !isNull(part), let value = read(part) {
                values.append(value)
            }
        }
        return values
    }

    /// The first repetition of a field that holds something.
    func first(_ segment: Int, _ field: Int) -> Range<Int>? {
        guard let range = self.field(segment, field) else { return nil }
        var parts = HL7v2Parts(bytes, range, by: message.delimiters.repetition)
        return parts.next().flatMap { $0.isEmpty ? nil : $0 }
    }

    func components(_ range: Range<Int>) -> HL7v2Parts {
        HL7v2Parts(bytes, range, by: message.delimiters.component)
    }

    func subcomponents(_ range: Range<Int>) -> HL7v2Parts {
        HL7v2Parts(bytes, range, by: message.delimiters.subcomponent)
    }

    // MARK: Text

    /// The text of a range, marked as mapped; nil where it is empty or `""`.
    func text(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty, !isNull(range) else { return nil }
        ledger.map(range)
        return words(range)
    }

    private func words(_ range: Range<Int>) -> String {
        let part = UnsafeBufferPointer(rebasing: bytes[range.clamped(to: bytes.indices)])
        var odd: UInt8 = 0
        for byte in part { odd |= byte & 0x80 | (byte == escape ? 1 : 0) }
        // Almost every value is ASCII without an escape, whose text is its bytes.
        return odd == 0 ? String(decoding: part, as: UTF8.self) : message.text(range)
    }

    /// The text of a component of a range.
    func component(_ range: Range<Int>?, _ number: Int) -> String? {
        guard let range else { return nil }
        var parts = components(range)
        parts.skip(number - 1)
        return text(parts.next())
    }

    /// The text of a whole field, repetitions and components included.
    func text(_ segment: Int, _ field: Int) -> String? { text(self.field(segment, field)) }

    /// The text of a field's first component, without marking it.
    func peek(_ segment: Int, _ field: Int, _ component: Int = 1) -> String? {
        guard let range = first(segment, field) else { return nil }
        var parts = components(range)
        parts.skip(component - 1)
        guard let part = parts.next(), !part.isEmpty else { return nil }
        return words(part)
    }

    /// The label that a field's confidentiality code puts on; the field is marked elsewhere.
    func label(_ segment: Int, _ field: Int) -> SecurityLabel? {
        guard let range = first(segment, field), !isNull(range),
            let code = peek(segment, field)?.trimmed.nonEmpty,
            let label = document.dialect.label(of: code)
        else { return nil }
        if !SecurityLabel.known.contains(label) { note("label-unknown", segment, field) }
        return label
    }

    /// A field's text, not marked; nil where it is absent or empty.
    func peekText(_ segment: Int, _ field: Int) -> String? {
        guard let range = first(segment, field), !isNull(range) else { return nil }
        return message.text(range).trimmed.nonEmpty
    }

    /// Every field of a segment that holds something and was not taken, by its name: `OBR-27`.
    ///
    /// Kept as written: what has no place of its own in the vocabulary is still not lost.
    func remaining(_ segment: Int, except taken: FieldNumbers) -> [String: String] {
        var rest: [String: String] = [:]
        keepRemaining(segment, except: taken, in: &rest)
        return rest
    }

    /// The same, named by a place of one's own: `OBX[2]-16`, where a segment stands several times.
    func remaining(
        _ segment: Int,
        except taken: FieldNumbers,
        prefix: String
    ) -> [String: String] {
        var rest: [String: String] = [:]
        let count = message.fieldCount(segment)
        guard count > 0 else { return rest }
        for number in 1...count where !taken.contains(number) {
            if let text = text(segment, number) { rest[prefix + "-" + String(number)] = text }
        }
        return rest
    }

    /// Puts a segment's remaining fields beside what is there already, which stays.
    func keepRemaining(
        _ segment: Int,
        except taken: FieldNumbers,
        in rest: inout [String: String]
    ) {
        let name = message.name(segment)
        let count = message.fieldCount(segment)
        guard count > 0 else { return }
        for number in 1...count where !taken.contains(number) {
            guard let text = text(segment, number) else { continue }
            let key = path(name, field: number)
            if rest.isEmpty || rest[key] == nil { rest[key] = text }
        }
    }

    // MARK: The ledger's rules

    /// Leaves a field out by a named rule.
    func ignore(_ segment: Int, _ field: Int, by rule: IgnoreRule) {
        if let range = message.field(segment, field) { ledger.ignore(range, by: rule) }
    }

    /// Closes the ledger: delimiters, segment names and line ends carry the structure, and a null
    /// that cleared nothing is left out by name.
    func finishLedger() -> ByteLedger {
        markStructure()
        return ledger.close()
    }

    /// Leaves out what carries the structure.
    func markStructure() {
        for segment in 0..<message.segmentCount {
            let range = message.range(segment)
            ledger.ignore(
                range.lowerBound..<min(range.lowerBound + 3, range.upperBound),
                by: .structure
            )
            ledger.ignore(message.terminator(segment), by: .structure)
        }
        ledger.ignore(each: message.fieldMarks, by: .structure)
        ledger.ignore(each: message.innerMarks, by: .structure)
    }
}

/// How many segments there were of each name: a message has a handful of names, and only one that
/// means ill has more than are looked through one by one.
private struct SegmentCounts {
    private var few: [(name: HL7v2SegmentName, count: Int)] = []
    private var many: [HL7v2SegmentName: Int] = [:]

    func count(of name: HL7v2SegmentName) -> Int {
        for entry in few where entry.name == name { return entry.count }
        return many.isEmpty ? 0 : many[name, default: 0]
    }

    mutating func keep(_ count: Int, of name: HL7v2SegmentName) {
        for index in few.indices where few[index].name == name {
            few[index].count = count
            return
        }
        if few.count < 24 {
            few.append((name, count))
        } else {
            many[name] = count
        }
    }
}

/// The parts of a range between a delimiter, given one by one in their order.
///
/// - Shape: one part, the range itself, where the delimiter is absent or none is declared.
///
/// It looks at bytes that another keeps, and is used while that one lives.
struct HL7v2Parts {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Beyond every byte where none is declared.
    private let delimiter: UInt16
    private let end: Int
    /// Where the next part starts; nil behind the last.
    private var start: Int?

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, by delimiter: UInt8?) {
        let range = range.clamped(to: bytes.indices)
        self.bytes = bytes
        self.delimiter = delimiter.map { UInt16($0) } ?? .max
        start = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Range<Int>? {
        guard let start else { return nil }
        var index = start
        while index < end {
            if UInt16(bytes[index]) == delimiter {
                self.start = index + 1
                return start..<index
            }
            index += 1
        }
        self.start = nil
        return start..<end
    }

    mutating func skip(_ count: Int) {
        for _ in 0..<max(count, 0) where next() == nil { return }
    }
}

/// Numbers of fields: those that a reader has taken.
///
/// - Shape: 0 to 63; no reader takes a field beyond by its number.
struct FieldNumbers: ExpressibleByArrayLiteral {
    private let bits: UInt64

    init(arrayLiteral numbers: Int...) {
        bits = numbers.reduce(0) { $0 | 1 << UInt64($1) }
    }

    func contains(_ number: Int) -> Bool { number < 64 && bits >> UInt64(number) & 1 == 1 }
}

/// Writes names of places, such as `OBX[2]`, without putting strings together.
struct ShortText {
    private let room: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    /// Three letters, two signs and ten digits: a message has no more bytes than that, and a string
    /// of fifteen takes no memory of its own.
    static func make(_ write: (inout ShortText) -> Void) -> String {
        String(unsafeUninitializedCapacity: 15) { room in
            var text = ShortText(room: room)
            write(&text)
            return text.count
        }
    }

    private init(room: UnsafeMutableBufferPointer<UInt8>) { self.room = room }

    mutating func append(byte: UInt8) {
        guard count < room.count else { return }
        room[count] = byte
        count += 1
    }

    mutating func append(_ name: HL7v2SegmentName) {
        let letters = name.letters
        append(byte: letters.0)
        append(byte: letters.1)
        append(byte: letters.2)
    }

    mutating func append(number: Int) {
        if number >= 10 { append(number: number / 10) }
        append(byte: 0x30 &+ UInt8(truncatingIfNeeded: number % 10))
    }
}
