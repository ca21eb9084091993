import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Letters and other documents, as HL7 v2 MDM.
///
/// - Shape: `MSH EVN PID [PV1] {[ORC] OBR} TXA {OBX {NTE}}`, T01 to T11, v2.2 to v2.8. Text (TX, FT,
///   ST) becomes sections, lines of one code under one heading; a file in one or several ED chunks,
///   or behind an RP pointer, becomes an attachment.
/// - Rule: HL7 v2.5.1 ch. 9; SAFETY S8: T01/T02 original, T03/T04 status change, T05/T06 addendum,
///   T07/T08 edit, T09/T10 replacement, T11 cancel.
///
///       TXA|1|DIS^Discharge letter|TX|20260306|C1^Bruce^Morag|20260306|20260306||||||L-77^GRI|||||AU
public struct HL7v2DocumentAdapter: SourceAdapter {
    /// `hl7v2-document`.
    public static let name = "hl7v2-document"
    /// `hl7v2`.
    public static let format = "hl7v2"

    static let events: Set<String> = Set((1...11).map { ($0 < 10 ? "T0" : "T") + String($0) })

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says MDM.
    public func recognises(_ document: SourceDocument) -> Bool {
        HL7v2Header(document.bytes)?.type == "MDM"
    }

    /// States an MDM message as entries: the person and the document.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `event-unsupported`,
    ///   `segment-missing` for a message without PID or TXA, and `patient-repeated` for one of
    ///   several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let event = try HL7v2Event(try HL7v2Reading(document), knows: Self.events)
        let person = try event.person()
        guard let txa = event.reading.segments(.txa).first else {
            throw HL7v2Event.missing("TXA")
        }
        let letter = DocumentAssembly(event, txa).entry(about: person.subject)
        return event.report([person, letter], adapter: Self.name)
    }
}

/// Puts together what TXA and the OBX behind it state.
struct DocumentAssembly {
    let event: HL7v2Event
    let txa: Int
    private var reading: HL7v2Reading { event.reading }

    /// Events that promise the words or the file, where their like announces them.
    private static let contentEvents: Set<String> = ["T02", "T04", "T06", "T08", "T10"]

    init(_ event: HL7v2Event, _ txa: Int) {
        self.event = event
        self.txa = txa
    }

    func entry(about subject: SourcePatient) -> RecordEntry {
        let noticed = reading.diagnostics.count
        let (document, statuses) = document()
        if document.number == nil { reading.note("document-number-missing", txa, 12) }
        var entry = event.entry(
            .clinicalDocument(document),
            key: event.key(document.number),
            about: subject,
            status: status(statuses, document),
            at: txa
        )
        entry.statusCode = document.completion
        if document.relation == .replaces, let parent = document.parent {
            entry.replaces = [parent.value]
        }
        times(&entry)
        for (field, role) in [
            (5, "activity"), (9, "author"), (10, "authenticator"), (11, "transcriptionist"),
            (22, "authenticated"), (23, "copied to"),
        ] {
            entry.participants += reading.practitioners(txa, field, role: role)
        }
        if let label = reading.label(txa, 18) { entry.labels = [label] }
        // As written too: two codes may mean one label.
        if let code = reading.text(txa, 18), case .clinicalDocument(var document) = entry.content {
            document.other["TXA-18"] = code
            entry.content = .clinicalDocument(document)
        }
        entry.findings += reading.diagnostics.dropFirst(noticed)
        return entry
    }

