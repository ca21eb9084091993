/// A segment's three-letter tag, such as `RFF`.
///
/// - Rule: ISO 9735 (EDIFACT application level syntax rules), segment tag.
public struct EDIFACTTag: Hashable, Sendable, CustomStringConvertible {
    let packed: UInt32

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        packed = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    /// Takes a tag of three ASCII characters.
    public init(_ tag: StaticString) {
        let start = tag.utf8Start
        self.init(
            tag.utf8CodeUnitCount > 0 ? start[0] : 0,
            tag.utf8CodeUnitCount > 1 ? start[1] : 0,
            tag.utf8CodeUnitCount > 2 ? start[2] : 0
        )
    }

    /// The tag as text.
    public var description: String {
        String(
            decoding: [
                UInt8(packed >> 16 & 255), UInt8(packed >> 8 & 255), UInt8(packed & 255),
            ],
            as: UTF8.self
        )
    }

    /// Whether it is one of the service segments, which carry a message and are none of it.
    public var isService: Bool { packed >> 8 == 0x554E && self != .unh && self != .unt }

    /// Whether it opens a group of segments: `S01` to `S99`.
    ///
    /// - Rule: NHS and UN messages of the D.93A time trigger their groups by a segment of the
    ///   group's own name.
    public var isGroup: Bool {
        packed >> 16 == 0x53 && EDIFACTTag.isDigit(packed >> 8) && EDIFACTTag.isDigit(packed)
    }

    private static func isDigit(_ byte: UInt32) -> Bool { (0x30...0x39).contains(byte & 255) }

    // Computed, because a stored one is looked up behind a lock at every segment.

    /// The interchange header.
    public static var unb: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x42) }
    /// The interchange trailer.
    public static var unz: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x5A) }
    /// The group header.
    public static var ung: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x47) }
    /// The group trailer.
    public static var une: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x45) }
    /// The message header.
    public static var unh: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x48) }
    /// The message trailer.
    public static var unt: EDIFACTTag { EDIFACTTag(0x55, 0x4E, 0x54) }
}
