/// How much each level of each field says for or against two records being one person's: data, with a
/// version.
///
/// - Rule: Fellegi and Sunter 1969. A level's weight is the binary logarithm of how often people agree
///   so with themselves over how often two people agree so by chance.
public struct EvidenceModel: Hashable, Sendable, Codable {
    /// How often a level is met.
    public struct Level: Hashable, Sendable, Codable {
        /// How often among records of one person, the m-probability: 0 to 1.
        public var m: Double
        /// How often among records of two people drawn at random, the u-probability: 0 to 1.
        public var u: Double

        /// Builds a level.
        public init(m: Double, u: Double) {
            self.m = m
            self.u = u
        }

        /// The evidence in bits.
        public var weight: Double { max(m, 1e-9).log2() - max(u, 1e-9).log2() }
    }

    /// Which data it was made from and when.
    public var version: String
    /// The levels of each field.
    public var fields: [EvidenceField: [EvidenceLevel: Level]]

    /// Builds a model.
    public init(version: String, fields: [EvidenceField: [EvidenceLevel: Level]]) {
        self.version = version
        self.fields = fields
    }

    private enum Key: String, CodingKey { case version, fields }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError` where a part is missing, or a field or level is not known.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        version = try container.decode(String.self, forKey: .version)
        let named = try container.decode([String: [String: Level]].self, forKey: .fields)
        fields = [:]
        for (name, levels) in named {
            guard let field = EvidenceField(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .fields,
                    in: container,
                    debugDescription: "no known field: \(name)"
                )
            }
            for (name, level) in levels {
                guard let known = EvidenceLevel(rawValue: name) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .fields,
                        in: container,
                        debugDescription: "no known level: \(name)"
                    )
                }
                let share = 0.0...1.0
                guard share.contains(level.m), share.contains(level.u) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .fields,
                        in: container,
                        debugDescription: "m and u are shares, from 0 to 1"
                    )
                }
                fields[field, default: [:]][known] = level
            }
        }
    }

    /// Writes fields and levels by their names.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(version, forKey: .version)
        let named = fields.map { field, levels in
            (
                field.rawValue,
                Dictionary(uniqueKeysWithValues: levels.map { ($0.key.rawValue, $0.value) })
            )
        }
        try container.encode(Dictionary(uniqueKeysWithValues: named), forKey: .fields)
    }

    /// The weights of a field's levels by their places; of a level that it does not know, what the next
    /// worse one says.
    ///
    /// What is missing is hardly evidence for one person (SAFETY S2; PITFALLS 31, 36), in the library's
    /// own model not at all: data in which a field is seldom missing says nothing of data in which it is.
    func weights(_ field: EvidenceField) -> [Double] {
        var weights = [Double](repeating: 0, count: EvidenceComparison.levelsMax)
        let known = fields[field] ?? Self.unknown
        var last = 0.0
        for level in EvidenceLevel.allCases.reversed() {
            if let stated = known[level] { last = stated.weight }
            weights[level.place] = level == .missing ? min(last, Self.missingMax) : last
            if level == .missing { last = known[.different]?.weight ?? 0 }
        }
        return weights
    }

    /// The most, in bits, that a trained model may make of what is missing.
    private static let missingMax = 0.5

    /// How often two people agree in a field by chance.
    func chance(_ field: EvidenceField) -> Double {
        max((fields[field] ?? Self.unknown)[.exact]?.u ?? 0.1, 1e-9)
    }

    /// A field that the model has not seen: agreement counts a little, the rest nothing.
    private static let unknown: [EvidenceLevel: Level] = [
        .exact: Level(m: 0.8, u: 0.1), .different: Level(m: 0.2, u: 0.9),
        .missing: Level(m: 1, u: 1),
    ]
}
