/// One rule by which looks at records are picked out for a privacy officer, as data.
///
/// Rules give points; a look that gathers the threshold is a case. So what alone says little, such
/// as a surname in common, counts beside what says more.
///
/// - Rule: DOMAIN 7, R1–R11.
public struct ReviewRule: Hashable, Sendable, Codable {
    /// What the rule looks for.
    public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        /// R1: the patient is the reader.
        case samePerson = "R1"
        /// R2: reader and patient share a surname.
        case sameSurname = "R2"
        /// R2, stronger: surname and postcode.
        case family = "R2 family"
        /// R3: the patient is staff of the reader's organisation.
        case colleague = "R3"
        /// R4: reader and patient live in the same postcode.
        case neighbour = "R4"
        /// R4, weaker: the same outward code.
        case sameOutcode = "R4 outcode"
        /// R5: the patient is watched over.
        case watched = "R5"
        /// R6: many more patients in a day than others of the role.
        case volume = "R6"
        /// R7: no attendance, booking or referral near the look.
        case noLink = "R7"
        /// R8: the patient had died, or was discharged, long before.
        case longAgo = "R8"
        /// R9: the reader was at two places at once.
        case twoPlaces = "R9"
        /// R10: an override without an attendance afterwards.
        case overrideUnused = "R10"
        /// R11: the patient has opted out.
        case optedOut = "R11"
    }

    /// What the rule looks for.
    public var name: Name
    /// How many points it gives; none turns it off.
    public var points: Int
    /// Its measure: days for R7, R8 and R10, minutes for R9, times the peers' median for R6.
    public var measure: Int

    /// Builds a rule.
    public init(_ name: Name, points: Int, measure: Int = 0) {
        self.name = name
        self.points = points
        self.measure = measure
    }

    /// The rules as proposed: four points make a case.
    public static let proposed: [ReviewRule] = [
        ReviewRule(.samePerson, points: 8),
        ReviewRule(.sameSurname, points: 1),
        ReviewRule(.family, points: 4),
        ReviewRule(.colleague, points: 4),
        ReviewRule(.neighbour, points: 4),
        ReviewRule(.sameOutcode, points: 1),
        ReviewRule(.watched, points: 4),
        ReviewRule(.volume, points: 4, measure: 5),
        ReviewRule(.noLink, points: 3, measure: 90),
        ReviewRule(.longAgo, points: 4, measure: 365),
        ReviewRule(.twoPlaces, points: 4, measure: 10),
        ReviewRule(.overrideUnused, points: 4, measure: 14),
        ReviewRule(.optedOut, points: 4),
    ]

    /// How many points make a case, as proposed.
    public static let proposedThreshold = 4

    /// Why, in words.
    package var words: String {
        switch name {
        case .samePerson: "the reader's own record"
        case .sameSurname: "the same surname"
        case .family: "the same surname and postcode"
        case .colleague: "a colleague's record"
        case .neighbour: "the same postcode"
        case .sameOutcode: "the same outward postcode"
        case .watched: "a record that is watched over"
        case .volume: "\(measure) times as many patients in a day as others of the role, or more"
        case .noLink: "no attendance, booking or referral within \(measure) days"
        case .longAgo: "died or discharged over \(measure) days before"
        case .twoPlaces: "at two places within \(measure) minutes"
        case .overrideUnused: "an override and no attendance within \(measure) days"
        case .optedOut: "the patient has opted out"
        }
    }
}
