/// What a file is, by its bytes and never by its name.
public enum FileType {
    /// The media type of some bytes; nil where they say nothing that is known.
    public static func recognise(_ bytes: ArraySlice<UInt8>) -> String? {
        let marks: [(String, [UInt8])] = [
            ("application/pdf", Array("%PDF-".utf8)), ("image/tiff", [0x49, 0x49, 0x2A, 0x00]),
            ("image/tiff", [0x4D, 0x4D, 0x00, 0x2A]),
            ("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            ("image/jpeg", [0xFF, 0xD8, 0xFF]), ("application/rtf", Array("{\\rtf".utf8)),
        ]
        for (type, mark) in marks where bytes.starts(with: mark) { return type }
        guard !bytes.isEmpty else { return nil }
        let isText = bytes.prefix(4096).allSatisfy {
            $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09
        }
        return isText ? "text/plain" : nil
    }

    /// Whether a name stays inside the folder that it is named in: no way up, none from the root,
    /// no drive, nothing hidden.
    public static func staysInside(_ name: String) -> Bool {
        guard !name.isEmpty, !name.utf8.contains(0), !name.hasPrefix("/"), !name.contains("\\"),
            !name.contains(":")
        else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
