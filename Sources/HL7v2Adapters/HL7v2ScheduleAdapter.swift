import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Booked appointments, as HL7 v2 SIU.
///
/// - Shape: `MSH SCH {NTE} PID [PV1 [PV2]] {OBX} {DG1} {RGS {AIS} {AIG} {AIL} {AIP}}`, S12 to S26,
///   v2.3 to v2.8; a group appointment, which repeats PID, is held.
/// - Rule: HL7 v2.5.1 ch. 10. SIU has no time of its event: EVN where a sender adds it, else the
///   message's own time (MSH-7) orders what is said of one appointment, for there is no other.
///
///       SCH||A-77^PAS|||||CHK^Check-up|CLINIC|20|min|^^^202611301000^202611301020||||||||||||||Booked
public struct HL7v2ScheduleAdapter: SourceAdapter {
    /// `hl7v2-schedule`.
    public static let name = "hl7v2-schedule"
    /// `hl7v2`.
    public static let format = "hl7v2"

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says SIU.
    public func recognises(_ document: SourceDocument) -> Bool {
        HL7v2Header(document.bytes)?.type == "SIU"
    }

    /// States a SIU message as entries: the person and the appointment.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `event-unsupported`,
    ///   `segment-missing` for a message without PID or SCH, and `patient-repeated` for one of
    ///   several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let event = try HL7v2Event(
            try HL7v2Reading(document),
            knows: Set((12...26).map { "S" + String($0) })
        )
        let person = try event.person()
        guard let sch = event.reading.segments(.sch).first else {
            throw HL7v2Event.missing("SCH")
        }
        let booking = ScheduleAssembly(event, sch).entry(about: person.subject)
        return event.report([person, booking], adapter: Self.name)
    }
}

/// Puts together what SCH and the resources behind it state.
struct ScheduleAssembly {
    let event: HL7v2Event
    let sch: Int
    private var reading: HL7v2Reading { event.reading }

    /// Modified, and services or resources added, modified, cancelled, discontinued, deleted.
    private static let changes: Set<String> = ["S14", "S18", "S19", "S20", "S21", "S22"]

    init(_ event: HL7v2Event, _ sch: Int) {
        self.event = event
        self.sch = sch
    }

    func entry(about subject: SourcePatient) -> RecordEntry {
        let noticed = reading.diagnostics.count
        let placer = reading.entityIdentifier(reading.first(sch, 1))
        let filler = reading.entityIdentifier(reading.first(sch, 2))
        if filler == nil, placer == nil { reading.note("appointment-number-missing", sch, 2) }
        var appointment = Appointment(event: event.event, state: "")
        if filler != nil, let placer { appointment.other["SCH-1"] = placer.token }
        appointment.list = reading.document.dialect.list
        appointment.reason = reading.first(sch, 7).flatMap { reading.concept($0) }
        timing(&appointment)
        let code = reading.first(sch, 25).flatMap { reading.concept($0) }
        appointment.state = state(code?.firstCode)
        appointment.other["SCH-25"] = code.map { _ in reading.text(sch, 25) ?? "" }
        let rest = reading.remaining(sch, except: [1, 2, 7, 11, 25])
        appointment.other.merge(rest) { first, _ in first }
        let people = resources(&appointment)
        clear(&appointment)
        notes(&appointment)
        var entry = event.entry(
            .appointment(appointment),
            key: key(filler ?? placer),
            about: subject,
            at: sch
        )
        entry.effective = appointment.start
        entry.statusTime = event.occurred ?? event.recorded ?? event.header.time
        entry.participants = people
        entry.findings += reading.diagnostics.dropFirst(noticed)
        return entry
    }

    /// The appointment's number, and which one of a series it is.
    ///
    /// - Rule: HL7 v2.5.1 ch. 10 s. 10.6.1.3: SCH-3 tells the occurrences under one number apart.
    ///   The first is not told from an appointment that is no series: a cancellation that leaves
    ///   its number out still meets its booking.
    private func key(_ number: Identifier?) -> BusinessKey {
        var key = event.key(number)
        if key.isAssigned, let occurrence = reading.peek(sch, 3)?.trimmed.nonEmpty,
            occurrence != "1", !reading.isNull(sch, 3)
        {
            key.part = occurrence
        }
        return key
    }

    /// The state; empty where the event changes something else and SCH-25 says nothing (S25).
    private func state(_ code: String?) -> String {
        switch event.event {
        case "S15", "S16", "S17": return "cancelled"
        case "S26": return "did not attend"
        default: break
        }
        switch code?.uppercased() {
        case nil: return Self.changes.contains(event.event) ? "" : "booked"
        case "BOOKED", "PENDING", "OVERBOOK": return "booked"
        case "STARTED": return "arrived"
        case "COMPLETE": return "finished"
        case "CANCELLED", "CANCELED", "DELETED", "DC": return "cancelled"
        case "NOSHOW": return "did not attend"
        default: return code ?? "booked"
        }
    }

