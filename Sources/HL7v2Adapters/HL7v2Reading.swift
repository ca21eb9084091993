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
    var ledger: ByteLedger
    var diagnostics: [Diagnostic] = []
    /// How many segments of each name came before, for paths such as `OBX[2]`.
    private let ordinals: [Int]

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            message = try HL7v2Message.read(
                document.bytes,
                limits: document.limits,
                undeclared: document.dialect.charset
            )
        } catch {
            throw IntakeError(
                code: error.code.description,
                location: error.path,
                remedy: error.code.remedy,
                outcome: error.code == .notHL7v2 ? .rejected : .held,
                offset: error.offset
            )
        }
        ledger = ByteLedger(byteCount: document.bytes.count)
        var counts: [HL7v2SegmentName: Int] = [:]
        var ordinals: [Int] = []
        ordinals.reserveCapacity(message.segmentCount)
        for index in 0..<message.segmentCount {
            let count = counts[message.name(index), default: 0] + 1
            counts[message.name(index)] = count
            ordinals.append(count)
        }
        self.ordinals = ordinals
        for finding in message.findings {
            note(finding.code, at: finding.path, offset: finding.offset)
        }
    }

    /// `OBX[2]`.
    func path(_ segment: Int) -> String {
        message.name(segment).description + "[" + String(ordinals[segment]) + "]"
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
        guard let range = message.field(segment, field), !range.isEmpty, !message.isNull(range)
        else { return nil }
        return range
    }

    func isNull(_ segment: Int, _ field: Int) -> Bool {
        message.field(segment, field).map(message.isNull) ?? false
    }

    /// The repetitions of a field that hold something.
    func repetitions(_ segment: Int, _ field: Int) -> [Range<Int>] {
        guard let range = self.field(segment, field) else { return [] }
        return message.split(range, by: message.delimiters.repetition)
            .filter { !$0.isEmpty && !message.isNull($0) }
    }

    /// The first repetition of a field that holds something.
    func first(_ segment: Int, _ field: Int) -> Range<Int>? {
        guard let range = self.field(segment, field) else { return nil }
        return message.part(range, 1, by: message.delimiters.repetition).flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    // MARK: Text

    /// The text of a range, marked as mapped; nil where it is empty or `""`.
    func text(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty, !message.isNull(range) else { return nil }
        ledger.map(range)
        return message.text(range)
    }

    /// The text of a component of a range.
    func component(_ range: Range<Int>?, _ number: Int) -> String? {
        guard let range else { return nil }
        return text(message.component(range, number))
    }

    /// The text of a whole field, repetitions and components included.
    func text(_ segment: Int, _ field: Int) -> String? { text(self.field(segment, field)) }

    /// The text of a field's first component, without marking it.
    func peek(_ segment: Int, _ field: Int, _ component: Int = 1) -> String? {
        guard let range = first(segment, field),
            let part = message.component(range, component), !part.isEmpty
        else { return nil }
        return message.text(part)
    }

    /// Every field of a segment that holds something and was not taken, by its name: `OBR-27`.
    ///
    /// Kept as written: what has no place of its own in the vocabulary is still not lost.
    func remaining(
        _ segment: Int,
        except taken: Set<Int>,
        prefix: String? = nil
    ) -> [String: String] {
        var rest: [String: String] = [:]
        let name = prefix ?? message.name(segment).description
        let count = message.fieldCount(segment)
        guard count > 0 else { return rest }
        for number in 1...count where !taken.contains(number) {
            if let text = text(segment, number) { rest[name + "-" + String(number)] = text }
        }
        return rest
    }

    // MARK: The ledger's rules

    /// Leaves a field out by a named rule.
    func ignore(_ segment: Int, _ field: Int, by rule: IgnoreRule) {
        if let range = message.field(segment, field) { ledger.ignore(range, by: rule) }
    }

    /// Closes the ledger: delimiters, segment names and line ends carry the structure, and a null
    /// that cleared nothing is left out by name.
    func finishLedger() -> ByteLedger {
        for segment in 0..<message.segmentCount {
            let range = message.range(segment)
            ledger.ignore(
                range.lowerBound..<min(range.lowerBound + 3, range.upperBound),
                by: .structure
            )
            ledger.ignore(message.terminator(segment), by: .structure)
        }
        message.forEachDelimiter { ledger.ignore($0..<($0 + 1), by: .structure) }
        return ledger
    }
}
