/// A national number whose check digit holds.
///
/// The digits are a claim about a person, never proof: a range, or the birth date inside a CHI
/// number, is a hint at most (DOMAIN 3).
public struct NationalNumber: Hashable, Sendable, Codable {
    /// The register: one of ``IdentifierSystem``'s.
    public let system: String
    /// Ten digits without spaces.
    public let digits: String

    private enum CodingKeys: String, CodingKey { case system, digits }

    /// Takes a number of a national register whose check digit holds, spaces left out.
    ///
    /// Nil for any other system or a wrong check digit.
    public init?(system: String, value: String) {
        switch system {
        case IdentifierSystem.nhsNumber: digits = NHSNumber(value)?.digits ?? ""
        case IdentifierSystem.chiNumber: digits = CHINumber(value)?.digits ?? ""
        case IdentifierSystem.healthAndCareNumber:
            digits = HealthAndCareNumber(value)?.digits ?? ""
        default: return nil
        }
        guard !digits.isEmpty else { return nil }
        self.system = system
    }

    /// Reads a number and checks it again: what was stored by another hand is no proof.
    ///
    /// - Throws: `DecodingError.dataCorrupted` where the check digit does not hold.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let system = try container.decode(String.self, forKey: .system)
        let digits = try container.decode(String.self, forKey: .digits)
        guard let number = NationalNumber(system: system, value: digits), number.digits == digits
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .digits,
                in: container,
                debugDescription: "no such number"
            )
        }
        self = number
    }

    /// The identifier that this number is.
    public var identifier: Identifier { Identifier(system: system, value: digits) }
}

/// An NHS number of England, Wales and the Isle of Man.
///
/// - Rule: NHS Data Dictionary "NHS NUMBER": ten digits, modulus 11, weights 10 to 2.
public struct NHSNumber: Hashable, Sendable {
    /// Ten digits without spaces.
    public let digits: String

    /// Takes ten digits, spaces allowed, whose modulus 11 check digit holds.
    public init?(_ text: String) {
        guard let figures = tenFigures(text), modulus11Holds(figures) else { return nil }
        digits = figureText(figures)
    }
}

/// A Community Health Index number of Scotland.
///
/// - Rule: ten digits with modulus 11 as the NHS number's, or, for those issued from 2026, the
///   Luhn modulus 10 (DOMAIN 3). Both are accepted, and ``check`` says which passed.
public struct CHINumber: Hashable, Sendable {
    /// Which check digit held.
    public enum Check: String, Sendable { case modulus11, modulus10, both }

    /// Ten digits without spaces.
    public let digits: String
    /// Which check digit held.
    public let check: Check

    /// Takes ten digits, spaces allowed, one of whose two check digits holds.
    public init?(_ text: String) {
        guard let figures = tenFigures(text) else { return nil }
        switch (modulus11Holds(figures), modulus10Holds(figures)) {
        case (true, true): check = .both
        case (true, false): check = .modulus11
        case (false, true): check = .modulus10
        case (false, false): return nil
        }
        digits = figureText(figures)
    }
}

/// A Health and Care number of Northern Ireland: ten digits, modulus 11 as the NHS number's.
public struct HealthAndCareNumber: Hashable, Sendable {
    /// Ten digits without spaces.
    public let digits: String

    /// Takes ten digits, spaces allowed, whose modulus 11 check digit holds.
    public init?(_ text: String) {
        guard let figures = tenFigures(text), modulus11Holds(figures) else { return nil }
        digits = figureText(figures)
    }
}

private func figureText(_ figures: [Int]) -> String {
    String(decoding: figures.map { 0x30 + UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
}

/// Ten figures of a number, or nil.
///
/// A placeholder of one repeated figure is no number: all zeros
/// would pass modulus 11 and match every other blank (PITFALLS 31).
private func tenFigures(_ text: String) -> [Int]? {
    var figures: [Int] = []
    figures.reserveCapacity(10)
    for byte in text.utf8 where byte != 0x20 && byte != 0x2D {
        guard byte >= 0x30, byte <= 0x39, figures.count < 10 else { return nil }
        figures.append(Int(byte) - 0x30)
    }
    guard figures.count == 10, figures.contains(where: { $0 != figures[0] }) else { return nil }
    return figures
}

private func modulus11Holds(_ figures: [Int]) -> Bool {
    let sum = figures.prefix(9).enumerated().reduce(0) { $0 + (10 - $1.offset) * $1.element }
    let check = (11 - sum % 11) % 11
    return check == figures[9]
}

private func modulus10Holds(_ figures: [Int]) -> Bool {
    let sum = figures.prefix(9).enumerated().reduce(0) { total, figure in
        let doubled = figure.offset.isMultiple(of: 2) ? figure.element * 2 : figure.element
        return total + (doubled > 9 ? doubled - 9 : doubled)
    }
    return (10 - sum % 10) % 10 == figures[9]
}
