public import PortalPolicy
public import PortalRecord
public import PortalTimeline

/// A page of one person's timeline, as far as the reader may see it.
public struct TimelinePage: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is: no page of a record is without it.
    public var banner: PersonBanner
    /// What the whole record must be read with: `possible other record`.
    public var markers: [Marker]
    /// The moment that the record is shown as of.
    public var asOf: Instant
    /// The sections, in order, each with its rows.
    public var sections: [Section]
    /// The silos and how they stand.
    public var silos: [SiloState]
    /// Where the next page begins; nil on the last.
    public var next: TimelineCursor?
    /// The standing line (SAFETY S17): it is there whether or not something was withheld.
    public var standingLine = "Some items may be withheld by rule."

    /// One section.
    public struct Section: Sendable, Hashable {
        /// Which.
        public var name: TimelineSection
        /// Its rows, in order.
        public var rows: [TimelineRow]
    }
}

/// How a silo stands, or one of the practices and sites whose records it gathers.
///
/// - Rule: SAFETY S17.
public struct SiloState: Sendable, Hashable {
    static let current = "current"
    static let quiet = "quiet"
    static let neverConnected = "never connected"
    static let refused = "not sending (refused)"
    /// Nothing that came since a moment could be read.
    static let failing = "failing"
    /// It gathers records of practices, and where the patient is registered is not known.
    static let practiceNotKnown = "the patient's practice is not known"
    /// It gathers records of practices, and the patient's is none of them.
    static let otherPractices = "does not cover the patient's practice"
    /// Documents of it came that could not be filed yet.
    static let awaitingFiling = "received, awaiting filing"
    /// It is connected, and nothing that it sent and that may be shown is about the patient.
    static let silent = "has sent nothing about this patient"

    /// The silo's name.
    public var silo: String
    /// Its clinical label.
    public var label: String
    /// The practice or site that is meant, as the profile calls it; nil for the whole silo.
    public var custodian: String?
    /// What messages call the custodian, folded.
    var names: Set<String> = []
    /// `current`, `quiet`, `failing`, `never connected`, `received, awaiting filing`, `not sending
    /// (refused)`, `opted out`, `does not cover the patient's practice` or `the patient's practice
    /// is not known`.
    public var state: String
    /// When it last sent what could be read.
    public var lastHeard: Instant?
    /// Since when nothing that came could be read; nil where something could.
    public var failingSince: Instant?
    /// What it covers, in words; nil where the profile sets no bounds.
    public var coverage: String?

    /// Label and custodian: "GP summary (Lochside Practice)".
    public var title: String { custodian.map { label + " (" + $0 + ")" } ?? label }
}

/// The first screen: who the person is, and the sixteen elements (SAFETY "The first screen").
public struct TopScreen: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is.
    public var banner: PersonBanner
    /// What the whole record must be read with.
    public var markers: [Marker]
    /// The moment that it is shown as of.
    public var asOf: Instant
    /// The elements, in the profile's order.
    public var elements: [Element]
    /// The silos and how they stand.
    public var silos: [SiloState]
    /// The standing line (SAFETY S17).
    public var standingLine = "Some items may be withheld by rule."

    /// One element.
    public struct Element: Sendable, Hashable {
        /// Its name, such as `allergies`.
        public var name: String
        /// What clinicians call it.
        public var label: String
        /// `recorded`, `none known` (a source says so), `none recorded` (every source is current
        /// and has nothing that may be shown), `not known` (a source is missing, or has sent nothing
        /// about the patient), `not shown` (not to this role) or `no source` (none is connected).
        public var state: String
        /// What must be said in words (SAFETY S13, S19).
        public var lines: [String]
        /// What is said beside it: what its sources cover, how much more there is.
        public var notes: [String]
        /// Its rows, newest first.
        public var rows: [TimelineRow]
        /// Rows beyond those shown.
        public var more: Int
        /// Rows older than the profile looks back.
        public var older: Int
        /// The silos that feed it and are not current, and why.
        public var absences: [SiloState]
    }
}

