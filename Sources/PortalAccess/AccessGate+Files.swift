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
        let chain = self.visible(record, under: policy).chains.first { $0.holds(entry) }
        guard let chain else {
            try deny(look, .openDocument, record, .withheld)
            throw AccessError.notFound
        }
        guard policy.permits(.openDocument, on: facts(chain)) else {
            try deny(look, .openDocument, record, .withheld)
            throw AccessError("not-permitted", "ask for a role that may open documents")
        }
        let rows = try RowReader(record).rows(chain).current.filter {
            $0.entry == entry && (version == nil || $0.version == version)
        }
        guard rows.count < 2 else {
            try deny(look, .openDocument, record, .nothingFound)
            throw AccessError("version-ambiguous", "two versions are current: name one")
        }
        guard let row = rows.first, number >= 1, number <= row.files.count else {
            try deny(look, .openDocument, record, .nothingFound)
            throw AccessError("file-unknown", "the row says which files it has")
        }
        var event = event(look, .openDocument, record, .permitted)
        event.entries = [row.entry.rawValue + "/" + row.version]
        event.detail = ["file": String(number)]
        event.overrideToken = policy.overridesInForce.first
        event.recordRevision = record.revision
        var file: OpenedFile
        do {
            file = try content(row, number, chain, record)
        } catch let error as AccessError {
            // Also a look that found nothing to open is a look.
            event.outcome = .nothingFound
            event.detail["refused"] = error.code
            try self.record(event)
            throw error
        }
        file.name = row.files[number - 1].name
        event.shownCount = 1
        return try release(file, event)
    }

    private func content(
        _ row: TimelineRow,
        _ number: Int,
        _ chain: ArrangedChain,
        _ record: ArrangedRecord
    ) throws -> OpenedFile {
        // Which of the record's documents says so: its files are the only ones that are given out.
        let document = try store.entries(of: record.cluster.members).first {
            chain.holds($0.id)
                && Self.contents($0.content).contains(row.fileContents[number - 1])
        }?.origin.document
        guard let document else { throw missing }
        switch row.fileContents[number - 1] {
        case .page(let page):
            guard let hash = page.received else { throw missing }
            guard page.stated == nil || page.stated == hash else {
                throw AccessError("file-differs", "ask the bureau for the page that was indexed")
            }
            return opened(try companion(hash, of: document), stated: nil)
        case .attachment(let attachment):
            guard attachment.chunks.isEmpty else {
                guard let whole = try store.document(document) else { throw missing }
                let bytes = try AttachmentContent.bytes(of: attachment, in: whole)
                return opened(bytes, stated: attachment.mediaType)
            }
            guard attachment.byteCount != nil, let hash = attachment.contentHash else {
                throw missing
            }
            return opened(try companion(hash, of: document), stated: attachment.mediaType)
        }
    }

    /// A file that came with a document, and no other that happens to be stored: an index may name
    /// the hash of anybody's.
    private func companion(_ hash: ContentHash, of document: ContentHash) throws -> [UInt8] {
        guard try store.companions(of: document).contains(hash),
            let bytes = try store.document(hash)
        else { throw missing }
        return bytes
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

    private static func contents(_ content: EntryContent) -> [RowFileContent] {
        switch content {
        case .clinicalDocument(let document): document.attachments.map { .attachment($0) }
        case .referral(let referral): referral.letter.attachments.map { .attachment($0) }
        case .scannedDocument(let scanned): scanned.pages.map { .page($0) }
        case .diagnosticReport(let report):
            report.observations.flatMap(\.values).compactMap(\.attachment)
                .map { .attachment($0) }
        default: []
        }
    }
}
