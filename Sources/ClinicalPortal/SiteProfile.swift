public import PortalAudit
public import PortalIntake
public import PortalPolicy
public import PortalRecord

/// What a site says of itself in one YAML file: its silos, people, roles and rules.
///
/// - Rule: DESIGN 9. Errors name line and remedy; nothing in a profile is code.
public struct SiteProfile: Sendable {
    /// One silo.
    public struct Silo: Sendable {
        /// Its name.
        public var name: String
        /// What clinicians call it.
        public var label: String
        /// Where its files are, relative to the profile.
        public var path: String?
        /// The adapter, where the bytes alone must not decide.
        public var adapter: String?
        /// How it writes.
        public var dialect: Dialect
        /// Hours of silence after which it counts as quiet.
        public var quietAfterHours: Int
        /// The kinds of entry that it sends: whose absence it can explain (SAFETY S17).
        public var feeds: [EntryKind]
        /// The elements of the first screen that it feeds; empty for all that show its kinds.
        public var elements: [String]
        /// What it covers, in words, such as "results from March 2006; paper before".
        public var coverage: String?
        /// Whether whoever keeps it refuses to send.
        public var isRefused: Bool
        /// Systems of the assigners for whose identifiers its merge events hold (SAFETY S2).
        public var speaksFor: [String]
        /// The practices and sites whose records it gathers, where each is told of by itself.
        public var custodians: [Custodian]
    }

    /// A practice or site whose records a silo gathers: its absence is stated for itself.
    ///
    /// - Rule: SAFETY S17.
    public struct Custodian: Sendable {
        /// Its code, or what messages call it.
        public var code: String
        /// What clinicians call it.
        public var label: String
        /// What else messages and patients' records call it.
        public var names: [String]
        /// A practice sends of its own patients; a site may send of anyone.
        public var isPractice: Bool
        /// Hours of silence after which it counts as quiet; nil for the silo's.
        public var quietAfterHours: Int?
        /// What it covers, in words; nil for the silo's.
        public var coverage: String?
        /// Whether it refuses to send.
        public var isRefused: Bool
    }

    /// How the site has its audit reviewed (DOMAIN 7, R1–R11).
    public struct Review: Sendable {
        /// The rules: those proposed, as far as the profile does not change them.
        public var rules = ReviewRule.proposed
        /// How many points make a case.
        public var threshold = ReviewRule.proposedThreshold
        /// Numbers of those whose records someone watches over.
        public var watched: Set<String> = []
    }

    /// The site's name.
    public var name: String
    /// The silos, in the file's order.
    public var silos: [Silo]
    /// The people who may log in.
    public var people: [Principal]
    /// Their memberships.
    public var memberships: [Membership]
    /// Mandates.
    public var mandates: [Mandate]
    /// Restrictions, each with the patient's identifier.
    public var restrictions: [(identifier: Identifier, restriction: Restriction)]
    /// Who may see what.
    public var access: AccessRules
    /// The elements of the first screen, in order.
    public var elements: [TopElement]
    /// Years within which a business key that names someone else counts as re-used (S4).
    public var reuseWindowYears: Int
    /// From which probability on weighted evidence proposes two source patients for review; nil
    /// where it does not (S2).
    public var proposeFrom: Double?
    /// How the audit is reviewed.
    public var review: Review
    /// What review is told of each person, by handle.
    public var reviewedStaff: [String: ReviewedStaff]
    /// The profile's text.
    public var text: String

    /// The profile's version: a handle of its text.
    public var version: String { "y-" + ContentHash.handle(of: text) }

    /// A person of the profile.
    public func person(_ handle: String) -> Principal? { people.first { $0.person == handle } }
}

/// Why a profile was refused.
public struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line in the file, from one; zero where the file as a whole is meant.
    public let line: Int
    /// What is wrong and what to do about it.
    public let remedy: String

    init(_ line: Int, _ remedy: String) {
        self.line = line
        self.remedy = remedy
    }

    /// `line 12: …`.
    public var description: String { "profile, line \(line): \(remedy)" }
}