    /// What the sender takes back with `""` (SAFETY S25).
    private func clear(_ appointment: inout Appointment) {
        func take(_ names: [String], _ range: Range<Int>?) {
            guard let range, reading.isNull(range) else { return }
            appointment.cleared += names.filter { !appointment.cleared.contains($0) }
            reading.ledger.map(range)
        }
        take(["reason"], reading.message.field(sch, 7))
        take(["start", "end"], reading.message.field(sch, 11))
        let timing = reading.first(sch, 11).map {
            reading.message.split($0, by: reading.message.delimiters.component)
        }
        take(["start"], timing.flatMap { $0.count > 3 ? $0[3] : nil })
        take(["end"], timing.flatMap { $0.count > 4 ? $0[4] : nil })
        if appointment.service == nil {
            for segment in reading.segments(.ais) {
                take(["service"], reading.message.field(segment, 3))
            }
        }
        if appointment.location == nil {
            for segment in reading.segments(.ail) {
                take(["location"], reading.message.field(segment, 3))
            }
        }
    }

    /// SCH-11 (TQ), or TQ1: start and end.
    private func timing(_ appointment: inout Appointment) {
        guard let range = reading.first(sch, 11) else {
            // Version 2.5 has TQ1 in its place.
            for segment in reading.segments(.tq1) {
                appointment.start = appointment.start ?? reading.date(segment, 7)
                appointment.end = appointment.end ?? reading.date(segment, 8)
            }
            return
        }
        let parts = reading.message.split(range, by: reading.message.delimiters.component)
        func time(_ index: Int) -> PartialDate? {
            guard parts.count > index, !parts[index].isEmpty, !reading.isNull(parts[index]) else {
                return nil
            }
            let time = reading.date(parts[index])
            if time == nil { reading.note("date-unreadable", sch, 11) }
            return time
        }
        appointment.start = time(3)
        appointment.end = time(4)
        for (index, part) in parts.enumerated() where index != 3 && index != 4 {
            if let text = reading.text(part) {
                appointment.other["SCH-11." + String(index + 1)] = text
            }
        }
    }

    /// Services, places and people.
    private func resources(_ appointment: inout Appointment) -> [Practitioner] {
        var people: [Practitioner] = []
        var rest: [String: String] = [:]
        func keep(_ segment: Int, except taken: FieldNumbers) {
            let more = reading.remaining(segment, except: taken, prefix: reading.path(segment))
            rest.merge(more) { first, _ in first }
        }
        for segment in reading.segments(.ais) {
            reading.ignore(segment, 1, by: .setNumber)
            let service = reading.first(segment, 3).flatMap { reading.concept($0) }
            appointment.service = appointment.service ?? service?.words
            // As written too: its codes say more than its words.
            keep(segment, except: [1])
        }
        for segment in reading.segments(.ail) {
            reading.ignore(segment, 1, by: .setNumber)
            if appointment.location == nil {
                appointment.location = reading.location(reading.first(segment, 3))
                keep(segment, except: [1, 3])
            } else {
                keep(segment, except: [1])
            }
        }
        for segment in reading.segments(.aip) {
            reading.ignore(segment, 1, by: .setNumber)
            people += reading.practitioners(segment, 3, role: "seen by")
            keep(segment, except: [1, 3])
        }
        let others =
            reading.segments(.aig) + reading.segments(.rgs) + reading.segments(.tq1)
            + reading.segments(.pv1) + reading.segments(.pv2) + reading.segments(.dg1)
        rest.merge(reading.keep(others)) { first, _ in first }
        appointment.other.merge(rest) { first, _ in first }
        // Where neither SCH nor TQ1 states a start: when the first of its resources is wanted.
        for (name, field) in [(HL7v2SegmentName.ais, 4), (.ail, 6), (.aip, 6), (.aig, 8)]
        where appointment.start == nil {
            let stated = reading.segments(name).lazy.compactMap { reading.date($0, field) }
            appointment.start = stated.first
        }
        return people
    }

    private func notes(_ appointment: inout Appointment) {
        for segment in reading.segments(.nte) + reading.segments(.obx) {
            reading.ignore(segment, 1, by: .setNumber)
            let rest = reading.remaining(segment, except: [1], prefix: reading.path(segment))
            appointment.other.merge(rest) { first, _ in first }
        }
    }
}
