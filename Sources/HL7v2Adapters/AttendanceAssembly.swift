import HL7v2Syntax
import PortalIntake
import PortalRecord

/// Puts together what one ADT message states.
struct AttendanceAssembly {
    let reading: HL7v2Reading
    let event: String
    let header: (messageID: String?, time: PartialDate?, facility: String?, sender: String?)
    /// When the sender wrote it down (EVN-2), and when it happened (EVN-6).
    var recorded: PartialDate?
    var occurred: PartialDate?
    /// Times that count as missing (SAFETY S6), as written, by field.
    private var unbelievable: [String: String] = [:]
    var entries: [RecordEntry] = []
    var mergeEvents: [MergeEvent] = []

    init(_ reading: HL7v2Reading, event: String) throws(IntakeError) {
        self.reading = reading
        self.event = event
        header = reading.header()
        let evn = (0..<reading.message.segmentCount).first { reading.message.name($0) == .evn }
        if let evn {
            recorded = time(evn, 2)
            occurred = time(evn, 6)
            reading.ignore(evn, 1, by: .repeated)
        } else {
            reading.note("segment-missing", at: "EVN")
        }
    }

    /// A time of the event, kept aside as written where it is not to be believed.
    private mutating func time(_ evn: Int, _ field: Int) -> PartialDate? {
        guard let stated = reading.date(evn, field) else { return nil }
        let believed = reading.believable(stated, messageTime: header.time, evn, field)
        if believed == nil { unbelievable["EVN-" + String(field)] = stated.description }
        return believed
    }

    /// One person's segments: PID and what follows up to the next PID.
    private struct Group {
        var pid: Int
        var others: [Int] = []

        func all(_ name: HL7v2SegmentName, in message: HL7v2Message) -> [Int] {
            others.filter { message.name($0) == name }
        }
    }

    mutating func readGroups() throws(IntakeError) {
        var groups: [Group] = []
        for index in 1..<max(reading.message.segmentCount, 1) {
            if reading.message.name(index) == .pid {
                groups.append(Group(pid: index))
            } else if !groups.isEmpty {
                groups[groups.count - 1].others.append(index)
            }
        }
        guard !groups.isEmpty else { throw missing("PID") }
        for group in groups { try read(group) }
        if event == "A24" { pair(groups, .merge) }
        if event == "A37" { pair(groups, .unlink) }
    }

    private func missing(_ segment: String) -> IntakeError {
        IntakeError(
            code: "segment-missing",
            location: segment,
            remedy: "ask the sender for the whole message, then drive it again"
        )
    }

    private mutating func read(_ group: Group) throws(IntakeError) {
        let message = reading.message
        let pd1 = group.all(.pd1, in: message).first
        var statement = reading.patient(group.pid, pd1: pd1)
        statement.other.merge(unbelievable) { first, _ in first }
        if HL7v2AttendanceAdapter.personEvents.contains(event) {
            statement.other["MSH-9.2"] = event
        }
        let subject = reading.document.subject(statement)
        let place = entries.count
        let mrg = group.all(.mrg, in: message)
        if HL7v2AttendanceAdapter.mergeEvents.contains(event) {
            guard !mrg.isEmpty else { throw missing("MRG") }
            for segment in mrg { merge(segment, &statement, subject) }
        } else if !mrg.isEmpty {
            statement.other.merge(reading.keep(mrg)) { first, _ in first }
        }
        if HL7v2AttendanceAdapter.moveEvents.contains(event) {
            move(mrg, to: statement, subject, group.pid)
        }
        var visit: BusinessKey?
        if let pv1 = group.all(.pv1, in: message).first {
            visit = movement(pv1, group.all(.pv2, in: message).first, subject, &statement)
        } else if HL7v2AttendanceAdapter.visitEvents.contains(event) {
            throw missing("PV1")
        }
        add(
            .patient(statement),
            key: .init(assigner: nil, value: subject.base),
            subject,
            group.pid,
            effective: occurred
        )
        // The person stands before what is said of them.
        entries.insert(entries.removeLast(), at: place)
        statements(group, subject, visit)
        let labels = reading.visitLabels(group.others)
        for index in place..<entries.count { entries[index].protect(labels) }
    }

    // MARK: Identity

    /// A24 links the people of its two PIDs, and A37 undoes that.
    private mutating func pair(_ groups: [Group], _ effect: MergeEvent.Effect) {
        let people = entries.filter { $0.kind == .patient }
        guard groups.count == 2, people.count == 2,
            let one = number(people[0].subject), let two = number(people[1].subject), one != two
        else {
            reading.note("surviving-identifier-missing", at: "PID")
            return
        }
        mergeEvents.append(
            MergeEvent(
                event: event,
                effect: effect,
                prior: two,
                surviving: one,
                subject: people[0].subject,
                occurred: occurred ?? recorded,
                origin: reading.reference(groups[1].pid)
            )
        )
    }

