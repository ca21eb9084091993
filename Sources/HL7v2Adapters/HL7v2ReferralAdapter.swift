import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Referral letters, as HL7 v2 REF, and the answers to them, as RRI.
///
/// - Shape: `MSH [MSA] RF1 {PRD {CTD}} PID {NK1} {DG1} {AL1} {OBR {NTE} {OBX {NTE}}} [PV1 [PV2]] {NTE}`,
///   I12 (referral), I13 (changed), I14 (cancelled), v2.3 to v2.8. An answer adds
///   to the referral whose number it carries: it never takes the place of what the referrer wrote.
/// - Rule: HL7 v2.5.1 ch. 11 s. 11.5 and 11.8.
///
///       RF1|A^Accepted|A^ASAP|MED^Medical||O|R-1001^PRACTICE|20260301|||Chest pain on exertion
public struct HL7v2ReferralAdapter: SourceAdapter {
    /// `hl7v2-referral`.
    public static let name = "hl7v2-referral"
    /// `hl7v2`.
    public static let format = "hl7v2"

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says REF or RRI.
    public func recognises(_ document: SourceDocument) -> Bool {
        let type = HL7v2Header(document.bytes)?.type
        return type == "REF" || type == "RRI"
    }

    /// States a REF message as entries: the person, the referral, and the allergies, problems and
    /// contacts that it names.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `event-unsupported`,
    ///   `segment-missing` for a message without PID or RF1, and `patient-repeated` for one of
    ///   several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let event = try HL7v2Event(
            try HL7v2Reading(document),
            knows: ["I12", "I13", "I14"]
        )
        let person = try event.person()
        guard let rf1 = event.reading.segments(.rf1).first else {
            throw HL7v2Event.missing("RF1")
        }
        let assembly = ReferralAssembly(event, rf1)
        let referral = assembly.entry(about: person.subject)
        let statements = assembly.statements(about: person.subject, time: referral.statusTime)
        return event.report([person, referral] + statements, adapter: Self.name)
    }
}

/// Puts together what RF1 and the segments around it state.
struct ReferralAssembly {
    let event: HL7v2Event
    let rf1: Int
    private var reading: HL7v2Reading { event.reading }

    init(_ event: HL7v2Event, _ rf1: Int) {
        self.event = event
        self.rf1 = rf1
    }

    func entry(about subject: SourcePatient) -> RecordEntry {
        let noticed = reading.diagnostics.count
        let type = reading.first(rf1, 3).flatMap { reading.concept($0) }
        var letter = ClinicalDocument(type: type ?? CodeableConcept(text: "Referral letter"))
        letter.number = reading.entityIdentifier(reading.first(rf1, 6))
        var referral = Referral(letter: letter)
        referral.state = reading.text(rf1, 1)
        referral.urgency = reading.first(rf1, 2).flatMap { reading.concept($0) }
            .map(ReferralAssembly.urgency)
        referral.reason = reading.first(rf1, 10).flatMap { reading.concept($0) }
        let effective = reading.date(rf1, 7)
        let processed = reading.date(rf1, 9)
        referral.letter.other = reading.remaining(rf1, except: [1, 2, 3, 6, 7, 9, 10])
        // Its words and its code say more than the one word it becomes.
        referral.letter.other["RF1-2"] = reading.text(rf1, 2)
        let reasons = reading.repetitions(rf1, 10).dropFirst().compactMap { reading.text($0) }
        if !reasons.isEmpty {
            referral.letter.other["RF1-10"] = reasons.joined(separator: "; ")
        }
        people(&referral)
        let statuses = body(&referral)
        let before = reading.segments(.pv1) + reading.segments(.pv2)
        referral.letter.other.merge(reading.keep(before)) { first, _ in first }
        referral.letter.other.merge(reading.keep(reading.segments(.ctd))) { first, _ in first }
        if referral.letter.number == nil { reading.note("referral-number-missing", rf1, 6) }
        if isAnswer { answer(&referral) }
        var entry = event.entry(
            .referral(referral),
            key: event.key(referral.letter.number),
            about: subject,
            status: status(statuses),
            at: rf1
        )
        entry.effective = isAnswer ? processed ?? effective : effective
        entry.issued = processed
        entry.statusTime = reading.believable(
            processed ?? effective,
            messageTime: event.header.time,
            rf1,
            9
        )
        entry.participants = [referral.referrer, referral.addressee].compactMap { $0 }
        entry.findings += reading.diagnostics.dropFirst(noticed)
        return entry
    }

    /// Whether it answers a referral instead of making one.
    private var isAnswer: Bool { reading.peek(0, 9) == "RRI" }

    private func answer(_ referral: inout Referral) {
        referral.letter.relation = .appends
        referral.letter.parent = referral.letter.number
        referral.letter.other["MSH-9.2"] = event.event
        // An answer is dated by itself (RF1-9); when the referral was made is kept.
        referral.letter.other["RF1-7"] = reading.text(rf1, 7)
        let state = reading.first(rf1, 1).flatMap { reading.concept($0) }?.words
        let words = [event.event == "I14" ? "Cancelled" : nil, state].compactMap { $0 }
        if !words.isEmpty {
            referral.letter.sections.insert(
                DocumentSection(heading: "Answer", text: words.joined(separator: ": ")),
                at: 0
            )
        }
        for segment in reading.segments(.msa) {
            let said = reading.remaining(segment, except: [], prefix: reading.path(segment))
            referral.letter.other.merge(said) { first, _ in first }
        }
    }

