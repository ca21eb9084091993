/// One code of one code system, with the words its sender put beside it.
public struct Coding: Hashable, Sendable, Codable {
    /// The code system as the sender named it, such as `LN`, or its URI.
    public var system: String?
    /// The code.
    public var code: String?
    /// The sender's words for the code.
    public var display: String?

    /// Builds a coding.
    public init(system: String? = nil, code: String? = nil, display: String? = nil) {
        self.system = system
        self.code = code
        self.display = display
    }
}

/// A notion as its sender coded it: every coding in the sender's order, and the original text.
///
/// - Shape: no coding is preferred, none is dropped (PITFALLS 56).
public struct CodeableConcept: Hashable, Sendable, Codable {
    /// The codings, in the sender's order.
    public var codings: [Coding]
    /// What the sender typed.
    public var text: String?

    /// Builds a concept.
    public init(codings: [Coding] = [], text: String? = nil) {
        self.codings = codings
        self.text = text
    }

    /// What a person reads: the original text, else the first words, else the first code.
    public var words: String? {
        text ?? codings.lazy.compactMap(\.display).first ?? codings.lazy.compactMap(\.code).first
    }

    /// The first code, or the text where there is none.
    public var firstCode: String? { codings.lazy.compactMap(\.code).first ?? text }

    /// A text that is the same for the same notion of one sender: its first code and system.
    package var identityText: String {
        guard let coding = codings.first, let code = coding.code else { return words ?? "" }
        return (coding.system ?? "") + "|" + code
    }
}

/// A number with its unit, both as text.
///
/// `19`, `19.0` and `19.00` are three statements of precision and stay three (PITFALLS 22).
public struct Quantity: Hashable, Sendable, Codable {
    /// `<`, `<=`, `>`, `>=` or another sign that stood before the number.
    public var comparator: String?
    /// The number's digits as written.
    public var number: String
    /// A second number and what stood between, for ranges, ratios and titres: `1` `:` `128`.
    public var separator: String?
    /// The second number's digits as written.
    public var secondNumber: String?

    /// Builds a quantity.
    public init(
        comparator: String? = nil,
        number: String,
        separator: String? = nil,
        secondNumber: String? = nil
    ) {
        self.comparator = comparator
        self.number = number
        self.separator = separator
        self.secondNumber = secondNumber
    }

    /// The quantity as it is read aloud: `<0.01`, `1:128`, `7.2`.
    public var text: String {
        (comparator ?? "") + number + (separator ?? "") + (secondNumber ?? "")
    }
}
