import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Requests for tests and services, as HL7 v2 ORM, OML, OMG, OMI and their responses ORR and ORL.
///
/// - Shape: `MSH [PID [PV1 [PV2]] {AL1}] {ORC [TQ1] OBR {NTE} {DG1} {OBX} {SPM}}`, v2.2 to v2.8; of
///   requests without OBR (pharmacy, diet) what ORC says is kept.
/// - Rule: HL7 v2.5.1 ch. 4 s. 4.5 (ORC, OBR), tables 0119 (control) and 0038 (status).
///
///       ORC|NW|P-1^WARD|||||^^^20260302^^S||202603010900|||C1^Bruce^Morag
public struct HL7v2OrderAdapter: SourceAdapter {
    /// `hl7v2-order`.
    public static let name = "hl7v2-order"
    /// `hl7v2`.
    public static let format = "hl7v2"

    static let types: Set<String> = ["ORM", "OML", "OMG", "OMI", "ORR", "ORL", "ORG", "ORI"]

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 names an order or a response to one.
    public func recognises(_ document: SourceDocument) -> Bool {
        HL7v2Header(document.bytes).map { Self.types.contains($0.type) } ?? false
    }

    /// States an order message as entries: the person, each request, and the allergies sent along.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `segment-missing` for a
    ///   message without PID or ORC, and `patient-repeated` for one of several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let event = try HL7v2Event(try HL7v2Reading(document), knows: nil)
        let person = try event.person()
        let assembly = OrderAssembly(event)
        let requests = assembly.entries(about: person.subject)
        guard !requests.isEmpty else { throw HL7v2Event.missing("ORC") }
        return event.report([person] + requests, adapter: Self.name)
    }
}

/// Puts together what each ORC and the segments behind it ask for.
private struct OrderAssembly {
    let event: HL7v2Event
    private var reading: HL7v2Reading { event.reading }

    init(_ event: HL7v2Event) { self.event = event }

    /// One request: its ORC, its OBR, and what follows up to the next.
    private struct Group {
        var orc: Int?
        var obr: Int?
        var others: [Int] = []
    }

    func entries(about subject: SourcePatient) -> [RecordEntry] {
        var groups: [Group] = []
        var visit: [Int] = []
        var allergies: [Int] = []
        for segment in 1..<max(reading.message.segmentCount, 1) {
            switch reading.message.name(segment) {
            case .orc: groups.append(Group(orc: segment))
            case .obr:
                if groups.last.map({ $0.obr == nil }) ?? false {
                    groups[groups.count - 1].obr = segment
                } else {
                    // Several requests may stand under one ORC.
                    groups.append(Group(orc: nil, obr: segment))
                }
            case .pv1, .pv2: visit.append(segment)
            case .al1: allergies.append(segment)
            case .msa: for field in 1...8 { reading.ignore(segment, field, by: .routing) }
            case .pid, .pd1, .evn: continue
            default: if !groups.isEmpty { groups[groups.count - 1].others.append(segment) }
            }
        }
        let kept = reading.keep(visit)
        var found: [RecordEntry] = []
        for (number, group) in groups.enumerated() {
            found.append(entry(group, number, subject, kept))
        }
        for segment in allergies {
            guard let allergy = reading.allergy(segment) else { continue }
            let key = BusinessKey(assigner: nil, value: allergy.code.identityText)
            found.append(
                event.entry(.allergyIntolerance(allergy), key: key, about: subject, at: segment)
            )
        }
        return found
    }

    private func entry(
        _ group: Group,
        _ number: Int,
        _ subject: SourcePatient,
        _ visit: [String: String]
    ) -> RecordEntry {
        let noticed = reading.diagnostics.count
        let code = group.obr.flatMap { reading.first($0, 4) }.flatMap { reading.concept($0) }
        var request = ServiceRequest(code: code ?? CodeableConcept(), state: state(group.orc))
        var other = visit
        var people: [Practitioner] = []
        var statusTime: PartialDate?
        if let orc = group.orc {
            request.placerNumber = reading.entityIdentifier(reading.first(orc, 2))
            request.fillerNumber = reading.entityIdentifier(reading.first(orc, 3))
            let time = reading.date(orc, 9)
            request.requested = time
            statusTime = reading.believable(time, messageTime: event.header.time, orc, 9)
            people = reading.practitioners(orc, 12, role: "ordering")
            // As written: the words of the state are fewer than the codes.
            other["ORC-1"] = reading.text(orc, 1)
            other["ORC-5"] = reading.text(orc, 5)
            reading.keepRemaining(orc, except: [1, 2, 3, 5, 9, 12], in: &other)
        }
        if let obr = group.obr {
            reading.ignore(obr, 1, by: .setNumber)
            numbers(obr, &request)
            let asked = reading.date(obr, 6)
            let wanted = reading.date(obr, 7)
            request.wanted = wanted
            if let asked {
                if request.requested == nil { request.requested = asked }
                other["OBR-6"] = asked.description
            }
            request.priority = reading.text(obr, 5)
            if let words = reading.text(obr, 13) { request.notes.append(words) }
            request.reasons = reading.concepts(obr, 31)
            if people.isEmpty {
                people = reading.practitioners(obr, 16, role: "ordering")
            } else {
                reading.ignore(obr, 16, by: .repeated)
            }
            reading.keepRemaining(obr, except: [1, 2, 3, 4, 5, 6, 7, 13, 16, 31], in: &other)
        }
        answers(group, &request, &other)
        let place = group.orc ?? group.obr ?? 0
        var entry = event.entry(
            .serviceRequest(request),
            key: key(request, number),
            about: subject,
            at: place
        )
        entry.effective = request.requested
        entry.statusTime = statusTime ?? event.header.time
        entry.participants = people
        entry.other = other.isEmpty ? nil : other
        if let orc = group.orc, let label = reading.label(orc, 28) { entry.labels = [label] }
        entry.findings += reading.diagnostics.dropFirst(noticed)
        return entry
    }

