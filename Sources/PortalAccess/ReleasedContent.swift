public import PortalPolicy
public import PortalRecord
public import PortalTimeline

/// A page of one person's timeline, as far as the reader may see it.
public struct TimelinePage: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
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

/// How a silo stands.
///
/// - Rule: SAFETY S17.
public struct SiloState: Sendable, Hashable {
    /// The silo's name.
    public var silo: String
    /// Its clinical label.
    public var label: String
    /// `current`, `quiet`, `never connected` or `received, awaiting filing`.
    public var state: String
    /// When it was last heard of.
    public var lastHeard: Instant?
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
