public import PortalRecord

/// One row of the timeline: when, what, headline, status, source.
///
/// - Rule: SAFETY "The first screen": when · what · headline, abnormal in words · where and who ·
///   status · source.
public struct TimelineRow: Hashable, Sendable, Codable {
    /// The entry's handle.
    public var entry: EntryID
    /// The handle of the version, or of the set of versions, that the row shows.
    public var version: String
    /// The kind of statement.
    public var kind: EntryKind
    /// When it was true, as stated; nil where nobody said.
    public var when: PartialDate?
    /// Which of the sender's clocks `when` is: `effective` or `issued`.
    public var clock: String?
    /// What it is, such as "Full blood count".
    public var what: String
    /// The gist, abnormal in words.
    public var headline: String
    /// The results of a report.
    public var values: [RowValue]
    /// Its own status, in words.
    public var status: String
    /// Whether it is what the record holds now, not an earlier version.
    public var isCurrent: Bool
    /// What a reader must know about the row as a whole.
    public var markers: [Marker]
    /// The versions that it stands in place of.
    public var supersedes: [String]
    /// The silo that sent it.
    public var silo: String
    /// The document that it was read from.
    public var document: ContentHash
    /// The sender's number for it.
    public var key: String?
    /// Who took part.
    public var who: [String]
    /// Where.
    public var place: String?
    /// Notes and text beside the values.
    public var notes: [String]
    /// What was noticed while reading and merging it.
    public var findings: [Diagnostic]
    /// The same event as other silos tell it, equal in every value (SAFETY S12).
    public var alsoFrom: [RowCopy] = []
    /// Rows of other silos that may tell of the same event (S11).
    public var possiblySame: [EntryID] = []
    /// Files inside or behind a document.
    public var attachments: [Attachment] = []
    /// The pages of scanned paper.
    public var pages: [ScannedPage] = []
    /// What the statement says that the person has none of, such as "No known allergies".
    public var noneKnown: String?
    /// What a report's results were measured in, such as "Blood".
    public var specimen: String?

    /// Builds a row from an entry; values, headline and markers follow.
    init(_ entry: RecordEntry, version: String, what: String) {
        self.entry = entry.id
        self.version = version
        kind = entry.kind
        when = entry.effective ?? entry.issued
        clock = entry.effective != nil ? "effective" : entry.issued != nil ? "issued" : nil
        self.what = what
        headline = ""
        values = []
        status = TimelineRow.status(of: entry)
        isCurrent = true
        markers = []
        supersedes = []
        silo = entry.source
        document = entry.origin.document
        key = entry.key.isAssigned ? entry.key.value : nil
        who = entry.participants.map { person in
            let name = person.name?.spoken ?? person.identifier?.value ?? ""
            return person.role + ": " + name
        }
        place = entry.organisation
        notes = []
        findings = entry.findings
        if case .allergyIntolerance(let allergy) = entry.content { noneKnown = allergy.noneKnown }
    }

    /// A row to be filled.
    init(entry: EntryID, version: String, kind: EntryKind, when: PartialDate?) {
        self.entry = entry
        self.version = version
        self.kind = kind
        self.when = when
        what = ""
        headline = ""
        values = []
        status = ""
        isCurrent = true
        markers = []
        supersedes = []
        silo = ""
        document = ContentHash(of: EmptyCollection<UInt8>())
        who = []
        notes = []
        findings = []
    }

    /// The status in words; a word of the sender's that nobody knows is said as it was sent, since
    /// "final" would hide that an allergy was refuted or a medicine stopped.
    static func status(of entry: RecordEntry) -> String {
        guard let sent = entry.statusCode,
            entry.findings.contains(where: { $0.code == "status-unknown" })
        else { return entry.status.words }
        return entry.status.words + " (sent as “" + sent + "”)"
    }

    /// Whether it still stands: a statement that was taken back says nothing of the person, and
    /// one that its sender ceased to list no more than that it was so.
    ///
    /// An allergy stands until somebody says that it is none (SAFETY S13).
    package var stands: Bool {
        if markers.contains(.withdrawn) || markers.contains(.wrongPatient) { return false }
        return !markers.contains(.notListed) || kind == .allergyIntolerance && noneKnown == nil
    }

    /// Whether it states a decision, which two sources may state differently (SAFETY S13): goals and
    /// consents are many, and none contradicts another.
    package var isDecision: Bool {
        let others = [CarePlan.goal, CarePlan.consent].map { "plan: " + $0 }
        return kind == .carePlan && !others.contains(what.lowercased())
    }

