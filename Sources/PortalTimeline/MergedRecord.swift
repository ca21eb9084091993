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
    /// The senders' types and subtypes: document types, laboratory sections, categories.
    public var types: [String]
    /// The sender's number.
    public var key: String?
    /// What names the event that it reports, the same from every silo that tells of it (SAFETY
    /// S11); nil where a part of the name is missing.
    public var eventKey: String?
    /// What resembles the event's name without being it: number or time alone.
    public var likeKeys: [String]
    /// The handles that its entries have had under each source patient.
    public var entries: [EntryID]
    /// The source patients that its entries are about.
    public var subjects: [SourcePatientID]
    /// The organisations that sent it, folded: whose silence it ends (SAFETY S17).
    public var organisations: [String]
    /// The rows that are current.
    public var current: [TimelineRow]
    /// Earlier versions, newest first.
    public var earlier: [TimelineRow]

    init(_ entries: [RecordEntry]) {
        source = entries.first?.source ?? ""
        kind = entries.first?.kind ?? .patient
        labels = Array(Set(entries.flatMap(\.labels))).sorted()
        codes = Array(Set(entries.flatMap(MergedChain.codes))).sorted()
        types = Array(Set(entries.flatMap(MergedChain.types))).sorted()
        key = entries.first.flatMap { $0.key.isAssigned ? $0.key.value : nil }
        likeKeys = []
        self.entries = Array(Set(entries.map(\.id))).sorted()
        subjects = Array(Set(entries.map(\.subject.id))).sorted()
        let senders = Set(entries.compactMap(\.organisation))
        organisations = Array(Set(senders.map(NameFolding.fold))).sorted()
        current = []
        earlier = []
    }

    /// By what a site maps an entry to an element of its first screen.
    private static func types(_ entry: RecordEntry) -> [String] {
        func names(_ concepts: CodeableConcept?...) -> [String] {
            concepts.compactMap { $0 }.flatMap { concept in
                concept.codings.flatMap { [$0.code, $0.display].compactMap { $0 } }
                    + [concept.text].compactMap { $0 }
            }
        }
        switch entry.content {
        case .diagnosticReport(let report):
            return [report.section].compactMap { $0 } + names(report.code)
        case .clinicalDocument(let document): return names(document.type, document.subtype)
        case .referral(let referral): return names(referral.letter.type)
        case .scannedDocument(let scanned): return names(scanned.type, scanned.specialty)
        case .flag(let flag): return [flag.category].compactMap { $0 }
        case .carePlan(let plan): return [plan.category]
        case .medicationStatement(let medicine): return [medicine.supply].compactMap { $0 }
        case .appointment(let appointment): return [appointment.list].compactMap { $0 }
        case .encounter(let movement): return [movement.patientClass].compactMap { $0 }
        case .condition(let condition): return [condition.category].compactMap { $0 }
        case .allergyIntolerance(let allergy):
            return allergy.noneKnown == nil ? [] : ["none known"]
        case .familyMemberHistory(let history): return names(history.relationship)
        case .careTeam(let team): return names(team.category)
        case .patient, .relatedPerson, .procedure, .immunization, .serviceRequest: return []
        }
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
        case .clinicalDocument(let document): return codes(document.type)
        case .referral(let referral): return codes(referral.letter.type)
        case .scannedDocument(let scanned): return codes(scanned.type)
        case .medicationStatement(let medicine): return codes(medicine.code)
        case .flag(let flag): return codes(flag.code)
        case .procedure(let procedure): return codes(procedure.code)
        case .immunization(let vaccination): return codes(vaccination.code)
        case .serviceRequest(let request): return codes(request.code)
        // A restriction on a code holds for what is told of relatives, too.
        case .familyMemberHistory(let history): return history.conditions.flatMap { codes($0.code) }
        case .patient, .encounter, .relatedPerson, .appointment, .carePlan, .careTeam: return []
        }
    }
}

/// A stay or attendance as access reads it: who was where, under whom, from when to when.
///
/// - Rule: SAFETY "The four dated access facts": relationships come from the attendance feed.
public struct CareEpisode: Hashable, Sendable, Codable {
    /// The silo that says so.
    public var source: String
    /// What kind of stay: `inpatient`, `emergency`, `clinic`, `day case`, `theatre`.
    public var list: String
    /// Wards, clinics and departments, in order of their names: all that there were.
    public var places: [String]
    /// The ward, clinic or department of the last movement.
    public var location: String?
    /// Codes of the clinicians who attended, referred, consulted or admitted.
    public var clinicians: [String]
    /// When it began; nil where nobody said.
    public var from: PartialDate?
    /// When it ended; nil while it lasts.
    public var to: PartialDate?
    /// Whether it is only planned.
    public var isPlanned: Bool
    /// How it stands, in words, such as `in progress`.
    public var state: String
    /// The row that it is told by.
    public var entry: EntryID
    /// The kind of that row, its labels and its number: by what access decides on it.
    public var kind: EntryKind
    /// The labels of all its versions.
    public var labels: [SecurityLabel]
    /// The sender's number.
    public var key: String?
    /// Why, or what for, in words.
    public var reason: String?
}

extension CareEpisode: Comparable {
    /// Orders episodes by their rows' handles: an order, and nothing more.
    public static func < (left: CareEpisode, right: CareEpisode) -> Bool {
        if left.entry != right.entry { return left.entry < right.entry }
        return (left.from?.span.start ?? .min, left.list) < (
            right.from?.span.start ?? .min, right.list
        )
    }
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
    /// Why readers of earlier states must be told.
    public var recalls: [RecallGround]
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

    /// Results and documents (SAFETY S4): visits are keyed with their day.
    private static let kinds: Set<EntryKind> = [
        .diagnosticReport, .clinicalDocument, .referral, .scannedDocument,
    ]

    /// What an entry says of its number's holder; nil for an entry without an assigned number, and
    /// for a kind whose numbers may well be each person's own.
    public init?(_ entry: RecordEntry) {
        guard entry.key.isAssigned, Self.kinds.contains(entry.kind) else { return nil }
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
