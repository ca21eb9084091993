public import PortalAccess
import PortalRecord

/// An opened file as machines read of it; its content goes beside.
public enum FileView {
    /// What the file is, as canonical JSON: name, media types, size and SHA-256.
    ///
    /// - Throws: `EncodingError`, which no file gives.
    public static func json(_ file: Released<OpenedFile>) throws -> String {
        try CanonicalJSON.text(
            Answer(
                name: file.value.name,
                mediaType: file.value.mediaType,
                statedMediaType: file.value.statedMediaType,
                bytes: file.value.bytes.count,
                sha256: ContentHash(of: file.value.bytes).hex
            )
        )
    }

    private struct Answer: Encodable {
        let name: String?
        let mediaType: String?
        let statedMediaType: String?
        let bytes: Int
        let sha256: String
    }
}
