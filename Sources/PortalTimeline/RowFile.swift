package import PortalRecord

/// A file of a row, by the number under which it is opened.
public struct RowFile: Hashable, Sendable, Codable {
    /// Its number in the row, from one: attachments, files among the results, pages.
    public var number: Int
    /// Its title or name, where it has one.
    public var name: String?
    /// What it is, as stated; of a page, by its bytes.
    public var mediaType: String?
    /// The page's number, of scanned paper.
    public var page: Int?
    /// Whether it can be opened.
    public var state: State

    /// Whether a file can be opened.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Its content came.
        case here
        /// Only where it is kept is known, or it did not come along.
        case elsewhere = "kept elsewhere, or missing"
        /// What came is not the file that its index describes.
        case differs = "not the indexed file"
    }
}

/// What stands behind a file of a row.
package enum RowFileContent: Hashable, Sendable {
    case attachment(Attachment)
    case page(ScannedPage)
}

extension TimelineRow {
    /// Its files, in the order of their numbers.
    public var files: [RowFile] {
        fileContents.enumerated().map { index, content in
            switch content {
            case .attachment(let attachment):
                let isHere = !attachment.chunks.isEmpty || attachment.byteCount != nil
                return RowFile(
                    number: index + 1,
                    name: attachment.title ?? (isHere ? nil : attachment.location),
                    mediaType: attachment.mediaType,
                    page: nil,
                    state: isHere ? .here : .elsewhere
                )
            case .page(let page):
                let isIndexed = page.stated == nil || page.stated == page.received
                return RowFile(
                    number: index + 1,
                    name: page.file,
                    mediaType: page.mediaType,
                    page: page.number,
                    state: page.received == nil ? .elsewhere : isIndexed ? .here : .differs
                )
            }
        }
    }

    package var fileContents: [RowFileContent] {
        (attachments + values.flatMap(\.attachments)).map { .attachment($0) }
            + pages.map { .page($0) }
    }
}