/// A person as the list of patients shows them.
public struct ListedPatient: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is.
    public var banner: PatientBanner
    /// The source patients: silos, identifier and handle.
    public var members: [Member]
    /// What the record must be read with.
    public var markers: [Marker]

    /// One source patient.
    public struct Member: Sendable, Hashable {
        /// The silos that send it.
        public var source: String
        /// Assigner and number.
        public var identifier: String
        /// Its own handle.
        public var patient: SourcePatientID
    }
}

/// A person that a search found.
public struct FoundPerson: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is.
    public var banner: PatientBanner
}

/// A document that holds the words asked for.
public struct FoundText: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Whose document it is.
    public var banner: PersonBanner
    /// The document's row.
    public var row: TimelineRow
    /// What clinicians call the silo that sent it.
    public var siloLabel: String
    /// The text around the first word.
    public var snippet: String
}

/// A case for a person to decide.
public struct ListedReview: Sendable, Hashable {
    /// The case.
    public var reviewCase: ReviewCase
    /// When its grounds had all arrived.
    public var opened: Instant
}

/// Why an entry is shown or withheld.
public struct Explanation: Sendable, Hashable {
    /// Whether the reader may know of the entry at all.
    public var isFound: Bool
    /// The decision, for those who may have it.
    public var decision: Decision?
}

/// A message that waits for a person.
public struct WaitingDocument: Sendable, Hashable {
    /// The document.
    public var document: ContentHash
    /// The silo.
    public var silo: String
    /// `held` or `rejected`.
    public var outcome: String
    /// Why.
    public var code: String
    /// Where in the document.
    public var location: String
    /// What to do about it.
    public var remedy: String
    /// Since when.
    public var since: Instant
    /// Who looks after it.
    public var owner: String
}

/// Someone who must be told that what they were shown was corrected or taken back.
///
/// - Rule: SAFETY S10.
public struct RecallTask: Sendable, Hashable {
    /// The person's handle whose record it was shown in.
    public var patient: SourcePatientID
    /// The statement's handles.
    public var entries: [EntryID]
    /// What became of it.
    public var marker: Marker
    /// What it was, such as "Troponin".
    public var what: String
    /// Who was shown it.
    public var person: String
    /// In which roles.
    public var roles: [String]
    /// When last, before it was taken back.
    public var shownAt: Instant
    /// How: a page read, an export.
    public var action: String
    /// What was done about it; nil while the task is open.
    public var closing: Closing?

    /// What closed a task.
    public struct Closing: Sendable, Hashable {
        /// Who did it.
        public var person: String
        /// When.
        public var time: Instant
        /// What was done, in the person's words.
        public var action: String
    }

    /// Its opaque handle, the same wherever the same reader and statement are met.
    public var id: String {
        let parts = [person, marker.rawValue] + entries.map(\.rawValue)
        return "k-" + ContentHash.handle(of: parts.joined(separator: "\u{1F}"))
    }
}

/// A value that was taken back, read for a recall.
public struct RecalledValue: Sendable, Hashable {
    /// The document that states it.
    public var document: ContentHash
    /// What was observed.
    public var text: String
    /// The value as sent.
    public var value: String
    /// The unit as sent.
    public var unit: String?
    /// Its status as sent, in words.
    public var status: String
}

/// Why the gate refused.
///
/// It says nothing of what it holds: an unknown patient and one who may not be known are the same.
public struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong: `not-found`, `not-permitted`, `audit-unavailable`, `ambiguous`.
    public let code: String
    /// What to do about it.
    public let remedy: String

    init(_ code: String, _ remedy: String) {
        self.code = code
        self.remedy = remedy
    }

    static let notFound = AccessError("not-found", "check the identifier and the purpose")

    /// Code and remedy.
    public var description: String { code + ": " + remedy }
}
