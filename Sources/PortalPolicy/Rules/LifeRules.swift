/// What changes as a patient grows up and dies.
///
/// - Rule: SAFETY "The four dated access facts".
public struct LifeRules: Hashable, Sendable, Codable {
    /// The age at which a parent's mandate ends, unless the child grants it again: 12 is presumed
    /// in Scotland (background knowledge).
    public var parentUntilAge: Int
    /// Days after a death for which those who cared may still look.
    public var teamDaysAfterDeath: Int
    /// Days after a death for which proxies may still look.
    public var proxyDaysAfterDeath: Int

    /// Builds rules.
    public init(
        parentUntilAge: Int = 12,
        teamDaysAfterDeath: Int = 30,
        proxyDaysAfterDeath: Int = 0
    ) {
        self.parentUntilAge = parentUntilAge
        self.teamDaysAfterDeath = teamDaysAfterDeath
        self.proxyDaysAfterDeath = proxyDaysAfterDeath
    }
}
