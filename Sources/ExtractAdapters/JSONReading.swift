import JSONSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A JSON document while an adapter reads it: whatever is taken is marked in the ledger.
final class JSONReading {
    let document: SourceDocument
    let root: JSONValue
    private var ledger: ByteLedger
    private(set) var diagnostics: [Diagnostic] = []
    /// Where the scalars stand that were taken, or of which something has been said.
    private var seen: Set<Int> = []
    /// Where the objects and arrays stand that were looked into.
    private var opened: Set<Int> = []
    /// What stays unmapped as a whole: members of unknown names, and values of another kind.
    private var left: [Range<Int>] = []
    /// Where the members of unknown names stand.
    private var unknown: Set<Int> = []

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            root = try JSONDocument.read(document.bytes, limits: document.limits).root
        } catch {
            throw IntakeError(error)
        }
        ledger = ByteLedger(byteCount: document.bytes.count)
    }

    /// Notes something; the place holds names of the schema and numbers, never a sender's name.
    func note(
        _ code: String,
        _ place: String,
        _ severity: Diagnostic.Severity = .warning,
        at value: JSONValue? = nil
    ) {
        if let value { seen.insert(value.range.lowerBound) }
        add(code, place, severity, value?.range.lowerBound)
    }

    private func add(
        _ code: String,
        _ place: String,
        _ severity: Diagnostic.Severity,
        _ offset: Int?
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(code: code, location: place, severity: severity, offset: offset)
        )
    }

    /// Whether a value says nothing: `null` and the empty text (SAFETY S25).
    static func isSilent(_ value: JSONValue) -> Bool {
        value.kind == .null || value.kind == .string && value.range.count == 2
    }

    private func take(_ value: JSONValue) {
        seen.insert(value.range.lowerBound)
        ledger.map(value.range)
    }

    /// Leaves what stands at a place out by a rule.
    func ignore(_ range: Range<Int>, by rule: IgnoreRule) {
        seen.insert(range.lowerBound)
        ledger.ignore(range, by: rule)
    }

    // MARK: What stands in it

    /// The members of an object that have names of the schema; the others are noted, and stay
    /// unmapped name and all, or are left out by a rule.
    func object(
        _ value: JSONValue?,
        _ names: Set<String>,
        _ place: String
    ) -> [String: JSONValue] {
        guard let value, value.kind == .object else { return [:] }
        opened.insert(value.range.lowerBound)
        var found: [String: JSONValue] = [:]
        for member in value.members {
            if names.contains(member.key) {
                found[member.key] = member.value
            } else {
                let range = member.keyRange.lowerBound..<member.value.range.upperBound
                left.append(range)
                unknown.insert(member.value.range.lowerBound)
                if let strict { ledger.ignore(range, by: strict.rule) }
                add(
                    strict == nil ? "member-unknown" : "plan-text-left-out",
                    place.isEmpty ? "/" : place,
                    .note,
                    member.keyRange.lowerBound
                )
            }
        }
        return found
    }

    func elements(_ value: JSONValue?) -> [JSONValue] {
        guard let value, value.kind == .array else { return [] }
        opened.insert(value.range.lowerBound)
        return value.elements
    }

    /// The rule by which all goes that the schema has no place for, and how long a text may be
    /// that has one; nil where what has no place stays unmapped, and a text is as long as it is.
    var strict: (rule: IgnoreRule, textBytesMax: Int)?

    /// The text of a string or number, marked as mapped; nil where it is absent or empty.
    func text(_ value: JSONValue?) -> String? {
        guard let value, let text = value.string ?? value.number, !text.isEmpty else { return nil }
        if let strict, text.utf8.count > strict.textBytesMax {
            ignore(value.range, by: strict.rule)
            note("plan-text-left-out", "/", at: value)
            return nil
        }
        take(value)
        return text
    }

    func flag(_ value: JSONValue?) -> Bool? {
        guard let value, let flag = value.bool else { return nil }
        take(value)
        return flag
    }

    /// A whole number, as a number or as digits in a text; anything else is a finding.
    func number(_ value: JSONValue?, _ place: String) -> Int? {
        guard let value, !Self.isSilent(value) else { return nil }
        guard let number = (value.number ?? value.string).flatMap({ Int($0) }) else {
            note("number-unreadable", place, at: value)
            return nil
        }
        take(value)
        return number
    }

    /// A date in ISO 8601; anything else is a finding and stays unmapped.
    func date(_ value: JSONValue?, _ place: String) -> PartialDate? {
        guard let value, !Self.isSilent(value) else { return nil }
        guard let date = value.string.flatMap({ PartialDate($0) }) else {
            note("date-unreadable", place, at: value)
            return nil
        }
        take(value)
        return date.assuming(document.dialect.zone)
    }

    /// `"text"`, or `{"system", "code", "display", "text"}`.
    func concept(_ value: JSONValue?, _ place: String) -> CodeableConcept? {
        guard let value else { return nil }
        if let text = text(value) { return CodeableConcept(text: text) }
        let members = object(value, ["system", "code", "display", "text"], place)
        let coding = Coding(
            system: text(members["system"]),
            code: text(members["code"]),
            display: text(members["display"])
        )
        let words = text(members["text"])
        guard coding != Coding() || words != nil else { return nil }
        return CodeableConcept(codings: coding == Coding() ? [] : [coding], text: words)
    }

    /// `{"family", "given", "prefix"}`.
    func name(_ value: JSONValue?, _ place: String) -> HumanName? {
        let members = object(value, ["family", "given", "prefix"], place)
        let name = HumanName(
            family: text(members["family"]),
            given: text(members["given"]),
            prefix: text(members["prefix"])
        )
        return name == HumanName() ? nil : name
    }

    // MARK: The account

    func report(adapter: String, _ entries: [RecordEntry]) -> IntakeReport {
        var report = IntakeReport(adapter: adapter, ledger: ledger)
        report.entries = entries
        report.diagnostics = diagnostics
        return report
    }

    /// Says of every byte what became of it, once all has been read.
    ///
    /// Names, quotes, brackets and blanks carry the structure. A value that nobody took, for it is
    /// of another kind than the schema's, is a finding and stays unmapped.
    func account() {
        var work = [(root, "")]
        while let (value, place) = work.popLast() {
            let start = value.range.lowerBound
            switch value.kind {
            case .object where opened.contains(start):
                for member in value.members.reversed() where !unknown.contains(member.start) {
                    work.append((member.value, place + "/" + member.key))
                }
            case .array where opened.contains(start):
                for (index, element) in value.elements.enumerated().reversed() {
                    work.append((element, place + "/\(index)"))
                }
            case _ where Self.isSilent(value): ledger.ignore(value.range, by: .null)
            default:
                // Scalars that were taken are mapped, and nothing goes over that.
                left.append(value.range)
                if let strict { ledger.ignore(value.range, by: strict.rule) }
                if !seen.contains(start) { note("member-unreadable", place, at: value) }
            }
        }
        var at = 0
        for range in left.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if at < range.lowerBound { ledger.ignore(at..<range.lowerBound, by: .structure) }
            at = max(at, range.upperBound)
        }
        ledger.ignore(at..<document.bytes.count, by: .structure)
    }
}

extension JSONMember {
    /// Where its value stands.
    fileprivate var start: Int { value.range.lowerBound }
}
