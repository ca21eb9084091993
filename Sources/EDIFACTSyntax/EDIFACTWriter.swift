/// Writes segments in ISO 8859-1 (syntax level UNOC), each value's own delimiters released.
///
/// - Rule: ISO 9735; trailing empty data elements and components are left out.
public struct EDIFACTWriter: Sendable {
    /// The characters that divide what is written.
    public let characters: EDIFACTServiceCharacters
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []
    /// How many segments were written.
    public private(set) var segmentCount = 0

    /// Starts with nothing.
    public init(characters: EDIFACTServiceCharacters = .standard) { self.characters = characters }

    /// Writes the service string advice.
    public mutating func writeAdvice() {
        bytes += [
            0x55, 0x4E, 0x41, characters.component, characters.element, characters.decimalMark,
            characters.release ?? 0x20, 0x20, characters.terminator,
        ]
    }

    /// Writes a segment.
    ///
    /// - Parameters:
    ///   - tag: The segment's tag.
    ///   - elements: Its data elements, each with its components.
    public mutating func write(_ tag: EDIFACTTag, _ elements: [[String]]) {
        bytes += Array(tag.description.utf8)
        var pending = 0
        for element in elements {
            pending += 1
            let parts = Array(element.reversed().drop { $0.isEmpty }.reversed())
            guard !parts.isEmpty else { continue }
            bytes += [UInt8](repeating: characters.element, count: pending)
            pending = 0
            for (index, part) in parts.enumerated() {
                if index > 0 { bytes.append(characters.component) }
                write(part)
            }
        }
        bytes.append(characters.terminator)
        segmentCount += 1
    }

    private mutating func write(_ text: String) {
        for scalar in text.unicodeScalars {
            // A character beyond the set stands as a question mark: it is seen to be missing.
            let byte = scalar.value <= 0xFF ? UInt8(truncatingIfNeeded: scalar.value) : 0x3F
            let divides =
                byte == characters.component || byte == characters.element
                || byte == characters.terminator || byte == characters.release
            if divides, let release = characters.release { bytes.append(release) }
            // Without a release character a delimiter cannot be text.
            bytes.append(divides && characters.release == nil ? 0x20 : byte)
        }
    }
}
