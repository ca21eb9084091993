/// Whether something is shown, and why.
///
/// - Rule: DESIGN P7: every decision explains itself: the rules that decided, the facts they
///   looked at, and the smallest change that would flip it.
public struct Decision: Hashable, Sendable, Codable {
    /// Shown or kept back.
    public enum Verdict: String, Hashable, Sendable, Codable { case permit, withhold }

    /// Shown or kept back.
    public let verdict: Verdict
    /// The rules that decided, by name.
    public let because: [String]
    /// The facts they looked at, in words that hold nothing of the record.
    public let facts: [String]
    /// Rules that could not be evaluated; each withholds.
    public let failed: [String]
    /// The smallest change that would flip the decision, in words.
    ///
    /// Several where only all together do; empty where nothing that a site can do would.
    public let smallestChange: [String]

    init(
        _ verdict: Verdict,
        because: [String],
        facts: [String],
        failed: [String],
        smallestChange: [String]
    ) {
        self.verdict = verdict
        self.because = because
        self.facts = facts
        self.failed = failed
        self.smallestChange = smallestChange
    }
}
