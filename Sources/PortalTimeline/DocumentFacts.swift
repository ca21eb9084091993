import PortalRecord

/// What merging must know of a document, whichever kind it is.
struct DocumentFacts {
    let what: String
    let headline: String
    let text: String
    let attachments: [Attachment]
    let pages: [ScannedPage]
    let relation: ClinicalDocument.Relation?
    let parent: Identifier?
    let registryName: String?
    /// What its sender says of its use.
    let availability: [Marker]
    let isBare: Bool
    /// Canonical bytes of what S5 calls content: text and attachments, not status, not time.
    let content: [UInt8]

    /// Whether a kind is one of documents: letters, referrals, scanned paper.
    static func isDocument(_ kind: EntryKind) -> Bool {
        kind == .clinicalDocument || kind == .referral || kind == .scannedDocument
    }

    init?(_ content: EntryContent) {
        switch content {
        case .clinicalDocument(let document):
            self.init(document, what: document.type.words ?? "Document", extra: [])
        case .referral(let referral):
            let headline = [referral.urgency, referral.reason?.words].compactMap { $0 }
                .joined(separator: ": ")
            self.init(
                referral.letter,
                what: DocumentFacts.what(referral),
                headline: headline,
                extra: [headline] + referral.medicines + referral.allergies + referral.needs
            )
        case .scannedDocument(let scanned): self.init(scanned)
        default: return nil
        }
    }

    /// A referral says that it is one: "Medical" alone might be anything.
    private static func what(_ referral: Referral) -> String {
        guard let words = referral.letter.type.words else { return "Referral letter" }
        return words.lowercased().contains("referral") ? words : "Referral: " + words
    }

    private init(_ scanned: ScannedDocument) {
        what = scanned.type.words ?? "Scanned paper"
        let count = scanned.pageCount ?? scanned.pages.count
        headline = (scanned.title ?? what) + ", \(count) page" + (count == 1 ? "" : "s")
        text = ""
        attachments = []
        pages = scanned.pages
        relation = scanned.relation
        parent = scanned.parent
        registryName = scanned.registryName
        availability = []
        isBare = scanned.pages.isEmpty && scanned.title == nil
        content = (try? CanonicalJSON.encode(scanned.withoutReceivedFiles)) ?? []
    }

    private init(
        _ document: ClinicalDocument,
        what: String,
        headline: String? = nil,
        extra: [String]
    ) {
        struct Content: Encodable {
            let title: String?
            let sections: [DocumentSection]
            let attachments: [Attachment]
            let extra: [String]
        }
        self.what = what
        text = document.text
        let first = document.sections.lazy.flatMap { $0.text.split(separator: "\n") }.first
        let fallback = document.title ?? first.map(String.init) ?? ""
        self.headline = headline?.isEmpty == false ? headline ?? fallback : fallback
        attachments = document.attachments
        pages = []
        relation = document.relation
        parent = document.parent
        registryName = document.registryName
        availability = DocumentFacts.availability(document)
        isBare = document.isBare && extra.isEmpty
        content =
            (try? CanonicalJSON.encode(
                Content(
                    title: document.title,
                    sections: document.sections,
                    attachments: document.attachments,
                    extra: extra + availability.map(\.rawValue)
                )
            )) ?? []
    }

    /// - Rule: HL7 v2.5.1 table 0273; CA, deleted, is a status (SAFETY S8).
    private static func availability(_ document: ClinicalDocument) -> [Marker] {
        switch document.availability?.uppercased() {
        case "OB": [.obsolete]
        case "UN": [.notForCare]
        default: []
        }
    }
}
