/// A letter, note or report that is a document of its own: clinic letter, discharge letter.
///
/// - Rule: FHIR R4 `DocumentReference` and `Composition`; HL7 v2.5.1 ch. 9 (TXA).
public struct ClinicalDocument: Hashable, Sendable, Codable {
    /// The title as its sender gives it.
    public var title: String?
    /// What kind of document, as coded: the profile maps it to an element of the first screen.
    public var type: CodeableConcept
    /// A finer kind, where the sender has one.
    public var subtype: CodeableConcept?
    /// The specialty that wrote it.
    public var specialty: CodeableConcept?
    /// The text, heading by heading, in the sender's order.
    public var sections: [DocumentSection]
    /// Files inside or behind the document.
    public var attachments: [Attachment]
    /// The sender's number for the document.
    public var number: Identifier?
    /// The number of the document that this one replaces or adds to.
    public var parent: Identifier?
    /// How it stands to its parent.
    public var relation: Relation?
    /// What the registry that keeps it calls it, beside its number: XDS `entryUUID`, FHIR `Type/id`.
    ///
    /// A later document may name its parent so.
    public var registryName: String?
    /// How far it is finished, as coded (HL7 table 0271).
    public var completion: String?
    /// Whether it may be used, as coded (HL7 table 0273).
    public var availability: String?
    /// Further fields by name, as written.
    public var other: [String: String]

    /// How a document stands to its parent.
    public enum Relation: String, Hashable, Sendable, Codable {
        /// It takes the parent's place (MDM T09/T10, XDS RPLC).
        case replaces
        /// It is shown with the parent (MDM T05/T06, XDS APND).
        case appends
    }

    /// Builds a document.
    public init(type: CodeableConcept) {
        self.type = type
        sections = []
        attachments = []
        other = [:]
    }

    /// Whether it says nothing but its status: no text, no file.
    public var isBare: Bool { sections.isEmpty && attachments.isEmpty }

    /// All its text, for a reader and for search.
    public var text: String {
        sections.map { section in
            section.heading.map { $0 + "\n" + section.text } ?? section.text
        }.joined(separator: "\n\n")
    }
}

/// A part of a document under one heading.
public struct DocumentSection: Hashable, Sendable, Codable {
    /// The heading; nil for text that stands under none.
    public var heading: String?
    /// The text, lines as sent.
    public var text: String

    /// Builds a section.
    public init(heading: String? = nil, text: String) {
        self.heading = heading
        self.text = text
    }
}

/// A request to another service to take over or share care.
///
/// - Rule: FHIR R4 `ServiceRequest` in its referral form; the headings are those of SIGN 31 and the
///   PRSB clinical referral standard (DOMAIN 2).
public struct Referral: Hashable, Sendable, Codable {
    /// The letter itself: headings, text, attachments, numbers.
    public var letter: ClinicalDocument
    /// `routine`, `urgent`, `urgent suspected cancer`, or the sender's own word.
    public var urgency: String?
    /// Why.
    public var reason: CodeableConcept?
    /// Who refers.
    public var referrer: Practitioner?
    /// To whom: a person, a service or a specialty.
    public var addressee: Practitioner?
    /// Medicines, as the referrer lists them.
    public var medicines: [String]
    /// Allergies and warnings, as the referrer lists them.
    public var allergies: [String]
    /// Transport, interpreter and the like.
    public var needs: [String]
    /// What became of it, as its sender codes it.
    public var state: String?

    /// Builds a referral.
    public init(letter: ClinicalDocument) {
        self.letter = letter
        medicines = []
        allergies = []
        needs = []
    }
}

/// An index entry of scanned paper: what the scan bureau says it made.
///
/// - Rule: DOMAIN 6e; BS 10008 (both sides, blanks, sequence, batch totals).
public struct ScannedDocument: Hashable, Sendable, Codable {
    /// The title as indexed.
    public var title: String?
    /// What kind of paper, as coded or named.
    public var type: CodeableConcept
    /// The specialty.
    public var specialty: CodeableConcept?
    /// The number of pages as indexed.
    public var pageCount: Int?
    /// The pages, in order of their numbers.
    public var pages: [ScannedPage]
    /// The batch that it was scanned in.
    public var batch: String?
    /// The number of the document that this one replaces or adds to.
    public var parent: Identifier?
    /// How it stands to its parent.
    public var relation: ClinicalDocument.Relation?
    /// What the registry that keeps it calls it, beside its number.
    public var registryName: String?
    /// Further columns by name, as written.
    public var other: [String: String]

    /// Builds an index entry.
    public init(type: CodeableConcept) {
        self.type = type
        pages = []
        other = [:]
    }

    /// What the index says, whichever of its page files came with it.
    public var withoutReceivedFiles: ScannedDocument {
        var bare = self
        for index in bare.pages.indices {
            bare.pages[index].received = nil
            bare.pages[index].mediaType = nil
        }
        return bare
    }
}

/// One side of a sheet.
public struct ScannedPage: Hashable, Sendable, Codable {
    /// Its number in the document, from one.
    public var number: Int
    /// `front` or `back`, where said.
    public var side: String?
    /// The file's name in the batch.
    public var file: String?
    /// The file's SHA-256 as indexed.
    public var stated: ContentHash?
    /// The file's SHA-256 as received; nil where the file is missing.
    public var received: ContentHash?
    /// What the file is, by its bytes, such as `image/tiff`.
    public var mediaType: String?
    /// Whether the bureau says that it is blank.
    public var isBlank: Bool

    /// Builds a page.
    public init(number: Int, file: String?) {
        self.number = number
        self.file = file
        isBlank = false
    }
}