    /// A part that is another person's takes the whole with it (SAFETY S10); one that is withdrawn
    /// leaves the referral standing.
    private func status(_ parts: [ResultStatus]) -> ResultStatus {
        if parts.contains(.wrongPatient) { return .wrongPatient }
        return switch isAnswer ? "I12" : event.event {
        case "I13": .amended
        case "I14": .withdrawn
        default: parts.contains { $0.isCorrection || $0.isRetraction } ? .corrected : .final
        }
    }

    /// The sender's own words where it has any, else those of HL7 table 0280.
    ///
    /// `A` and `S` are two degrees of haste. Routine is one word, however it is written.
    private static func urgency(_ priority: CodeableConcept) -> String {
        let own = priority.codings.lazy.compactMap(\.display).first
        if let own, own.lowercased() != "routine" { return own }
        return switch priority.firstCode?.uppercased() {
        case "R", "ROUTINE": "routine"
        case "A": own ?? "ASAP"
        case "S": own ?? "STAT"
        default: priority.words ?? ""
        }
    }

    /// Who refers (RP) and to whom (RT); others by their role.
    private func people(_ referral: inout Referral) {
        for segment in reading.segments(.prd) {
            let role = reading.first(segment, 1).flatMap { reading.concept($0) }
            let name = reading.names(segment, 2).first
            let number = reading.first(segment, 7).flatMap { reading.providerNumber($0) }
            let code = role?.firstCode?.uppercased()
            let words = code == "RP" ? "referrer" : code == "RT" ? "addressee" : role?.words
            let person = Practitioner(identifier: number, name: name, role: words ?? "provider")
            let place = reading.path(segment)
            if code == "RP", referral.referrer == nil {
                referral.referrer = person
            } else if code == "RT", referral.addressee == nil {
                referral.addressee = person
            } else {
                let parts = [number?.type, number?.system, number?.value, name?.spoken]
                let said = parts.compactMap { $0 }.joined(separator: " ")
                referral.letter.other[place] = person.role + ": " + said
            }
            if let role, role.codings.count > 1 || role.codings.first?.display != nil {
                referral.letter.other[place + "-1"] = reading.text(segment, 1)
            }
            let rest = reading.remaining(segment, except: [1, 2, 7], prefix: place)
            referral.letter.other.merge(rest) { first, _ in first }
        }
    }

    /// Text and files of the clinical part, heading by heading; and the status of each.
    private func body(_ referral: inout Referral) -> [ResultStatus] {
        var letter = referral.letter
        let orders = reading.segments(.obr)
        for segment in orders {
            reading.ignore(segment, 1, by: .setNumber)
            let rest = reading.remaining(segment, except: [1], prefix: reading.path(segment))
            letter.other.merge(rest) { first, _ in first }
        }
        var clinical = ObservationAssembly(reading, reportStatus: .final)
        let (observed, notes) = parts()
        clinical.read(observed)
        for observation in clinical.observations {
            DocumentAssembly.add(observation, to: &letter, isPart: true)
        }
        letter.sections += notes
        referral.letter = letter
        return clinical.observations.map(\.status)
    }

    /// What is observed, with its notes; and the notes on an order or the whole referral.
    private func parts() -> (observed: [Int], notes: [DocumentSection]) {
        var observed: [Int] = []
        var notes: [DocumentSection] = []
        var last = rf1
        for segment in (0..<reading.message.segmentCount).filter({ $0 > rf1 }) {
            let name = reading.message.name(segment)
            let before = reading.message.name(last)
            if name != .nte { last = segment }
            if name != .nte || before == .obx {
                observed.append(segment)
            } else if let text = reading.note(segment) {
                let order = before == .obr ? reading.concept(reading.first(last, 4)) : nil
                notes.append(DocumentSection(heading: order?.words, text: text))
            }
        }
        return (observed, notes)
    }

    /// Allergies, problems and contacts that the referral names, each as the referrer's statement.
    func statements(about subject: SourcePatient, time: PartialDate?) -> [RecordEntry] {
        var found: [RecordEntry] = []
        func add(_ content: EntryContent, _ key: BusinessKey, _ segment: Int) {
            var entry = event.entry(content, key: key, about: subject, at: segment)
            entry.statusTime = time
            found.append(entry)
        }
        for segment in reading.segments(.al1) {
            guard let allergy = reading.allergy(segment) else { continue }
            let key = BusinessKey(assigner: nil, value: allergy.code.identityText)
            add(.allergyIntolerance(allergy), key, segment)
        }
        for segment in reading.segments(.dg1) {
            guard let condition = reading.condition(segment) else { continue }
            let key = BusinessKey(
                assigner: nil,
                value: condition.code.identityText,
                part: condition.category
            )
            add(.condition(condition), key, segment)
        }
        for segment in reading.segments(.pr1) {
            guard let procedure = reading.procedure(segment) else { continue }
            let key = BusinessKey(
                assigner: nil,
                value: procedure.code.identityText,
                part: procedure.performed?.description
            )
            add(.procedure(procedure), key, segment)
            found[found.count - 1].effective = procedure.performed
            found[found.count - 1].participants = reading.surgeons(segment)
        }
        for segment in reading.segments(.nk1) {
            guard let contact = reading.relatedPerson(segment) else { continue }
            let key = BusinessKey(
                assigner: nil,
                value: contact.names.first?.spoken ?? contact.telecoms.first ?? "",
                part: contact.relationship?.firstCode
            )
            add(.relatedPerson(contact), key, segment)
        }
        return found
    }
}