    /// OBR's own numbers, where they are not the ones of ORC again.
    private func numbers(_ obr: Int, _ request: inout ServiceRequest) {
        if request.placerNumber == nil {
            request.placerNumber = reading.entityIdentifier(reading.first(obr, 2))
        } else {
            reading.ignore(obr, 2, by: .repeated)
        }
        if request.fillerNumber == nil {
            request.fillerNumber = reading.entityIdentifier(reading.first(obr, 3))
        } else {
            reading.ignore(obr, 3, by: .repeated)
        }
    }

    /// Diagnoses, notes and answers asked at the order, and segments of other kinds as written.
    private func answers(
        _ group: Group,
        _ request: inout ServiceRequest,
        _ other: inout [String: String]
    ) {
        let observed = group.others.filter {
            [.obx, .nte].contains(reading.message.name($0))
        }
        var body = ObservationAssembly(reading, reportStatus: .final)
        body.read(observed)
        request.notes += body.notes
        for observation in body.observations {
            let values = observation.values.map(\.text).joined(separator: " ")
            let unit = observation.unit?.words.map { " " + $0 } ?? ""
            request.notes.append((observation.code.words ?? "") + ": " + values + unit)
            request.notes += observation.notes
            let prefix = observation.origin.path
            for (name, value) in observation.other { other[prefix + " " + name] = value }
            other[prefix + " range"] = observation.referenceRange
            other[prefix + " status"] = observation.statusCode
            other[prefix + " sub-id"] = observation.subID
            other[prefix + " observed"] = observation.effective?.description
            if !observation.flags.isEmpty {
                other[prefix + " flags"] = observation.flags.joined(separator: " ")
            }
            other[prefix + " code"] = ObservationText.written(observation.code)
            other[prefix + " type"] = observation.values.first?.type
            // The words of a coded answer stand in the note, and its code here.
            let coded = observation.values.compactMap(\.concept).map(ObservationText.written)
            if !coded.isEmpty { other[prefix + " value"] = coded.joined(separator: "~") }
            let files = observation.values.compactMap(\.attachment?.contentHash?.hex)
            if !files.isEmpty { other[prefix + " file"] = files.joined(separator: " ") }
            if let unit = observation.unit {
                other[prefix + " unit"] = ObservationText.written(unit)
            }
        }
        for segment in group.others where reading.message.name(segment) == .dg1 {
            guard let condition = reading.condition(segment) else { continue }
            request.reasons.append(condition.code)
            let path = reading.path(segment)
            for (name, value) in condition.other { other[path + " " + name] = value }
            other[path + " date"] = condition.recorded?.description
            other[path + " category"] = condition.category
        }
        let rest = group.others.filter {
            [.tq1, .spm, .rxo, .rxe, .rxr, .rxc, .rxd].contains(reading.message.name($0))
        }
        if request.code == CodeableConcept(),
            let drug = rest.first(where: { [.rxo, .rxe].contains(reading.message.name($0)) })
        {
            let field = reading.message.name(drug) == .rxo ? 1 : 2
            request.code =
                reading.first(drug, field).flatMap { reading.concept($0) } ?? request.code
        }
        other.merge(reading.keep(rest)) { first, _ in first }
    }

    /// - Rule: HL7 tables 0119 and 0038.
    private func state(_ orc: Int?) -> String {
        guard let orc else { return "requested" }
        switch reading.peek(orc, 1)?.trimmed.capitals {
        case "CA", "OC", "CR", "DC", "OD", "DR": return "cancelled"
        case "HD", "OH", "HR": return "on hold"
        case "UA", "UC", "UD", "UH", "UX": return "could not be done as asked"
        default: break
        }
        switch reading.peek(orc, 5)?.trimmed.capitals {
        case "CA", "DC", "RP": return "cancelled"
        case "CM": return "completed"
        case "IP", "A", "SC": return "in progress"
        case "HD": return "on hold"
        case "ER": return "in error"
        default: return "requested"
        }
    }

    /// The requester's number and what was asked; the filler's where there is none.
    private func key(_ request: ServiceRequest, _ number: Int) -> BusinessKey {
        let part = request.code.identityText
        for (identifier, kind) in [(request.placerNumber, ""), (request.fillerNumber, "filler ")] {
            guard let identifier, !Placeholder.isIdentifier(identifier.value) else { continue }
            return BusinessKey(
                assigner: kind.isEmpty ? identifier.system : kind + (identifier.system ?? ""),
                value: identifier.value.trimmed,
                part: part
            )
        }
        return BusinessKey(
            assigner: nil,
            value: reading.document.hash.hex,
            part: part + "#" + String(number),
            isAssigned: false
        )
    }
}

/// A coded value with all its parts, as HL7 writes it.
enum ObservationText {
    static func written(_ concept: CodeableConcept) -> String {
        var parts = concept.codings.flatMap { [$0.code, $0.display, $0.system] }
            .map { $0 ?? "" }
        if let text = concept.text { parts.append(text) }
        while parts.last?.isEmpty == true { parts.removeLast() }
        return parts.joined(separator: "^")
    }
}
