import EDIFACTSyntax
import PortalIntake
import PortalRecord

/// Puts together what one report message states.
struct ReportAssembly {
    let reading: EDIFACTReading
    let groups: ReportGroups
    private let grammar: ReportGroups.Grammar
    /// The interchange's sender as an assigner of numbers; else the organisation that reports.
    private var sender: String?
    private var parties = Parties()
    private var entries: [RecordEntry] = []
    private var shares: [PatientShare] = []
    private var sharesBySubject: [SourcePatientID: Int] = [:]
    /// How often an order group's key came before in this message.
    private var seen: [BusinessKey: Int] = [:]

    init(_ reading: EDIFACTReading, _ grammar: ReportGroups.Grammar) {
        self.reading = reading
        self.grammar = grammar
        groups = ReportGroups(reading.message, grammar)
    }

    mutating func read() throws(IntakeError) {
        let subjects = groups.reports.flatMap(\.subjects)
        let isNamed = subjects.contains { subject in
            subject.person.contains { reading.message.tag($0) == .pna }
        }
        guard isNamed else { throw missing("S07/PNA") }
        guard subjects.contains(where: { !$0.results.isEmpty }) else { throw missing("S18/INV") }
        readHead()
        for report in groups.reports { read(report) }
    }

    private func missing(_ place: String) -> IntakeError {
        IntakeError(
            code: "segment-missing",
            location: place,
            remedy: "ask the sender for the whole message, then drive it again"
        )
    }

    func report(adapter: String) -> IntakeReport {
        let message = reading.message
        var report = IntakeReport(adapter: adapter, ledger: reading.finishLedger())
        // A message's own number starts anew in each interchange: it names one only with both.
        let control = message.interchange.controlReference
        if !control.isEmpty { report.messageID = control + "/" + message.reference }
        report.messageTime = reading.messageTime
        report.sender = message.interchange.sender.nonEmpty ?? parties.organisation
        report.entries = entries
        report.diagnostics = reading.diagnostics
        report.shares = shares.count > 1 ? shares : []
        return report
    }

    // MARK: The message as a whole

    private mutating func readHead() {
        if reading.message.interchange.isTest {
            reading.note("not-a-production-message", at: "UNB-11", severity: .note)
        }
        parties = reading.parties(groups.parties, relations: relations)
        for segment in groups.head {
            switch (reading.message.tag(segment), reading.qualifier(segment)) {
            case (.bgm, "LSR"), (.bgm, "RRR"): reading.structure(segment)
            case (.dtm, "137"):
                // When the message was made: of use to the interface.
                for part in 1...3 { reading.ignore(segment, 1, part, by: .routing) }
            default: continue
            }
        }
        reading.keepRest(groups.head, in: &parties.other)
        let dialect = reading.document.dialect
        if let name = reading.message.interchange.sender.nonEmpty {
            sender = dialect.system(namespace: name, universalID: "", type: "")
        } else if let number = parties.organisationNumber {
            sender = dialect.authorities[number.value] ?? "urn:id:" + number.value
        } else {
            sender = dialect.system(namespace: "", universalID: "", type: "")
        }
    }

    /// REL says what a radiologist did, the RFF+AHL behind it which of them.
    private var relations: [String: String] {
        var relations: [String: String] = [:]
        var pending: String?
        for segment in reading.message.body {
            let tag = reading.message.tag(segment)
            if tag == .rel, reading.qualifier(segment) == "RRP" {
                pending = reading.peek(segment, 2)
            } else if tag == .rff, reading.qualifier(segment) == "AHL", let relation = pending,
                let number = reading.peek(segment, 1, 2)
            {
                if relations[number] == nil { relations[number] = relation }
                pending = nil
            }
        }
        return relations
    }

    // MARK: One report

    /// What a service report says of all its results.
    private struct Header {
        var number: Identifier?
        var status: ResultStatus?
        var statusCode: String?
        var issued: PartialDate?
        var statusTime: PartialDate?
        var notes: [String] = []
        var other: [String: String] = [:]
        var labels: [SecurityLabel] = []
        var place: Int?
    }

