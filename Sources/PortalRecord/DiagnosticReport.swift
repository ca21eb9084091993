/// A report on one order group: what was asked and what was observed.
///
/// - Shape: one OBR with its OBX; observations in the sender's order.
public struct DiagnosticReport: Hashable, Sendable, Codable {
    /// What was asked, such as "Full blood count".
    public var code: CodeableConcept
    /// The laboratory's number.
    public var fillerNumber: Identifier?
    /// The requester's number.
    public var placerNumber: Identifier?
    /// The laboratory section, such as `HM` haematology (HL7 table 0074).
    public var section: String?
    /// When the specimen was taken.
    public var collected: PartialDate?
    /// When collection ended, where a period is stated.
    public var collectionEnd: PartialDate?
    /// When the specimen reached the laboratory.
    public var specimenReceived: PartialDate?
    /// When it was asked for.
    public var requested: PartialDate?
    /// The specimens.
    public var specimens: [Specimen]
    /// What the requester told the laboratory.
    public var clinicalInformation: String?
    /// Why it was asked for.
    public var reasons: [CodeableConcept]
    /// The observations, in the sender's order.
    public var observations: [Observation]
    /// Notes on the whole group.
    public var notes: [String]
    /// Whether this source sends all results each time, or only what changed.
    public var completeness: Completeness
    /// Further fields of the request, by name, as written.
    public var other: [String: String]

    /// Whether a repeat of the report holds all its results.
    ///
    /// - Rule: SAFETY S9.
    public enum Completeness: String, Hashable, Sendable, Codable {
        /// Every sending holds all results: what is missing was not repeated.
        case snapshot
        /// A sending holds only what is new or changed.
        case delta
    }

    /// Builds a report.
    public init(code: CodeableConcept) {
        self.code = code
        specimens = []
        reasons = []
        observations = []
        notes = []
        completeness = .snapshot
        other = [:]
    }
}

/// A specimen.
public struct Specimen: Hashable, Sendable, Codable {
    /// The specimen's number, where it has one.
    public var identifier: Identifier?
    /// What it is, such as "Blood".
    public var type: CodeableConcept?
    /// Where on the body it came from.
    public var site: CodeableConcept?
    /// How it was taken, its condition and the like, by name, as written.
    public var other: [String: String]

    /// Builds a specimen.
    public init(
        identifier: Identifier? = nil,
        type: CodeableConcept? = nil,
        site: CodeableConcept? = nil
    ) {
        self.identifier = identifier
        self.type = type
        self.site = site
        other = [:]
    }
}

/// One observation of a report.
public struct Observation: Hashable, Sendable, Codable {
    /// What was observed.
    public var code: CodeableConcept
    /// Tells apart observations with the same code, such as two isolates (OBX-4).
    public var subID: String?
    /// Tells apart repeats of code and sub-id within one report: 1 for the first.
    public var occurrence: Int
    /// The values, in the sender's order; empty where the field was absent or empty.
    public var values: [ObservationValue]
    /// Whether the sender cleared the value with HL7's `""`.
    public var isCleared: Bool
    /// The unit, as written.
    public var unit: CodeableConcept?
    /// The reference range, as written.
    public var referenceRange: String?
    /// Flags as the sender coded them, such as `H` (HL7 table 0078).
    public var flags: [String]
    /// The observation's own status.
    public var status: ResultStatus
    /// The status as the sender coded it; nil where it came from the report.
    public var statusCode: String?
    /// When it was observed.
    public var effective: PartialDate?
    /// When it was analysed.
    public var analysed: PartialDate?
    /// Who or what observed it: laboratory, observer, method, equipment, by name, as written.
    public var other: [String: String]
    /// Notes, in the sender's order.
    public var notes: [String]
    /// Where in the document it stands.
    public var origin: SourceRange

    /// Builds an observation.
    public init(code: CodeableConcept, status: ResultStatus, origin: SourceRange) {
        self.code = code
        self.status = status
        self.origin = origin
        occurrence = 1
        values = []
        isCleared = false
        flags = []
        other = [:]
        notes = []
    }
}

/// One value of an observation.
public struct ObservationValue: Hashable, Sendable {
    /// The sender's data type, such as `NM` or `FT` (HL7 table 0125).
    public var type: String
    /// The value as it is shown, comparator and digits as sent.
    public var text: String
    /// The number, where it is one.
    public var quantity: Quantity?
    /// The coding, where it is coded.
    public var concept: CodeableConcept?
    /// The date or time, where it is one.
    public var time: PartialDate?
    /// The attachment, where it is one.
    public var attachment: Attachment? {
        get { file.value }
        set { file = newValue.map { .some($0) } ?? .none }
    }

    /// Hardly any value is a file, and a file is large: it stands apart.
    private var file = File.none

    private indirect enum File: Hashable, Sendable {
        case none
        case some(Attachment)

        var value: Attachment? {
            switch self {
            case .none: nil
            case .some(let attachment): attachment
            }
        }
    }

    /// Builds a value.
    public init(type: String, text: String) {
        self.type = type
        self.text = text
    }
}

extension ObservationValue: Codable {
    private enum Key: String, CodingKey {
        case type, text, quantity, concept, time, attachment
    }

    /// Reads the members that ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError` where type or text is missing, or one is of another type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        type = try container.decode(String.self, forKey: .type)
        text = try container.decode(String.self, forKey: .text)
        quantity = try container.decodeIfPresent(Quantity.self, forKey: .quantity)
        concept = try container.decodeIfPresent(CodeableConcept.self, forKey: .concept)
        time = try container.decodeIfPresent(PartialDate.self, forKey: .time)
        attachment = try container.decodeIfPresent(Attachment.self, forKey: .attachment)
    }

    /// Writes a member for each part that there is.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(type, forKey: .type)
        try container.encode(text, forKey: .text)
        try container.encodeIfPresent(quantity, forKey: .quantity)
        try container.encodeIfPresent(concept, forKey: .concept)
        try container.encodeIfPresent(time, forKey: .time)
        try container.encodeIfPresent(attachment, forKey: .attachment)
    }
}

/// A document inside or behind a value.
public struct Attachment: Hashable, Sendable, Codable {
    /// The media type as stated, such as `application/pdf`.
    public var mediaType: String?
    /// Its title or file name, where it has one.
    public var title: String?
    /// How the content is encoded in the message, such as `Base64`.
    public var encoding: String?
    /// SHA-256 of the content as it stands in the message.
    public var contentHash: ContentHash?
    /// Bytes of the content as it stands in the message.
    public var byteCount: Int?
    /// Where the content stands in the message, chunk by chunk; empty for a pointer.
    public var chunks: [SourceRange]
    /// Where the content is kept, for a pointer.
    public var location: String?

    /// Builds an attachment.
    public init(mediaType: String? = nil, encoding: String? = nil, location: String? = nil) {
        self.mediaType = mediaType
        self.encoding = encoding
        self.location = location
        chunks = []
    }
}
