/// The evidence for two records being one person's, term by term: as text and as a picture.
///
/// - Shape: fields and levels alone; no value of either record.
public struct EvidenceWaterfall: Sendable {
    private let terms: [EvidenceTerm]
    private let prior: Double

    /// Takes the terms of a pair and the prior, in bits.
    public init(_ terms: [EvidenceTerm], prior: Double) {
        self.terms = terms
        self.prior = prior
    }

    /// All the evidence, in bits.
    public var total: Double { terms.reduce(prior) { $0 + $1.weight + $1.rarity } }

    /// Its probability.
    public var probability: Double { EvidenceTerm.probability(ofBits: total) }

    private struct Step {
        let words: String
        let from: Double
        let to: Double
    }

    private var steps: [Step] {
        var at = prior
        var steps = [Step(words: "before anything is known", from: 0, to: prior)]
        for term in terms {
            steps.append(Step(words: Self.words(term), from: at, to: at + term.weight))
            at += term.weight
            if abs(term.rarity) >= 0.05 {
                let words = term.rarity > 0 ? "a rare value" : "a common value"
                steps.append(Step(words: words, from: at, to: at + term.rarity))
                at += term.rarity
            }
        }
        return steps
    }

    private static func words(_ term: EvidenceTerm) -> String {
        spaced(term.field.rawValue) + ": " + spaced(term.level.rawValue)
    }

    /// `birthDate` as `birth date`.
    private static func spaced(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text += " " }
            text += letter.lowercased()
        }
    }

    private static func bits(_ value: Double) -> String {
        let tenths = Int((abs(value) * 10).rounded())
        return (value < 0 && tenths > 0 ? "-" : "+") + "\(tenths / 10).\(tenths % 10)"
    }

    private var sum: String {
        let percent = (probability * 10_000).rounded() / 100
        return "\(Self.bits(total)) bits: \(percent) % likely one person"
    }

    /// A line for each term, and their sum.
    public var text: String {
        let width = steps.map(\.words.count).max() ?? 0
        let lines = steps.map { step in
            step.words + String(repeating: " ", count: width - step.words.count + 2)
                + Self.bits(step.to - step.from)
        }
        return (lines + [sum]).joined(separator: "\n")
    }

    private static let row = 24
    private static let left = 260
    private static let width = 760

    /// The same as a picture: each term starts where the one before ends.
    public var svg: String {
        let steps = steps
        let ends: [Double] = steps.flatMap { [$0.from, $0.to] } + [0]
        let low = ends.min() ?? 0
        let span = max((ends.max() ?? 0) - low, 1)
        func place(_ bits: Double) -> Int {
            Self.left + Int((bits - low) / span * Double(Self.width - Self.left - 80))
        }
        let height = (steps.count + 2) * Self.row
        var body = ""
        for (number, step) in steps.enumerated() {
            let top = (number + 1) * Self.row - 16
            let from = min(place(step.from), place(step.to))
            let wide = max(abs(place(step.to) - place(step.from)), 1)
            let isFor = step.to >= step.from
            body += """
                <text x="8" y="\(top + 12)">\(step.words)</text>\
                <rect x="\(from)" y="\(top)" width="\(wide)" height="15" fill="\(isFor ? "#1b6e3c" : "#a4262c")"/>\
                <text x="\(from + wide + 6)" y="\(top + 12)">\(Self.bits(step.to - step.from))</text>

                """
        }
        let even = place(0)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" \
            font-family="sans-serif" font-size="13" role="img" aria-label="Evidence term by term, \(sum)">
            <title>Evidence term by term: \(sum)</title>
            <line x1="\(even)" y1="0" x2="\(even)" y2="\(height - Self.row)" stroke="#666" stroke-dasharray="3"/>
            \(body)<text x="8" y="\(height - 8)" font-weight="bold">\(sum)</text>
            </svg>

            """
    }
}
