import JSONSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A JSON document while an adapter reads it: whatever is taken is marked in the ledger.
final class JSONReading {
    let document: SourceDocument
    let root: JSONValue
    var ledger: ByteLedger
    var diagnostics: [Diagnostic] = []

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            root = try JSONDocument.read(document.bytes, limits: document.limits).root
        } catch {
            throw IntakeError(
                code: error.code.description,
                location: "byte \(error.offset)",
                remedy: error.code.remedy,
                offset: error.offset
            )
        }
        ledger = ByteLedger(byteCount: document.bytes.count)
    }

    func note(_ code: String, _ place: String, _ severity: Diagnostic.Severity = .warning) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(Diagnostic(code: code, location: place, severity: severity))
    }

    /// The text of a string or number, marked as mapped; nil where it is absent or empty.
    func text(_ value: JSONValue?) -> String? {
        guard let value, let text = value.string ?? value.number, !text.isEmpty else { return nil }
        ledger.map(value.range)
        return text
    }

    func texts(_ value: JSONValue?) -> [String] { value?.elements.compactMap { text($0) } ?? [] }

    func flag(_ value: JSONValue?) -> Bool? {
        guard let value, let flag = value.bool else { return nil }
        ledger.map(value.range)
        return flag
    }

    func number(_ value: JSONValue?) -> Int? {
        guard let value, let number = value.number.flatMap({ Int($0) }) else { return nil }
        ledger.map(value.range)
        return number
    }

    /// A date in ISO 8601; anything else is a finding and stays unmapped.
    func date(_ value: JSONValue?, _ place: String) -> PartialDate? {
        guard let value, value.kind != .null else { return nil }
        guard let date = value.string.flatMap({ PartialDate($0) }) else {
            note("date-unreadable", place)
            return nil
        }
        ledger.map(value.range)
        return date.assuming(document.dialect.zone)
    }

    /// `"text"`, or `{"system", "code", "display", "text"}`.
    func concept(_ value: JSONValue?) -> CodeableConcept? {
        guard let value else { return nil }
        if value.string != nil { return text(value).map { CodeableConcept(text: $0) } }
        let coding = Coding(
            system: text(value["system"]),
            code: text(value["code"]),
            display: text(value["display"])
        )
        let words = text(value["text"])
        guard coding != Coding() || words != nil else { return nil }
        return CodeableConcept(codings: coding == Coding() ? [] : [coding], text: words)
    }

    func report(adapter: String, _ entries: [RecordEntry]) -> IntakeReport {
        structure(root)
        var report = IntakeReport(adapter: adapter, ledger: ledger)
        report.entries = entries
        report.diagnostics = diagnostics
        return report
    }

    /// Keys, quotes, brackets and blanks carry the structure; values that nobody took stay
    /// unmapped, their keys with them.
    private func structure(_ root: JSONValue) {
        var left = ByteLedger(byteCount: document.bytes.count)
        var work = [root]
        while let value = work.popLast() {
            switch value.kind {
            case .object:
                for member in value.members { work.append(member.value) }
            case .array: work += value.elements
            case .null: ledger.ignore(value.range, by: .null)
            case .string, .number, .bool: left.map(value.range)
            }
        }
        // Whatever is no scalar value is structure.
        var at = 0
        for offset in left.mappedOffsets {
            if at < offset { ledger.ignore(at..<offset, by: .structure) }
            at = offset + 1
        }
        ledger.ignore(at..<document.bytes.count, by: .structure)
    }
}
