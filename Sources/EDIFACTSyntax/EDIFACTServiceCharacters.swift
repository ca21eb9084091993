/// The characters that divide an interchange, as its service string advice (UNA) declares them.
///
///     UNA:+.? '
///
/// - Shape: one ASCII byte each; no letter, no digit.
/// - Rule: ISO 9735 s. 8 (UNA), annex: the standard ones stand where there is no UNA.
public struct EDIFACTServiceCharacters: Hashable, Sendable {
    /// Between the components of a composite, usually `:`.
    public let component: UInt8
    /// Between data elements, usually `+`.
    public let element: UInt8
    /// What stands in a number before its fraction, `.` or `,`.
    public let decimalMark: UInt8
    /// What makes the byte behind it text, usually `?`; nil where UNA says with a space that none
    /// is used.
    public let release: UInt8?
    /// Behind a segment, usually `'`.
    public let terminator: UInt8

    /// `:`, `+`, `.`, `?`, `'`.
    public static let standard = EDIFACTServiceCharacters(
        component: 0x3A,
        element: 0x2B,
        decimalMark: 0x2E,
        release: 0x3F,
        terminator: 0x27
    )

    /// How many bytes a service string advice has.
    public static let adviceByteCount = 9

    init(component: UInt8, element: UInt8, decimalMark: UInt8, release: UInt8?, terminator: UInt8) {
        self.component = component
        self.element = element
        self.decimalMark = decimalMark
        self.release = release
        self.terminator = terminator
    }

    /// Reads a service string advice: `UNA` and six bytes.
    ///
    /// - Throws: `service-string-too-short`, `delimiter-unusable` (a letter, a digit or a space) or
    ///   `delimiters-repeated`.
    public init(advice: ArraySlice<UInt8>) throws(EDIFACTSyntaxError) {
        let bytes = Array(advice.prefix(EDIFACTServiceCharacters.adviceByteCount))
        guard bytes.count == EDIFACTServiceCharacters.adviceByteCount else {
            throw EDIFACTSyntaxError(.serviceStringTooShort, path: "UNA", offset: bytes.count)
        }
        let release = bytes[6] == 0x20 ? nil : bytes[6]
        let used = [bytes[3], bytes[4], bytes[8]] + (release.map { [$0] } ?? [])
        let isEnded =
            EDIFACTServiceCharacters.isUsable(bytes[8]) || [0x0A, 0x0D].contains(bytes[8])
        guard isEnded, used.allSatisfy({ EDIFACTServiceCharacters.isUsable($0) || $0 == bytes[8] })
        else {
            throw EDIFACTSyntaxError(.delimiterUnusable, path: "UNA", offset: 3)
        }
        guard Set(used).count == used.count else {
            throw EDIFACTSyntaxError(.delimitersRepeated, path: "UNA", offset: 3)
        }
        self.init(
            component: bytes[3],
            element: bytes[4],
            decimalMark: bytes[5],
            release: release,
            terminator: bytes[8]
        )
    }

    /// Letters and digits are text, so is a space; line ends may end a segment and divide nothing.
    private static func isUsable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x01...0x08, 0x0B...0x0C, 0x0E...0x19, 0x1B...0x1F: true
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
