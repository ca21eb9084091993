internal import PortalRecord

extension Checkpoint {
    /// The checkpoint on one line of canonical JSON, without a line end: what a witness keeps.
    ///
    /// - Throws: What the encoder throws.
    public func text() throws -> String {
        try CanonicalJSON.text(
            Line(
                key: keyID,
                origin: origin,
                root: root,
                signature: Hexadecimal.encode(signature),
                size: size,
                time: time
            )
        )
    }

    /// Reads one line as ``text()`` writes it, verified or not.
    ///
    /// - Throws: ``AuditError`` with `checkpointUnreadable` for anything else, also for another
    ///   spelling of the same checkpoint.
    public init(text: String) throws(AuditError) {
        let bytes = Array(text.utf8)
        guard let line = try? CanonicalJSON.decode(Line.self, from: bytes),
            let signature = Hexadecimal.decode(Array(line.signature.utf8))
        else { throw AuditError(.checkpointUnreadable) }
        self.init(
            origin: line.origin,
            size: line.size,
            root: line.root,
            time: line.time,
            keyID: line.key,
            signature: signature
        )
        guard let again = try? self.text(), again.utf8.elementsEqual(bytes) else {
            throw AuditError(.checkpointUnreadable)
        }
    }

    private struct Line: Codable {
        let key: String
        let origin: String
        let root: ContentHash
        let signature: String
        let size: Int
        let time: Instant
    }
}
