public import PortalPolicy
import PortalRecord

/// A decision as machines and people read it.
public enum DecisionView {
    /// The decision as canonical JSON; nil reads as not found.
    ///
    /// - Throws: `EncodingError`, which no decision of ours gives.
    public static func json(_ decision: Decision?) throws -> String {
        try CanonicalJSON.text(Answer(decision))
    }

    /// The decision in lines; nil reads as not found.
    public static func text(_ decision: Decision?) -> String {
        guard let decision else { return "not found" }
        var lines = [
            decision.verdict.rawValue + ", because: " + decision.because.joined(separator: ", ")
        ]
        lines += decision.failed.map { "failed: " + $0 }
        lines.append(
            decision.smallestChange.isEmpty
                ? "smallest change: no three facts or rules that were otherwise would flip it"
                : "smallest change: " + decision.smallestChange.joined(separator: "; and ")
        )
        lines.append("facts:")
        lines += decision.facts.map { "  " + $0 }
        return lines.asLines()
    }

    private struct Answer: Encodable {
        let found: Bool
        let verdict: String?
        let because: [String]
        let failed: [String]
        let facts: [String]
        let smallestChange: [String]

        init(_ decision: Decision?) {
            found = decision != nil
            verdict = decision?.verdict.rawValue
            because = decision?.because ?? []
            failed = decision?.failed ?? []
            facts = decision?.facts ?? []
            smallestChange = decision?.smallestChange ?? []
        }
    }
}
