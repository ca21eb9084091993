// ARTICLE begins
import PortalBytes
import PortalIntake
import PortalRecord

/// What a pharmacy dispensed, a line each.
///
/// - Shape: `DISP|pharmacy|made at`, then
///   `D|number|status|time|hospital number|NHS number|surname|forename|born|medicine|dose`.
///   A field that is absent or empty says nothing; `-` takes back what was said (SAFETY S25).
struct DispensingAdapter: SourceAdapter {
    static let name = "pharmacy-dispensing"
    static let format = "dispensing"

    func recognises(_ document: SourceDocument) -> Bool {
        document.bytes.starts(with: "DISP|".utf8)
    }

    func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var reading = try DispensingReading(document)
        return reading.report(adapter: Self.name)
    }
}

/// A file while it is read: whatever is taken is marked in the ledger.
private struct DispensingReading {
    let document: SourceDocument
    /// A copy whose first index is 0, so that every offset counts from the document's start.
    let bytes: [UInt8]
    /// The fields of each line.
    let lines: [[Range<Int>]]
    var ledger: ByteLedger
    var diagnostics: [Diagnostic] = []

    /// Cuts the file into fields; only what makes it no file of ours, or too large, is thrown.
    init(_ document: SourceDocument) throws(IntakeError) {
        let limits = document.limits
        guard document.bytes.count <= limits.messageBytesMax else {
            throw Self.held("file-too-large", "byte \(limits.messageBytesMax)")
        }
        self.document = document
        bytes = Array(document.bytes)
        ledger = ByteLedger(byteCount: bytes.count)
        var lines: [[Range<Int>]] = []
        var fields: [Range<Int>] = []
        var start = 0
        for offset in 0...bytes.count {
            let byte = offset < bytes.count ? bytes[offset] : 0x0A
            guard byte == 0x7C || byte == 0x0A || byte == 0x0D else { continue }
            fields.append(start..<offset)
            // Delimiters and line ends carry the structure.
            ledger.ignore(offset..<(offset + 1), by: .structure)
            start = offset + 1
            guard fields.count <= limits.fieldsMax else {
                throw Self.held("too-many-fields", "line \(lines.count + 1)")
            }
            guard byte != 0x7C else { continue }
            if fields != [offset..<offset] { lines.append(fields) }
            fields = []
            guard lines.count <= limits.segmentsMax else {
                throw Self.held("too-many-lines", "line \(lines.count)")
            }
        }
        self.lines = lines
        guard let header = lines.first, bytes[header[0]].elementsEqual("DISP".utf8) else {
            throw Self.held("header-missing", "line 1")
        }
    }

    /// The place is a number, never what stands there (an error may go into a log).
    private static func held(_ code: String, _ location: String) -> IntakeError {
        IntakeError(
            code: code,
            location: location,
            remedy: "ask the pharmacy for the file again, or raise the limit in the site profile"
        )
    }

    mutating func report(adapter: String) -> IntakeReport {
        ledger.ignore(lines[0][0], by: .structure)
        let pharmacy = peek(0, 1)
        let made = peekDate(0, 2)
        var entries: [RecordEntry] = []
        for line in lines.indices.dropFirst() {
            guard bytes[lines[line][0]].elementsEqual("D".utf8) else {
                // Left unmapped: the ledger shows that nobody read it.
                note("line-unknown", line, 0)
                continue
            }
            ledger.ignore(lines[line][0], by: .structure)
            entries += self.entries(line, pharmacy, made)
        }
        // Every entry carries what the header says; where there is none, nothing does.
        for (number, isRead) in [(1, pharmacy != nil), (2, made != nil)] {
            guard isRead, let range = field(0, number) else { continue }
            if entries.isEmpty {
                ledger.ignore(range, by: .routing)
            } else {
                ledger.map(range)
            }
        }
        var report = IntakeReport(adapter: adapter, ledger: ledger)
        report.messageTime = made
        report.sender = pharmacy
        report.entries = entries
        report.diagnostics = diagnostics
        return report
    }

    /// The person, and what they were given.
    private mutating func entries(
        _ line: Int,
        _ pharmacy: String?,
        _ made: PartialDate?
    ) -> [RecordEntry] {
        let noticed = diagnostics.count
        let person = person(line)
        let subject = SourcePatient(
            person,
            silo: document.silo,
            document: document.hash,
            localSystem: document.dialect.localSystem
        )
        var about = RecordEntry(
            source: document.silo,
            content: .patient(person),
            key: BusinessKey(assigner: nil, value: subject.base),
            subject: subject,
            status: .final,
            origin: origin(line)
        )
        about.recorded = made
        about.statusTime = made
        about.organisation = pharmacy
        guard let medicine = text(line, 9) else {
            note("medicine-missing", line, 9, .error)
            about.findings = Array(diagnostics.dropFirst(noticed))
            return [about]
        }
        let number = text(line, 1)
        if number == nil { note("number-missing", line, 1) }
        let code = text(line, 2)
        var statement = MedicationStatement(code: CodeableConcept(text: medicine))
        statement.dose = text(line, 10)
        statement.lastIssued = date(line, 3)
        var entry = RecordEntry(
            source: document.silo,
            content: .medicationStatement(statement),
            // A number is its pharmacy's own; without one the document stands in its stead.
            key: BusinessKey(
                assigner: pharmacy.flatMap { system(of: $0) },
                value: number ?? document.hash.hex + "/" + String(line),
                isAssigned: number != nil
            ),
            subject: subject,
            status: status(code, line),
            origin: origin(line)
        )
        entry.statusCode = code
        entry.effective = statement.lastIssued
        entry.recorded = made
        entry.statusTime = believable(statement.lastIssued, made, line)
        entry.organisation = pharmacy
        about.findings = Array(diagnostics.dropFirst(noticed))
        entry.findings = about.findings
        return [about, entry]
    }

