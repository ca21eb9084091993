import EDIFACTSyntax
import PortalIntake

/// What a document's UNH says that it is, read without reading the message.
enum EDIFACTHeader {
    /// The message's type; nil where there is no message.
    ///
    /// Every adapter is asked about every message: its first kilobytes answer.
    static func type(of document: SourceDocument) -> EDIFACTMessageType? {
        guard let header = header(of: document) else { return nil }
        return EDIFACTMessageType(first: document.bytes.prefix(4096), in: header)
    }

    private static func header(of document: SourceDocument) -> EDIFACTInterchangeHeader? {
        guard let envelope = document.envelope else { return EDIFACTInterchangeHeader() }
        return try? EDIFACTInterchangeHeader(envelope, limits: document.limits)
    }
}