    private func document() -> (ClinicalDocument, [ResultStatus]) {
        let type = reading.first(txa, 2).flatMap { reading.concept($0) }
        var document = ClinicalDocument(type: type ?? CodeableConcept())
        document.other["MSH-9.2"] = event.event
        reading.ignore(txa, 1, by: .setNumber)
        document.number = reading.entityIdentifier(reading.first(txa, 12))
        document.parent = reading.entityIdentifier(reading.first(txa, 13))
        document.completion = reading.text(txa, 17)
        document.availability = reading.text(txa, 19)
        switch event.event {
        case "T05", "T06": document.relation = .appends
        case "T09", "T10": document.relation = .replaces
        default: break
        }
        if document.relation != nil, document.parent == nil {
            reading.note("parent-number-missing", txa, 13)
        }
        reading.keepRemaining(
            txa,
            except: [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 18, 19, 22, 23],
            in: &document.other
        )
        let before =
            reading.segments(.pv1) + reading.segments(.pv2) + reading.segments(.orc)
            + reading.segments(.obr) + reading.segments(.nte).filter { $0 < txa }
        document.other.merge(reading.keep(before)) { first, _ in first }
        var body = ObservationAssembly(reading, reportStatus: .final)
        body.read((0..<reading.message.segmentCount).filter { $0 > txa })
        if body.observations.isEmpty, Self.contentEvents.contains(event.event) {
            reading.note("content-missing", at: "OBX")
        }
        // A letter of which every part is withdrawn is withdrawn; its words stay its own.
        let isWhole = Self.isWithdrawn(body.observations.map(\.status))
        for observation in body.observations {
            Self.add(observation, to: &document, isPart: !isWhole)
        }
        for note in body.notes { document.sections.append(DocumentSection(text: note)) }
        return (document, body.observations.map(\.status))
    }

    /// Text becomes a section under the observation's name, a file an attachment.
    ///
    /// Of a part that is withdrawn while others stand, a section says so in place of its words,
    /// which stay among the further fields; of one that is emptied, that its sender emptied it.
    ///
    /// - Rule: SAFETY S8 (OBX-11 governs its observation), S9, S25.
    static func add(
        _ observation: Observation,
        to document: inout ClinicalDocument,
        isPart: Bool
    ) {
        if document.subtype == nil, observation.code != CodeableConcept() {
            document.subtype = observation.code
        }
        let isWithdrawn = isPart && observation.status.isRetraction
        var lines = removal(observation).map { [$0] } ?? []
        var types: [String] = []
        for value in observation.values {
            if !types.contains(value.type), value.type != "TX" { types.append(value.type) }
            if let attachment = value.attachment {
                if isWithdrawn {
                    lines.append(written(attachment))
                } else {
                    document.attachments.append(attachment)
                }
            } else {
                // A number without its unit is another number.
                let isText = value.type == "TX" || value.type == "FT"
                let unit = isText ? nil : observation.unit?.words
                lines.append([value.text, unit].compactMap { $0 }.joined(separator: " "))
            }
        }
        lines += observation.notes
        var rest = observation.other
        if isWithdrawn {
            rest["withdrawn"] = lines.joined(separator: "\n")
            lines = ["Withdrawn by the sender"]
        }
        if !lines.isEmpty {
            let heading = observation.code.words
            document.sections.append(
                DocumentSection(
                    heading: heading == document.type.words ? nil : heading,
                    text: lines.joined(separator: "\n")
                )
            )
        }
        if !types.isEmpty { rest["type"] = types.joined(separator: " ") }
        rest["unit"] = observation.unit.map(ObservationText.written)
        rest["range"] = observation.referenceRange
        rest["flags"] = observation.flags.isEmpty ? nil : observation.flags.joined(separator: " ")
        rest["status"] = observation.statusCode
        rest["sub-id"] = observation.subID
        rest["observed"] = observation.effective?.description
        rest["analysed"] = observation.analysed?.description
        if observation.code != document.subtype {
            rest["code"] = ObservationText.written(observation.code)
        }
        if observation.isCleared { rest["cleared"] = "yes" }
        for (name, value) in rest { document.other[observation.origin.path + " " + name] = value }
    }

    /// What a reader is told of a part whose value its sender took away and left nothing in place.
    private static func removal(_ observation: Observation) -> String? {
        let isCorrection = observation.status.isCorrection
        guard observation.values.isEmpty, observation.isCleared || isCorrection else { return nil }
        let type = observation.other["type"]
        let what = type == "ED" || type == "RP" ? "File" : "Text"
        return what + " removed by the sender" + (isCorrection ? "'s correction" : "")
    }

