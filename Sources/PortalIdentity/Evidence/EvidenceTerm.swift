/// What one field says of a pair.
public struct EvidenceTerm: Hashable, Sendable, Codable {
    /// The field.
    public let field: EvidenceField
    /// How its two values stand to each other.
    public let level: EvidenceLevel
    /// What that says, in bits: for one person above nothing, against it below.
    public let weight: Double
    /// What the value's rarity adds, in bits.
    public let rarity: Double

    /// Odds in bits as a probability.
    public static func probability(ofBits bits: Double) -> Double { bits.probability }

    /// A probability as odds in bits.
    static func bits(ofProbability probability: Double) -> Double {
        let inside = min(max(probability, 1e-9), 1 - 1e-9)
        return inside.log2() - (1 - inside).log2()
    }
}
