/// Codes whose entries nobody is shown: taken out before anything is counted, by no override
/// opened.
///
/// - Rule: SAFETY S17, S20; GP extracts leave such codes out by law or by agreement.
public struct BlockedCodes: Hashable, Sendable, Codable {
    /// Why, in words that are safe to show, such as the name of the Act.
    public var reason: String
    /// The codes of what was asked, observed or found.
    public var codes: [String]
    /// The silos it is for; empty for all.
    public var silos: [String]

    /// Builds a rule.
    public init(reason: String, codes: [String], silos: [String] = []) {
        self.reason = reason
        self.codes = codes
        self.silos = silos
    }
}