    /// What identifies a file that is not shown.
    private static func written(_ file: Attachment) -> String {
        [file.mediaType, file.location, file.encoding, file.contentHash?.hex].compactMap { $0 }
            .joined(separator: " ")
    }

    /// Whether all parts of a letter are taken back, so that nothing of it stands.
    private static func isWithdrawn(_ statuses: [ResultStatus]) -> Bool {
        !statuses.isEmpty && statuses.allSatisfy(\.isRetraction)
    }

    // MARK: Status and time

    private func status(
        _ statuses: [ResultStatus],
        _ document: ClinicalDocument
    ) -> ResultStatus {
        if statuses.contains(.wrongPatient) { return .wrongPatient }
        // Sites that differ say so: T03 may be a cancellation (SAFETY S8).
        if let status = reading.document.dialect.statuses[event.event] { return status }
        if event.event == "T11" || document.availability?.capitals == "CA"
            || Self.isWithdrawn(statuses)
        {
            return .withdrawn
        }
        let finished = completion(statuses)
        // An edit is of a document that need not be finished: only a finished one is corrected.
        let isEdit = event.event == "T07" || event.event == "T08"
        guard finished == .final else { return finished }
        if isEdit { return .amended }
        return statuses.contains { $0.isCorrection || $0.isRetraction } ? .corrected : .final
    }

    /// How far the document is finished.
    ///
    /// - Rule: HL7 v2.5.1 table 0271: authenticated and legally authenticated are final. Where TXA-17
    ///   says nothing, the least finished of the texts does (SAFETY S8).
    private func completion(_ statuses: [ResultStatus]) -> ResultStatus {
        guard let code = reading.peek(txa, 17)?.trimmed.nonEmpty else {
            let isFinal = statuses.allSatisfy { ($0.finality ?? .final) == .final }
            return isFinal ? .final : .preliminary
        }
        if let status = reading.document.dialect.statuses[code] { return status }
        switch code.capitals {
        case "AU", "LA": return .final
        case "DI", "IP", "IN", "DO", "PA": return .preliminary
        default:
            reading.note("status-unknown", txa, 17)
            return .unverified
        }
    }

    /// The document's own times (SAFETY S5): when it was edited, transcribed, originated; of a
    /// status change or cancellation, which state none, when the event happened, else when the
    /// document was signed.
    private func times(_ entry: inout RecordEntry) {
        let activity = reading.date(txa, 4)
        let originated = reading.date(txa, 6)
        let transcribed = reading.date(txa, 7)
        let authenticated = reading.first(txa, 22).flatMap { signed($0) }
        let edits = reading.repetitions(txa, 8).compactMap { reading.date($0) }
        entry.effective = activity ?? originated ?? transcribed
        entry.issued = transcribed ?? originated
        let happened = event.occurred ?? event.recorded
        // The time, and the field of TXA that it stands in: none for a time of the event.
        let times: [(PartialDate?, Int?)] =
            switch event.event {
            case "T03", "T04", "T11": [(happened, nil), (authenticated, 22)]
            case "T07", "T08": [(edits.last, 8), (happened, nil), (transcribed, 7)]
            default:
                [
                    (edits.last, 8), (transcribed, 7), (originated, 6), (activity, 4),
                    (happened, nil),
                ]
            }
        let (time, field) = times.first { $0.0 != nil } ?? (nil, nil)
        entry.statusTime =
            field.map { reading.believable(time, messageTime: event.header.time, txa, $0) } ?? time
        if case .clinicalDocument(var document) = entry.content {
            document.other["TXA-4"] = activity?.description
            document.other["TXA-6"] = originated?.description
            document.other["TXA-7"] = transcribed?.description
            document.other["TXA-22.15"] = authenticated?.description
            document.other["TXA-8"] =
                edits.isEmpty ? nil : edits.map(\.description).joined(separator: " ")
            entry.content = .clinicalDocument(document)
        }
    }

    /// When a person signed: the last component of PPN.
    private func signed(_ person: Range<Int>) -> PartialDate? {
        var parts = reading.components(person)
        parts.skip(14)
        return parts.next().flatMap { $0.isEmpty ? nil : reading.date($0) }
    }
}