    private mutating func status(_ code: String?, _ line: Int) -> ResultStatus {
        switch code {
        case "dispensed": return .final
        case "corrected": return .corrected
        case "returned": return .withdrawn
        default:
            note("status-unknown", line, 2)
            return .final
        }
    }

    /// A time beyond the file's own counts as missing; the value keeps it (SAFETY S6).
    private mutating func believable(
        _ time: PartialDate?,
        _ made: PartialDate?,
        _ line: Int
    ) -> PartialDate? {
        guard let time, !document.dialect.isBelievable(time, messageTime: made) else {
            return time
        }
        note("status-time-in-future", line, 3)
        return nil
    }

    private mutating func person(_ line: Int) -> PatientStatement {
        var person = PatientStatement()
        if let number = text(line, 4) {
            // Whose number it is the site profile says; unsaid, it links nothing (SAFETY S1).
            let system = document.dialect.localSystem
            if system == nil { note("identifier-without-assigner", line, 4, .note) }
            person.identifiers.append(Identifier(system: system, value: number, type: "MR"))
        }
        if let number = text(line, 5) {
            let identifier = Identifier(system: IdentifierSystem.nhsNumber, value: number)
            if identifier.nationalNumber == nil { note("check-digit-wrong", line, 5) }
            person.identifiers.append(identifier)
        }
        if person.identifiers.isEmpty { note("identifier-missing", line, 4, .error) }
        let name = HumanName(family: text(line, 6), given: text(line, 7))
        if name != HumanName() { person.names = [name] }
        if isCleared(line, 8) {
            person.cleared.append("birthDate")
        } else {
            person.birthDate = date(line, 8)
        }
        return person
    }

    private func system(of pharmacy: String) -> String? {
        document.dialect.system(namespace: pharmacy, universalID: "", type: "")
    }

    // MARK: Fields

    /// A field that is there and says something.
    private func field(_ line: Int, _ number: Int) -> Range<Int>? {
        guard number < lines[line].count, !lines[line][number].isEmpty else { return nil }
        return lines[line][number]
    }

    /// A field's text, marked as mapped.
    private mutating func text(_ line: Int, _ number: Int) -> String? {
        guard let text = peek(line, number) else { return nil }
        if let range = field(line, number) { ledger.map(range) }
        return text
    }

    /// A field's text, not marked; what is no UTF-8 is a finding.
    private mutating func peek(_ line: Int, _ number: Int) -> String? {
        guard let range = field(line, number) else { return nil }
        let text = String(validating: bytes[range], as: UTF8.self)
        if text == nil { note("text-unreadable", line, number) }
        return text
    }

    /// A date as far as it is known, marked as mapped.
    private mutating func date(_ line: Int, _ number: Int) -> PartialDate? {
        guard let date = peekDate(line, number) else { return nil }
        if let range = field(line, number) { ledger.map(range) }
        return date
    }

    /// A date, not marked; what is none is a finding and never a guess.
    private mutating func peekDate(_ line: Int, _ number: Int) -> PartialDate? {
        guard let range = field(line, number) else { return nil }
        guard let date = PartialDate(String(decoding: bytes[range], as: UTF8.self)) else {
            note("date-unreadable", line, number)
            return nil
        }
        return date.assuming(document.dialect.zone)
    }

    private mutating func isCleared(_ line: Int, _ number: Int) -> Bool {
        guard let range = field(line, number), bytes[range].elementsEqual("-".utf8) else {
            return false
        }
        ledger.map(range)
        return true
    }

    private mutating func note(
        _ code: String,
        _ line: Int,
        _ number: Int,
        _ severity: Diagnostic.Severity = .warning
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(
                code: code,
                location: "line \(line + 1), field \(number + 1)",
                severity: severity,
                offset: field(line, number)?.lowerBound
            )
        )
    }

    private func origin(_ line: Int) -> SourceReference {
        let start = lines[line][0].lowerBound
        let end = lines[line].last?.upperBound ?? start
        return SourceReference(
            document: document.hash,
            path: "line \(line + 1)",
            offset: start,
            length: end - start
        )
    }
}
// ARTICLE ends