    private mutating func read(_ report: ReportGroups.Report) {
        var header = Header()
        header.place = report.header.first
        for segment in report.header {
            switch (reading.message.tag(segment), reading.qualifier(segment)) {
            case (.gis, "N"): reading.structure(segment)
            case (.rff, "SRI") where header.number == nil:
                guard let value = reading.text(segment, 1, 2) else { continue }
                reading.structure(segment)
                header.number = Identifier(system: sender, value: value)
            case (.sts, _) where header.statusCode == nil:
                let status = reading.status(segment)
                header.statusCode = status?.code
                // "Unspecified" is no status: the results' own stand.
                header.status = status?.code == "UN" ? own("UN") : status?.status
            case (.dtm, "ISR") where header.issued == nil:
                header.issued = reading.date(segment)
                header.statusTime = reading.believable(header.issued, segment)
            case (.ftx, "SPC"):
                guard let lines = reading.lines(segment) else { continue }
                reading.structure(segment)
                header.notes.append(lines.joined(separator: "\n"))
            default: continue
            }
        }
        header.labels = labels(report.header)
        reading.keepRest(report.header, in: &header.other)
        if header.number == nil { reading.note("report-number-missing", at: "S02/RFF") }
        let noticed = reading.diagnostics
        for subject in report.subjects { read(subject, header, noticed) }
    }

    /// What a general indicator puts on a report, where the site or the sender says so, as `NOPAT`.
    ///
    /// The messages have no element for it: `N`, new, and its kin restrict nothing.
    private func labels(_ segments: [Int]) -> [SecurityLabel] {
        segments.filter { reading.message.tag($0) == .gis }
            .compactMap { reading.qualifier($0) }
            .compactMap { reading.document.dialect.labels[$0] }
    }

    /// What the site says that a status means here.
    private func own(_ code: String) -> ResultStatus? { reading.document.dialect.statuses[code] }

    private mutating func read(
        _ group: ReportGroups.Subject,
        _ header: Header,
        _ noticed: [Diagnostic]
    ) {
        let before = reading.diagnostics.count
        var statement = reading.patient(group.person, sender: sender)
        guard
            let place = group.person.first(where: { reading.message.tag($0) == .pna })
                ?? group.person.first ?? group.results.first?.segments.first
        else { return }
        if group.results.isEmpty { reading.note("report-without-results", place) }
        let subject = reading.document.subject(statement)
        let results = group.results.compactMap {
            reading.result($0, reportStatus: header.status)
        }
        if group.results.isEmpty {
            // There is no report to hold what stands beside the person.
            reading.keepRest(group.clinical + group.specimens.flatMap { $0 }, in: &statement.other)
        }
        entries.append(
            reading.document.person(statement, as: subject, origin: reading.reference(place))
        )
        let first = entries.count - 1
        entries[first].organisation = organisation
        if !results.isEmpty { file(results, group, header, subject) }
        let found = noticed + reading.diagnostics.dropFirst(before)
        let labels = Set(header.labels + labels(group.results.flatMap(\.segments)))
        for index in first..<entries.count {
            entries[index].findings = found
            entries[index].protect(labels)
        }
        share(group, subject)
    }

    private var organisation: String? {
        parties.organisation ?? reading.message.interchange.sender.nonEmpty
    }

    /// What of the document is this person's, where it speaks of several.
    private mutating func share(_ group: ReportGroups.Subject, _ subject: SourcePatient) {
        let segments =
            group.person + group.clinical + group.specimens.joined()
            + group.results.flatMap { $0.segments + $0.ranges.flatMap { $0 } }
        guard let low = segments.min(), let high = segments.max() else { return }
        let range =
            reading.message.range(low).lowerBound..<reading.message.range(high).upperBound
        if let index = sharesBySubject[subject.id] {
            shares[index].ranges.append(range)
        } else {
            sharesBySubject[subject.id] = shares.count
            shares.append(PatientShare(subject: subject.id, ranges: [range]))
        }
    }

    // MARK: Order groups

    /// Files the results of a subject: each battery is an order group of its own, and what is of
    /// no battery is one.
    private mutating func file(
        _ results: [ReadResult],
        _ group: ReportGroups.Subject,
        _ header: Header,
        _ subject: SourcePatient
    ) {
        var base = DiagnosticReport(code: CodeableConcept())
        base.fillerNumber = header.number
        base.section = parties.section
        base.completeness = reading.document.dialect.completeness
        base.notes = header.notes
        base.other = parties.other.merging(header.other) { first, _ in first }
        base.clinicalInformation = clinicalInformation(group.clinical, &base.other)
        var specimens = Specimens(reading.specimens(group.specimens, sender: sender))
        let orders = OrderGroups(results, grammar, reading)
        for order in orders.groups { specimens.link(order) }
        for result in results where result.specimens.contains(where: { !specimens.has($0) }) {
            reading.note("specimen-missing", result.place)
        }
        for (index, order) in orders.groups.enumerated() {
            file(order, base, header, subject, specimens, isFirst: index == 0)
        }
    }

