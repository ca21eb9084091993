import PortalRecord

/// Takes a file out of the message that it stands in.
enum AttachmentContent {
    /// The file's bytes.
    ///
    /// - Throws: ``AccessError`` `file-damaged` where what stands there is not what was read, and
    ///   `file-undecodable` where it is not in the encoding that it states.
    static func bytes(
        of attachment: Attachment,
        in document: [UInt8]
    ) throws(AccessError) -> [UInt8] {
        var content: [UInt8] = []
        for chunk in attachment.chunks {
            let end = chunk.offset.addingReportingOverflow(chunk.length)
            guard chunk.offset >= 0, chunk.length >= 0, !end.overflow,
                end.partialValue <= document.count
            else { throw damaged }
            content += document[chunk.offset..<end.partialValue]
        }
        let encoding = attachment.encoding?.lowercased()
        // Of a file in UTF-16 every second byte of an encoded text is nothing.
        if encoding == "base64" || encoding == "hex" { content.removeAll { $0 == 0 } }
        guard attachment.contentHash.map({ $0 == ContentHash(of: content) }) ?? true else {
            throw damaged
        }
        switch encoding {
        case "base64":
            guard let decoded = Base64.decode(content) else { throw undecodable }
            return decoded
        case "hex":
            guard let decoded = Hexadecimal.decode(content) else { throw undecodable }
            return decoded
        default: return content
        }
    }

    private static var damaged: AccessError {
        AccessError("file-damaged", "what is stored is not what was read: restore a backup")
    }

    private static var undecodable: AccessError {
        AccessError("file-undecodable", "ask the sender: the content is not what it says it is")
    }
}
