/// Whether something is shown, and why.
///
/// - Rule: DESIGN P7: every decision explains itself: the rules that decided, and the smallest
///   change that would flip it.
public struct Decision: Hashable, Sendable, Codable {
    /// Shown or kept back.
    public enum Verdict: String, Hashable, Sendable, Codable { case permit, withhold }

    /// Shown or kept back.
    public let verdict: Verdict
    /// The rules that decided, by name.
    public let because: [String]
    /// Rules that could not be evaluated; each withholds.
    public let failed: [String]
    /// The smallest change that would flip the decision, in words.
    public let smallestChange: String
}

/// How rules' answers combine: default deny, withhold beats permit, a rule that fails withholds.
///
/// - Rule: DESIGN 5 "release"; after Cedar's authorizer, save that a failing rule is not skipped.
package enum Combiner {
    package enum Effect: Sendable { case permit, withhold }

    /// What a rule said of the question at hand.
    package enum Answer: Sendable { case applies, doesNotApply, fails }

    package struct Voice: Sendable {
        package let rule: String
        package let effect: Effect
        package let answer: Answer
        /// What would have to change for the rule to say otherwise.
        package let change: String

        package init(rule: String, effect: Effect, answer: Answer, change: String) {
            self.rule = rule
            self.effect = effect
            self.answer = answer
            self.change = change
        }
    }

    package static func decide(_ voices: [Voice]) -> Decision {
        let failed = voices.filter { $0.answer == .fails }.map(\.rule)
        let against = voices.filter { $0.effect == .withhold && $0.answer == .applies }
        let inFavour = voices.filter { $0.effect == .permit && $0.answer == .applies }
        if failed.isEmpty, against.isEmpty, !inFavour.isEmpty {
            return Decision(
                verdict: .permit,
                because: inFavour.map(\.rule),
                failed: [],
                smallestChange: inFavour.count == 1
                    ? "without: " + inFavour[0].change
                    : "without all of: " + inFavour.map(\.change).joined(separator: "; ")
            )
        }
        var changes = against.map(\.change)
        if !failed.isEmpty { changes.append("mend the rules that failed") }
        if inFavour.isEmpty {
            // The nearest permit: the one whose change is said first.
            let nearest = voices.first { $0.effect == .permit && $0.answer == .doesNotApply }
            changes.append(nearest?.change ?? "a grant to one of the person's roles")
        }
        return Decision(
            verdict: .withhold,
            because: against.isEmpty && failed.isEmpty ? ["default deny"] : against.map(\.rule),
            failed: failed,
            smallestChange: changes.joined(separator: "; and ")
        )
    }
}