    /// The row without anything of its content: it was found to be another person's.
    package func takenBack() -> TimelineRow {
        var row = self
        row.values = values.map { value in
            var value = value
            value.value = nil
            value.unit = nil
            value.range = nil
            value.abnormal = nil
            value.quantity = nil
            value.notes = []
            value.attachments = []
            value.markers = [.wrongPatient]
            return value
        }
        row.markers = [.wrongPatient]
        row.status = ResultStatus.withdrawn.words
        row.headline = Marker.wrongPatient.rawValue
        row.notes = []
        row.attachments = []
        row.pages = []
        return row
    }

    /// The row as one who may know that it exists and not what it says is shown it: a pointer.
    ///
    /// - Rule: DOMAIN 7: to see a pointer and to retrieve the record are two permissions.
    package func pointed() -> TimelineRow {
        var row = TimelineRow(entry: entry, version: version, kind: kind, when: when)
        row.clock = clock
        row.what = kind.pointerWords
        row.headline = Marker.notShown.rawValue
        row.markers = [.notShown]
        row.silo = silo
        return row
    }

    /// The place in the timeline's total order: newest first, then by precision, then by handle.
    public var position: TimelinePosition { TimelinePosition(when: when, entry: entry, version) }
}

/// Another silo's account of the same event.
public struct RowCopy: Hashable, Sendable, Codable {
    /// The silo.
    public var silo: String
    /// Its entry's handle.
    public var entry: EntryID
    /// Its version's handle.
    public var version: String
    /// The document that it was read from.
    public var document: ContentHash

    /// What a row of another silo says, as a copy.
    package init(_ row: TimelineRow) {
        silo = row.silo
        entry = row.entry
        version = row.version
        document = row.document
    }
}

/// One result of a report, as a row shows it.
public struct RowValue: Hashable, Sendable, Codable {
    /// The first code, or the name where there is none.
    public var code: String
    /// The name of what was observed.
    public var text: String
    /// The value as sent, comparator and digits unchanged; nil where none may or can be shown.
    public var value: String?
    /// The unit as sent.
    public var unit: String?
    /// The reference range as sent.
    public var range: String?
    /// Abnormal in words, such as "high"; nil where the sender flags nothing.
    public var abnormal: String?
    /// The observation's own status, in words.
    public var status: String
    /// What a reader must know about the value.
    public var markers: [Marker]
    /// Notes on the value.
    public var notes: [String]
    /// Sub-id and repeat, where a code stands more than once.
    public var instance: String?
    /// Where in the document it stands.
    public var path: String
    /// The method, as the sender names it: results of two methods make two series.
    public var method: String?
    /// The laboratory that measured it, where it is not the sender.
    public var laboratory: String?
    /// The number in the value, where it is one.
    public var quantity: Quantity?
    /// Files in or behind the value.
    public var attachments: [Attachment]

    /// A value to be filled.
    init(code: String, text: String) {
        self.code = code
        self.text = text
        status = ""
        markers = []
        notes = []
        path = ""
        attachments = []
    }

    init(_ observation: Observation, markers: Set<Marker>, showsValue: Bool, isWrongPatient: Bool) {
        code = observation.code.firstCode ?? ""
        let name = observation.code.words ?? ""
        text = observation.other["part of"].map { name + " (" + $0 + ")" } ?? name
        let texts = observation.values.map(\.text)
        value = showsValue && !texts.isEmpty ? texts.joined(separator: "\n") : nil
        unit = value == nil ? nil : observation.unit?.firstCode
        range = value == nil ? nil : observation.referenceRange
        abnormal = value == nil ? nil : AbnormalFlag.words(observation.flags)
        status = observation.status.words
        self.markers = markers.sorted()
        notes = showsValue && !isWrongPatient ? observation.notes : []
        instance =
            observation.subID ?? (observation.occurrence > 1 ? "#\(observation.occurrence)" : nil)
        path = observation.origin.path
        method = observation.other["method"] ?? observation.other["OBX-17"]
        laboratory =
            observation.other["laboratory"] ?? observation.other["OBX-23"]
            ?? observation.other["OBX-15"]
        quantity = value == nil ? nil : observation.values.first?.quantity
        attachments = value == nil ? [] : observation.values.compactMap(\.attachment)
    }

