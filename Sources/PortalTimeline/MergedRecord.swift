public import PortalRecord

/// One statement with all its versions: what access releases whole or not at all.
///
/// - Rule: SAFETY S14.
public struct MergedChain: Hashable, Sendable, Codable {
    /// The silo.
    public var source: String
    /// The kind.
    public var kind: EntryKind
    /// The labels of all its versions together: the strictest decides for the whole.
    public var labels: [SecurityLabel]
    /// Codes by which a restriction may name it: what was asked and what was observed.
    public var codes: [String]
    /// The sender's number.
    public var key: String?
    /// What names the event that it reports, the same from every silo that tells of it (SAFETY
    /// S11); nil where a part of the name is missing.
    public var eventKey: String?
    /// What resembles the event's name without being it: number or time alone.
    public var likeKeys: [String]
    /// The handles that its entries have had under each source patient.
    public var entries: [EntryID]
    /// The rows that are current.
    public var current: [TimelineRow]
    /// Earlier versions, newest first.
    public var earlier: [TimelineRow]

    init(_ entries: [RecordEntry]) {
        source = entries.first?.source ?? ""
        kind = entries.first?.kind ?? .patient
        labels = Array(Set(entries.flatMap(\.labels))).sorted()
        codes = Array(Set(entries.flatMap(MergedChain.codes))).sorted()
        key = entries.first.flatMap { $0.key.isAssigned ? $0.key.value : nil }
        likeKeys = []
        self.entries = Array(Set(entries.map(\.id))).sorted()
        current = []
        earlier = []
    }

    private static func codes(_ entry: RecordEntry) -> [String] {
        func codes(_ concept: CodeableConcept) -> [String] {
            concept.codings.compactMap(\.code)
        }
        switch entry.content {
        case .diagnosticReport(let report):
            return codes(report.code) + report.observations.flatMap { codes($0.code) }
        case .allergyIntolerance(let allergy): return codes(allergy.code)
        case .condition(let condition): return codes(condition.code)
        case .patient, .encounter, .relatedPerson: return []
        }
    }
}

/// A stay or attendance as access reads it: who was where, under whom, from when to when.
///
/// - Rule: SAFETY "The four dated access facts": relationships come from the attendance feed.
public struct CareEpisode: Hashable, Sendable, Codable {
    /// The silo that says so.
    public var source: String
    /// Wards, clinics and departments.
    public var places: [String]
    /// Codes of the clinicians who attended, referred, consulted or admitted.
    public var clinicians: [String]
    /// When it began; nil where nobody said.
    public var from: PartialDate?
    /// When it ended; nil while it lasts.
    public var to: PartialDate?
    /// Whether it is only planned.
    public var isPlanned: Bool
}

/// Who the person is, as the cluster's statements together say.
public struct PatientBanner: Hashable, Sendable, Codable {
    /// The name in use.
    public var name: HumanName?
    /// The birth date.
    public var birthDate: PartialDate?
    /// Administrative gender.
    public var gender: AdministrativeGender?
    /// Every identifier that any source states, each once, in a fixed order.
    public var identifiers: [Identifier]
    /// The time of death, where stated.
    public var deceasedAt: PartialDate?
    /// Whether any source says that the person has died.
    public var isDeceased: Bool
    /// The postcode of the address in use.
    public var postcode: String?
    /// The general practice or practitioner in use.
    public var generalPractice: [Practitioner]
}

/// Everything that the sources together say of one person, versions resolved.
///
/// - Rule: DESIGN P3: a pure function of the set of entries, whatever their order.
public struct MergedRecord: Hashable, Sendable, Codable {
    /// Who the person is.
    public var banner: PatientBanner
    /// The statements, in order of their handles.
    public var chains: [MergedChain]
    /// Attendances as access reads them.
    public var episodes: [CareEpisode]
    /// What a person has to decide.
    public var cases: [OpenCase]
}

/// A case as one record sees it.
///
/// A re-used number is seen from two records; both give the same group, and together they are one
/// case.
public struct OpenCase: Hashable, Sendable, Codable {
    /// The case.
    public var reviewCase: ReviewCase
    /// Cases of one group are one.
    public var group: String?
}

/// What the site's profile decides of merging.
public struct MergeRules: Hashable, Sendable, Codable {
    /// Years within which a business key that names someone else counts as re-used (SAFETY S4).
    public var reuseWindowYears: Int

    /// Builds rules.
    public init(reuseWindowYears: Int = 2) { self.reuseWindowYears = reuseWindowYears }
}

/// Another person's chain under the same number.
public struct KeyHolder: Hashable, Sendable, Codable {
    /// The number, as `ChainKey.numberText`.
    public var number: String
    /// The source patient.
    public var patient: SourcePatientID
    /// First and last status time, or nil where a version states none.
    public var times: [PartialDate]
    /// Whether a "wrong patient" message was received for it.
    public var hasWrongPatient: Bool

    /// What an entry says of its number's holder; nil for an entry without an assigned number.
    public init?(_ entry: RecordEntry) {
        guard entry.key.isAssigned, entry.kind == .diagnosticReport else { return nil }
        number = entry.chain.numberText
        patient = entry.subject.id
        times = [entry.statusTime].compactMap { $0 }
        hasWrongPatient = entry.status == .wrongPatient
        if case .diagnosticReport(let report) = entry.content {
            hasWrongPatient =
                hasWrongPatient || report.observations.contains { $0.status == .wrongPatient }
        }
    }
}