    /// CIN says that what follows is not coded; FTX+CID is what the requester told.
    private func clinicalInformation(
        _ segments: [Int],
        _ other: inout [String: String]
    ) -> String? {
        var lines: [String] = []
        for segment in segments {
            switch (reading.message.tag(segment), reading.qualifier(segment)) {
            case (.cin, "UN"): reading.structure(segment)
            case (.ftx, "CID"):
                guard let more = reading.lines(segment) else { continue }
                reading.structure(segment)
                lines += more
            default: continue
            }
        }
        reading.keepRest(segments, in: &other)
        return lines.joined(separator: "\n").nonEmpty
    }

    private mutating func file(
        _ order: OrderGroups.Group,
        _ base: DiagnosticReport,
        _ header: Header,
        _ subject: SourcePatient,
        _ specimens: Specimens,
        isFirst: Bool
    ) {
        var report = base
        report.notes += order.notes
        for (name, value) in order.other.sorted(by: { $0.key < $1.key }) {
            reading.keep(value, as: name, in: &report.other)
        }
        report.code = order.code ?? standaloneCode(order)
        report.observations = specimens.place(order, into: &report, isFirst: isFirst)
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .diagnosticReport(report),
            key: key(header, order, subject),
            subject: subject,
            status: header.status ?? derivedStatus(order),
            origin: reading.reference(order.place)
        )
        entry.statusCode = order.statusCode ?? header.statusCode
        if let own = order.status, header.status == nil { entry.status = own }
        entry.effective =
            report.collected ?? report.observations.first { $0.effective != nil }?.effective
        entry.issued = header.issued
        entry.statusTime = header.statusTime
        entry.participants = parties.participants
        entry.organisation = organisation
        entries.append(entry)
    }

    /// Results of no battery have no name of their own: a single one lends its own, several are
    /// named by the department that reports them.
    private func standaloneCode(_ order: OrderGroups.Group) -> CodeableConcept {
        if order.members.count == 1, let only = order.members.first {
            return only.observation.code
        }
        return parties.section.map { CodeableConcept(text: $0) }
            ?? order.members.first?.observation.code ?? CodeableConcept()
    }

    /// A report without a status is as settled as its least settled observation.
    private func derivedStatus(_ order: OrderGroups.Group) -> ResultStatus {
        let statuses = order.members.map(\.observation.status)
        if let corrected = statuses.first(where: \.isCorrection) { return corrected }
        if let first = statuses.first, statuses.allSatisfy(\.isRetraction) { return first }
        let least = statuses.compactMap { status in status.finality.map { ($0, status) } }
            .min { $0.0 < $1.0 }
        return least?.1 ?? statuses.first ?? .unverified
    }

    /// The report's number and its sender's system, and which order group of it.
    ///
    /// A battery's part is its code, as filler number and OBR-4 are the unit in HL7 v2 (SAFETY S9).
    /// What is of no battery is one unit, without a part: were each result a unit of its own, one
    /// that a correction leaves out would stand on as if nobody had corrected anything. Versions
    /// meet under the number that their sender repeats: where a laboratory numbers each issue of a
    /// report anew, each stands for itself, and none hides another.
    private mutating func key(
        _ header: Header,
        _ order: OrderGroups.Group,
        _ subject: SourcePatient
    ) -> BusinessKey {
        let part = order.code?.identityText
        var key: BusinessKey
        if let number = header.number, !Placeholder.isIdentifier(number.value) {
            key = BusinessKey(assigner: number.system, value: number.value.trimmed, part: part)
        } else {
            key = BusinessKey(
                assigner: nil,
                value: reading.document.hash.hex + "/" + subject.id.rawValue,
                part: part,
                isAssigned: false
            )
        }
        let count = seen[key, default: 0] + 1
        seen[key] = count
        // Two batteries of one name in one report are two, as two blood counts of a day are.
        if count > 1 { key.part = (part ?? "") + "#" + String(count) }
        return key
    }
}