    /// The value as it is read aloud: `Haemoglobin 79 g/L low`.
    var spoken: String {
        var words = text
        if let value {
            let first = value.split(separator: "\n", omittingEmptySubsequences: true).first ?? ""
            words += " " + first
            if let unit { words += " " + unit }
            if let abnormal { words += " " + abnormal }
        }
        let said = markers.filter { $0 != .corrected }.map(\.rawValue)
        if !said.isEmpty { words += " (" + said.joined(separator: "; ") + ")" }
        if markers.contains(.notRepeated), value != nil { words += " [from the earlier report]" }
        return words
    }
}

/// Abnormal flags in words, never by colour alone.
///
/// - Rule: HL7 table 0078; EDIFACT MEDRPT's HI, LO, OR and PA; SAFETY S19.
enum AbnormalFlag {
    static func words(_ flags: [String]) -> String? {
        let words = flags.compactMap { flag -> String? in
            // CWE senders write `H^High^HL70078`.
            let code = flag.split(separator: "^").first.map(String.init) ?? flag
            switch code.uppercased() {
            case "H", "HI": return "high"
            case "HH", "HU": return "very high"
            case "L", "LO": return "low"
            case "OR": return "outside the reference range"
            case "PA": return "potentially abnormal"
            case "LL", "LU": return "very low"
            case "A", "ABN": return "abnormal"
            case "AA": return "very abnormal"
            case ">": return "above the measurable range"
            case "<": return "below the measurable range"
            case "R": return "resistant"
            case "I": return "intermediate"
            case "S": return "susceptible"
            case "POS": return "positive"
            case "N", "NEG", "": return nil
            default: return "flagged " + code
            }
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

/// Where a row stands in the timeline: a total order.
///
/// - Rule: SAFETY S5: "partial dates by their start, then precision, then id". It decides nothing
///   about currency.
public struct TimelinePosition: Hashable, Sendable, Codable, Comparable {
    /// Milliseconds of the date's start; nil where it is not known.
    public let start: Int?
    /// How far the date is stated, 0 for a year.
    public let precision: Int
    /// The entry and the version shown.
    public let handle: String

    init(when: PartialDate?, entry: EntryID, _ version: String) {
        start = when?.span.start
        precision = when?.precision.rawValue ?? 0
        handle = entry.rawValue + "/" + version
    }

    init(start: Int?, precision: Int, _ entry: EntryID, _ version: String) {
        self.start = start
        self.precision = precision
        handle = entry.rawValue + "/" + version
    }

    /// The longest stretch that a date may mean: a year.
    package static let longest = 366 * 86_400_000

    /// The end of the stretch that the date may mean, for a comparison with the start of a day.
    ///
    /// Where clocks change a day is an hour shorter or longer: the hour is left out.
    package var end: Int? {
        let hour = 3_600_000
        guard let start, let precision = PartialDate.Precision(rawValue: precision) else {
            return nil
        }
        // Noon is of the same day on every clock.
        let first = CivilDate(days: CivilDate.divide(start + 12 * hour, by: 24 * hour).quotient)
        func days(_ count: Int) -> Int { start + count * 24 * hour - hour }
        switch precision {
        case .year: return days(CivilDate.length(ofMonth: 2, year: first.year) + 337)
        case .month: return days(CivilDate.length(ofMonth: first.month, year: first.year))
        case .day: return days(1)
        case .hour: return start + hour
        case .minute: return start + 60_000
        case .second, .fraction: return start + 1
        }
    }

    /// Newest first; of two that start together the more precise first; then by handle.
    public static func < (left: TimelinePosition, right: TimelinePosition) -> Bool {
        let one = left.start ?? Int.min
        let two = right.start ?? Int.min
        if one != two { return one > two }
        if left.precision != right.precision { return left.precision > right.precision }
        return left.handle < right.handle
    }
}

extension EntryKind {
    /// What a pointer calls an entry of the kind.
    fileprivate var pointerWords: String {
        switch self {
        case .patient: "Details of the person"
        case .encounter: "Attendance"
        case .diagnosticReport: "Report"
        case .allergyIntolerance: "Allergy statement"
        case .condition: "Problem"
        case .relatedPerson: "Contact"
        case .appointment: "Appointment"
        case .clinicalDocument: "Letter or document"
        case .referral: "Referral"
        case .scannedDocument: "Scanned paper"
        case .medicationStatement: "Medicine"
        case .flag: "Alert"
        case .carePlan: "Plan"
        case .procedure: "Procedure"
        case .immunization: "Vaccination"
        case .serviceRequest: "Request"
        case .familyMemberHistory: "Family history"
        case .careTeam: "Care team"
        }
    }
}