    private func number(_ subject: SourcePatient) -> Identifier? {
        subject.system.map { Identifier(system: $0, value: subject.value) }
    }

    private mutating func merge(
        _ segment: Int,
        _ statement: inout PatientStatement,
        _ subject: SourcePatient
    ) {
        let prior = reading.repetitions(segment, 1).compactMap { reading.identifier($0) }
        if prior.isEmpty { reading.note("prior-identifier-missing", segment, 1) }
        let known = mergeEvents.count
        for identifier in prior {
            guard let system = identifier.system, !Placeholder.isIdentifier(identifier.value)
            else {
                reading.note("identifier-without-assigner", segment, 1)
                continue
            }
            let surviving =
                statement.identifiers.first { $0.system == system }
                ?? statement.identifiers.first { $0.system == subject.system && $0.system != nil }
            guard let surviving else {
                reading.note("surviving-identifier-missing", segment, 1)
                continue
            }
            if surviving.system == identifier.system, surviving.value == identifier.value {
                reading.note("merge-with-itself", segment, 1)
                continue
            }
            mergeEvents.append(
                MergeEvent(
                    event: event,
                    prior: identifier,
                    surviving: surviving,
                    subject: subject,
                    occurred: occurred ?? recorded,
                    origin: reading.reference(segment)
                )
            )
        }
        // What links nothing is kept and shown all the same (SAFETY S1).
        if mergeEvents.count - known < prior.count {
            statement.other[reading.path(segment) + "-1"] = reading.text(segment, 1)
        }
    }

    /// What was filed under MRG-1 is the person's of PID: for somebody to put right.
    ///
    /// Where both are the same person only a visit's or an account's number changed.
    private mutating func move(
        _ mrg: [Int],
        to statement: PatientStatement,
        _ subject: SourcePatient,
        _ pid: Int
    ) {
        let known = mergeEvents.count
        for segment in mrg {
            for prior in reading.repetitions(segment, 1).compactMap({ reading.identifier($0) }) {
                guard let system = prior.system, !Placeholder.isIdentifier(prior.value),
                    let now = statement.identifiers.first(where: { $0.system == system }),
                    now.value != prior.value
                else { continue }
                mergeEvents.append(
                    MergeEvent(
                        event: event,
                        effect: .move,
                        prior: prior,
                        surviving: now,
                        subject: subject,
                        occurred: occurred ?? recorded,
                        origin: reading.reference(segment)
                    )
                )
            }
        }
        if mergeEvents.count == known { reading.note("identity-event-for-review", pid, 3) }
    }

    // MARK: The visit

