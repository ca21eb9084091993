import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// A file of a row, opened.
public struct OpenedFile: Sendable, Hashable {
    /// Its title or name, where it has one.
    public var name: String?
    /// What it is by its bytes; nil where they say nothing that is known.
    ///
    /// Serve it as this and as nothing else: a browser would run a page that says it is a picture.
    public var mediaType: String?
    /// What its sender says that it is.
    public var statedMediaType: String?
    /// Its content, decoded.
    public var bytes: [UInt8]
}

/// Opening what a row points at: another permission than seeing the row (DESIGN 6).
extension AccessGate {
    package func file(
        _ number: Int,
        of entry: EntryID,
        version: String?,
        of patient: SourcePatientID?,
        _ look: Look
    ) throws -> Released<OpenedFile> {
        guard
            let record = try patient.flatMap({
                try store.record(of: $0, asOf: nil, rules: rules.record)
            })
        else {
            try deny(look, .openDocument, nil, .nothingFound)
            throw AccessError.notFound
        }
        let policy = try policy(record, look)
        let chain = visible(record, policy, kinds: []).first { $0.entries.contains(entry) }
        guard let chain else {
            try deny(look, .openDocument, record, .withheld)
            throw AccessError.notFound
        }
        guard policy.permits(.openDocument, on: facts(chain)) else {
            try deny(look, .openDocument, record, .withheld)
            throw AccessError("not-permitted", "ask for a role that may open documents")
        }
        let rows = try chain.chain().current.filter {
            $0.entry == entry && (version == nil || $0.version == version)
        }
        guard rows.count < 2 else {
            throw AccessError("version-ambiguous", "two versions are current: name one")
        }
        guard let row = rows.first, number >= 1, number <= row.files.count else {
            try deny(look, .openDocument, record, .nothingFound)
            throw AccessError("file-unknown", "the row says which files it has")
        }
        var file = try content(row, number, chain, record)
        file.name = row.files[number - 1].name
        var event = event(look, .openDocument, record, .permitted)
        event.entries = [row.entry.rawValue + "/" + row.version]
        event.shownCount = 1
        event.detail = ["file": String(number)]
        event.overrideToken = policy.overridesInForce.first
        event.recordRevision = record.revision
        return try release(file, event)
    }

    private func content(
        _ row: TimelineRow,
        _ number: Int,
        _ chain: ArrangedChain,
        _ record: ArrangedRecord
    ) throws -> OpenedFile {
        switch row.fileContents[number - 1] {
        case .page(let page):
            guard let hash = page.received, let bytes = try store.document(hash) else {
                throw missing
            }
            guard page.stated == nil || page.stated == hash else {
                throw AccessError("file-differs", "ask the bureau for the page that was indexed")
            }
            return opened(bytes, stated: nil)
        case .attachment(let attachment):
            if attachment.chunks.isEmpty {
                guard attachment.byteCount != nil, let hash = attachment.contentHash,
                    let bytes = try store.document(hash)
                else { throw missing }
                return opened(bytes, stated: attachment.mediaType)
            }
            let document = try store.entries(of: record.cluster.members).first {
                chain.entries.contains($0.id) && Self.attachments($0.content).contains(attachment)
            }?.origin.document
            guard let document, let whole = try store.document(document) else { throw missing }
            return opened(
                try AttachmentContent.bytes(of: attachment, in: whole),
                stated: attachment.mediaType
            )
        }
    }

    private func opened(_ bytes: [UInt8], stated: String?) -> OpenedFile {
        OpenedFile(
            name: nil,
            mediaType: FileType.recognise(bytes[...]),
            statedMediaType: stated,
            bytes: bytes
        )
    }

    private var missing: AccessError {
        AccessError("file-missing", "it did not come along, or is kept where the row says")
    }

    private static func attachments(_ content: EntryContent) -> [Attachment] {
        switch content {
        case .clinicalDocument(let document): document.attachments
        case .referral(let referral): referral.letter.attachments
        case .diagnosticReport(let report):
            report.observations.flatMap { $0.values.compactMap(\.attachment) }
        default: []
        }
    }
}
