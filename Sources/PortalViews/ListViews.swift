public import PortalAccess
import PortalRecord
import PortalTimeline

/// The list of patients.
public enum PatientListView {
    /// The list as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ list: Released<[ListedPatient]>) throws -> String {
        try CanonicalJSON.text(list.value.map(Line.init))
    }

    /// The list as text: SURNAME, Forename · born · number · handle.
    public static func text(_ list: Released<[ListedPatient]>) -> String {
        list.value.map { patient in
            let banner = patient.banner
            let number = banner.identifiers.first { $0.nationalNumber != nil }?.value ?? "no number"
            let marks = patient.markers.map { " [" + $0.rawValue + "]" }.joined()
            return [
                banner.name?.banner ?? "NAME NOT KNOWN",
                "Born " + (banner.birthDate?.clinical ?? "not known"), number,
                patient.patient.rawValue + (banner.isDeceased ? " · DECEASED" : "") + marks,
            ].joined(separator: " · ")
        }.asLines()
    }

    private struct Line: Encodable {
        let patient: String
        let identifiers: [Number]
        let name: String?
        let birthDate: String?
        let deceased: Bool
        let members: [Member]
        let markers: [Marker]

        struct Number: Encodable {
            let system: String?
            let value: String
            let verified: Bool

            enum CodingKeys: String, CodingKey { case system, value, verified }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(system, forKey: .system)
                try container.encode(value, forKey: .value)
                try container.encode(verified, forKey: .verified)
            }
        }

        struct Member: Encodable {
            let source: String
            let identifier: String
            let patient: String
        }

        enum CodingKeys: String, CodingKey {
            case patient, identifiers, name, birthDate, deceased, members, markers
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(patient, forKey: .patient)
            try container.encode(identifiers, forKey: .identifiers)
            try container.encode(name, forKey: .name)
            try container.encode(birthDate, forKey: .birthDate)
            try container.encode(deceased, forKey: .deceased)
            try container.encode(members, forKey: .members)
            try container.encode(markers, forKey: .markers)
        }

        init(_ listed: ListedPatient) {
            patient = listed.patient.rawValue
            identifiers = listed.banner.identifiers.map {
                // A check digit that holds, and no word of the sender that it was not traced.
                let isTraced = $0.verification.map { $0 == "01" || $0 == "1" } ?? true
                return Number(
                    system: $0.system,
                    value: $0.value,
                    verified: $0.nationalNumber != nil && isTraced
                )
            }
            name = listed.banner.name?.banner
            birthDate = listed.banner.birthDate.map { $0.in(.unknown).description }
            deceased = listed.banner.isDeceased
            members = listed.members.map {
                Member(
                    source: $0.source,
                    identifier: $0.identifier,
                    patient: $0.patient.rawValue
                )
            }
            markers = listed.markers
        }
    }
}

/// The list of cases for review.
public enum ReviewListView {
    /// The list as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ list: Released<[ListedReview]>) throws -> String {
        try CanonicalJSON.text(list.value.map(Line.init))
    }

    /// The list as text, a case to a line.
    public static func text(_ list: Released<[ListedReview]>) -> String {
        if list.value.isEmpty { return "Nothing waits for a decision." }
        return list.value.map { line in
            line.opened.description + " · " + line.reviewCase.kind.rawValue + " · "
                + line.reviewCase.why.joined(separator: ", ") + " · " + line.reviewCase.id
        }.asLines()
    }

    private struct Line: Encodable {
        let `case`: String
        let kind: String
        let between: [ReviewCase.Side]
        let why: [String]
        let opened: Instant

        init(_ listed: ListedReview) {
            self.case = listed.reviewCase.id
            kind = listed.reviewCase.kind.rawValue
            between = listed.reviewCase.between
            why = listed.reviewCase.why
            opened = listed.opened
        }
    }
}

/// A case between two source patients, with the evidence.
public enum ReviewedPairView {
    /// The case as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no case of ours gives.
    public static func json(_ pair: Released<ReviewedPair>) throws -> String {
        try CanonicalJSON.text(Answer(pair.value))
    }

    /// The case as text: the two sides, why it was opened, the evidence term by term.
    public static func text(_ pair: Released<ReviewedPair>) -> String {
        let sides = pair.value.sides.map { side in
            [
                side.name.isEmpty ? "no name" : side.name,
                "born " + (side.birthDate?.clinical ?? "not known"),
                side.gender?.rawValue,
                side.identifiers.map(\.token).joined(separator: ", "),
                "from " + side.silos.joined(separator: ", "), side.patient.rawValue,
            ].compactMap { $0 }.joined(separator: " · ")
        }
        return (sides + [pair.value.reviewCase.why.first ?? ""]).asLines() + "\n"
            + pair.value.evidenceText
    }

    /// The evidence as a picture, without anything of either side.
    public static func svg(_ pair: Released<ReviewedPair>) -> String { pair.value.evidencePicture }

    private struct Answer: Encodable {
        let `case`: String
        let kind: String
        let why: [String]
        let sides: [Side]
        let terms: [ReviewedPair.Term]
        let percent: Int

        struct Side: Encodable {
            let patient: SourcePatientID
            let silos: [String]
            let name: String
            let birthDate: PartialDate?
            let gender: AdministrativeGender?
            let identifiers: [Identifier]
        }

        init(_ pair: ReviewedPair) {
            self.case = pair.reviewCase.id
            kind = pair.reviewCase.kind.rawValue
            why = pair.reviewCase.why
            sides = pair.sides.map {
                Side(
                    patient: $0.patient,
                    silos: $0.silos,
                    name: $0.name,
                    birthDate: $0.birthDate,
                    gender: $0.gender,
                    identifiers: $0.identifiers
                )
            }
            terms = pair.terms
            percent = pair.percent
        }
    }
}

/// The list of messages that wait.
public enum HeldListView {
    /// The list as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ list: Released<[WaitingDocument]>) throws -> String {
        try CanonicalJSON.text(list.value.map(Line.init))
    }

    /// The list as text, a message to a line.
    public static func text(_ list: Released<[WaitingDocument]>) -> String {
        if list.value.isEmpty { return "Nothing is held or rejected." }
        return list.value.map { line in
            [
                line.outcome, line.silo, line.code + " at " + line.location, line.remedy,
                "since " + line.since.description, line.owner, line.document.hex,
            ].joined(separator: " · ")
        }.asLines()
    }

    private struct Line: Encodable {
        let document: String
        let silo: String
        let outcome: String
        let code: String
        let location: String
        let remedy: String
        let since: Instant
        let owner: String

        init(_ held: WaitingDocument) {
            document = held.document.hex
            silo = held.silo
            outcome = held.outcome
            code = held.code
            location = held.location
            remedy = held.remedy
            since = held.since
            owner = held.owner
        }
    }
}
