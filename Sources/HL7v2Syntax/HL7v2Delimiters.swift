/// The characters that divide a message, as its own MSH-1 and MSH-2 declare them.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.5.4.
public struct HL7v2Delimiters: Hashable, Sendable {
    /// Between fields, usually `|`.
    public let field: UInt8
    /// Between components, usually `^`.
    public let component: UInt8
    /// Between repetitions, usually `~`; nil where MSH-2 is too short to declare it.
    public let repetition: UInt8?
    /// Around escapes, usually `\`; nil where MSH-2 is too short to declare it.
    public let escape: UInt8?
    /// Between subcomponents, usually `&`; nil where MSH-2 is too short to declare it.
    public let subcomponent: UInt8?

    /// `|^~\&`.
    public static let standard = HL7v2Delimiters(
        field: 0x7C,
        component: 0x5E,
        repetition: 0x7E,
        escape: 0x5C,
        subcomponent: 0x26
    )

    /// Builds a set of delimiters.
    public init(
        field: UInt8,
        component: UInt8,
        repetition: UInt8?,
        escape: UInt8?,
        subcomponent: UInt8?
    ) {
        self.field = field
        self.component = component
        self.repetition = repetition
        self.escape = escape
        self.subcomponent = subcomponent
    }

    /// Reads the delimiters of a header segment (MSH, FHS or BHS).
    ///
    /// - Throws: `header-too-short`, `delimiter-unusable` (a letter, a digit, a space or a control
    ///   character) or `delimiters-repeated`.
    public init(header: ArraySlice<UInt8>) throws(HL7v2SyntaxError) {
        guard header.count >= 5, let field = header.dropFirst(3).first else {
            throw HL7v2SyntaxError(.headerTooShort, path: "MSH-1", offset: min(3, header.count))
        }
        if header.dropFirst(4).starts(with: [0x5E, 0x7E, 0x5C, 0x26, 0x7C]), field == 0x7C {
            self = .standard
            return
        }
        var declared = Array(
            header.dropFirst(4).prefix { $0 != field && $0 != 0x0D && $0 != 0x0A }.prefix(5)
        )
        // `^~\\&`: a sender's programming language left the escape doubled. It means `^~\&`.
        if HL7v2Delimiters.doublesEscape(declared) { declared.remove(at: 3) }
        // The fifth, truncation, came with v2.7; no value is read by it.
        let used = [field] + declared.prefix(4)
        guard let component = declared.first else {
            throw HL7v2SyntaxError(.headerTooShort, path: "MSH-2", offset: 4)
        }
        for (index, byte) in used.enumerated() where !HL7v2Delimiters.isUsable(byte) {
            throw HL7v2SyntaxError(.delimiterUnusable, path: "MSH-2", offset: 3 + index)
        }
        for (index, byte) in used.enumerated() where used[..<index].contains(byte) {
            throw HL7v2SyntaxError(.delimitersRepeated, path: "MSH-2", offset: 4)
        }
        self.init(
            field: field,
            component: component,
            repetition: declared.count > 1 ? declared[1] : nil,
            escape: declared.count > 2 ? declared[2] : nil,
            subcomponent: declared.count > 3 ? declared[3] : nil
        )
    }

    /// Whether MSH-2 is the usual four with the escape character written twice.
    static func doublesEscape(_ declared: [UInt8]) -> Bool {
        declared == [0x5E, 0x7E, 0x5C, 0x5C, 0x26]
    }

    private static func isUsable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        // Senders are seen with control characters as delimiters, but never with those that frame
        // or end a segment.
        case 0x01...0x08, 0x0E...0x1B, 0x1D...0x1F, 0x80...0xFF: true
        default: false
        }
    }
}