    private mutating func movement(
        _ pv1: Int,
        _ pv2: Int?,
        _ subject: SourcePatient,
        _ statement: inout PatientStatement
    ) -> BusinessKey? {
        let visitNumber = reading.first(pv1, 19).flatMap { reading.identifier($0) }
        guard HL7v2AttendanceAdapter.visitEvents.contains(event) || visitNumber != nil else {
            // Of no visit: what stands there is kept with the person.
            for segment in [pv1, pv2].compactMap({ $0 }) {
                reading.ignore(segment, 1, by: .setNumber)
                let taken: FieldNumbers = segment == pv1 ? [1] : []
                let rest = reading.remaining(segment, except: taken)
                statement.other.merge(rest) { first, _ in first }
            }
            return nil
        }
        let noticed = reading.diagnostics.count
        var movement = EncounterMovement(event: event)
        movement.occurred = occurred ?? recorded
        reading.ignore(pv1, 1, by: .setNumber)
        movement.patientClass = reading.text(pv1, 2)
        movement.location = reading.location(reading.first(pv1, 3))
        movement.priorLocation = reading.location(reading.first(pv1, 6))
        movement.service = reading.text(pv1, 10)
        movement.admitted = reading.date(pv1, 44)
        movement.discharged = reading.date(pv1, 45)
        var participants: [Practitioner] = []
        for (field, role) in [
            (7, "attending"), (8, "referring"), (9, "consulting"), (17, "admitting"),
        ] {
            participants += reading.practitioners(pv1, field, role: role)
        }
        movement.other = reading.remaining(
            pv1,
            except: [1, 2, 3, 6, 7, 8, 9, 10, 17, 19, 44, 45]
        )
        if let type = visitNumber?.type { movement.other["PV1-19.5"] = type }
        clear(pv1, &movement)
        if let pv2 { details(pv2, &movement) }
        if visitNumber == nil { reading.note("visit-number-missing", pv1, 19) }
        let key = BusinessKey(
            assigner: visitNumber?.system,
            value: visitNumber?.value ?? reading.document.hash.hex,
            isAssigned: visitNumber != nil
        )
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .encounter(movement),
            key: key,
            subject: subject,
            status: .final,
            origin: reading.reference(pv1)
        )
        entry.effective = movement.admitted ?? movement.expected ?? movement.occurred
        entry.recorded = recorded
        entry.statusTime = movement.occurred
        entry.participants = participants
        entry.organisation = header.facility
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        entries.append(entry)
        return key
    }

    private func clear(_ pv1: Int, _ movement: inout EncounterMovement) {
        let named = [
            3: "location", 6: "priorLocation", 7: "attending", 10: "service", 44: "admitted",
            45: "discharged",
        ]
        for number in 1...max(reading.message.fieldCount(pv1), 1)
        where reading.isNull(pv1, number) {
            movement.cleared.append(named[number] ?? "PV1-" + String(number))
            if let range = reading.message.field(pv1, number) { reading.ledger.map(range) }
        }
    }

    private func details(_ pv2: Int, _ movement: inout EncounterMovement) {
        movement.reason = reading.first(pv2, 3).flatMap { reading.concept($0) }
        movement.expected = reading.date(pv2, 8)
        for (field, name) in [(3, "reason"), (8, "expected")] where reading.isNull(pv2, field) {
            movement.cleared.append(name)
            if let range = reading.message.field(pv2, field) { reading.ledger.map(range) }
        }
        movement.other.merge(reading.remaining(pv2, except: [3, 8])) { first, _ in first }
    }

    // MARK: Statements sent along

    private mutating func statements(
        _ group: Group,
        _ subject: SourcePatient,
        _ visit: BusinessKey?
    ) {
        let message = reading.message
        for segment in group.all(.al1, in: message) {
            guard let allergy = reading.allergy(segment) else { continue }
            let key = BusinessKey(assigner: nil, value: allergy.code.identityText)
            add(.allergyIntolerance(allergy), key: key, subject, segment)
        }
        for segment in group.all(.dg1, in: message) {
            guard let condition = reading.condition(segment) else { continue }
            let key = BusinessKey(
                assigner: visit?.assigner,
                value: (visit?.value ?? "") + "/" + condition.code.identityText,
                part: condition.category
            )
            add(.condition(condition), key: key, subject, segment, effective: condition.recorded)
        }
        for segment in group.all(.nk1, in: message) {
            guard let contact = reading.relatedPerson(segment) else { continue }
            let key = BusinessKey(
                assigner: nil,
                value: contact.names.first?.spoken ?? contact.telecoms.first ?? "",
                part: contact.relationship?.firstCode
            )
            add(.relatedPerson(contact), key: key, subject, segment)
        }
        for segment in group.all(.pr1, in: message) {
            guard let procedure = reading.procedure(segment) else { continue }
            let key = BusinessKey(
                assigner: visit?.assigner,
                value: (visit?.value ?? "") + "/" + procedure.code.identityText,
                part: procedure.performed?.description
            )
            add(.procedure(procedure), key: key, subject, segment, effective: procedure.performed)
            entries[entries.count - 1].participants = reading.surgeons(segment)
        }
        observations(group, subject)
    }

    /// Observations sent with a movement are kept as one report of their own.
    private mutating func observations(_ group: Group, _ subject: SourcePatient) {
        let segments = group.others.filter {
            reading.message.name($0) == .obx || reading.message.name($0) == .nte
        }
        guard segments.contains(where: { reading.message.name($0) == .obx }) else { return }
        var report = DiagnosticReport(
            code: CodeableConcept(text: "Observations sent with the attendance")
        )
        var builder = ObservationAssembly(reading, reportStatus: .final)
        builder.read(segments)
        report.observations = builder.observations
        report.notes = builder.notes
        guard let first = segments.first else { return }
        let key = BusinessKey(
            assigner: nil,
            value: reading.document.hash.hex + "/" + subject.id.rawValue,
            isAssigned: false
        )
        add(.diagnosticReport(report), key: key, subject, first, effective: occurred ?? recorded)
    }

    private mutating func add(
        _ content: EntryContent,
        key: BusinessKey,
        _ subject: SourcePatient,
        _ segment: Int,
        effective: PartialDate? = nil
    ) {
        var entry = RecordEntry(
            source: reading.document.silo,
            content: content,
            key: key,
            subject: subject,
            status: .final,
            origin: reading.reference(segment)
        )
        entry.effective = effective
        entry.recorded = recorded
        // Demographics and the statements beside them are ordered by EVN-2 (SAFETY S8).
        entry.statusTime = recorded
        entry.organisation = header.facility
        entries.append(entry)
    }

    func report(adapter: String) -> IntakeReport {
        var entries = entries
        reading.keepLeft(in: &entries)
        var report = IntakeReport(adapter: adapter, ledger: reading.finishLedger())
        report.messageID = header.messageID
        report.messageTime = header.time
        report.sender = header.sender
        report.entries = entries
        report.mergeEvents = mergeEvents
        report.diagnostics = reading.diagnostics
        return report
    }
}
