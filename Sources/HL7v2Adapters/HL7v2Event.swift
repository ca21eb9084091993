import HL7v2Syntax
import PortalIntake
import PortalRecord

/// What every message that is about one person says before it comes to the point: its header, its
/// event, the event's times and the person.
struct HL7v2Event {
    let reading: HL7v2Reading
    let event: String
    let header: (messageID: String?, time: PartialDate?, facility: String?, sender: String?)
    /// When the sender wrote it down (EVN-2), and when it happened (EVN-6), where that is to be
    /// believed (SAFETY S6).
    var recorded: PartialDate?
    var occurred: PartialDate?
    /// The same times as they are stated, by field.
    private var stated: [String: String] = [:]
    /// What was noticed of the times: it is of every entry that they date.
    private var doubts: [Diagnostic] = []

    /// Reads header and event.
    ///
    /// - Throws: ``IntakeError`` `event-unsupported` for an event that is not of the set; of some
    ///   messages the type alone says what they are, and the set is nil.
    init(_ reading: HL7v2Reading, knows events: Set<String>?) throws(IntakeError) {
        self.reading = reading
        header = reading.header()
        let evn = reading.segments(.evn).first
        let stated = reading.peek(0, 9, 2) ?? evn.flatMap { reading.peek($0, 1) } ?? ""
        event = stated.trimmed.capitals
        guard events?.contains(event) ?? true else {
            throw IntakeError(
                code: "event-unsupported",
                location: "MSH-9.2",
                remedy: "wait for an adapter that knows this event, then drive the message again"
            )
        }
        if let range = reading.first(0, 9), let part = reading.message.component(range, 2),
            !part.isEmpty, events != nil
        {
            // Where the type alone says what it is, the event is the interface's.
            reading.ledger.map(part)
        }
        if let evn {
            recorded = time(evn, 2)
            occurred = time(evn, 6)
            reading.ignore(evn, 1, by: .repeated)
        }
    }

    private mutating func time(_ evn: Int, _ field: Int) -> PartialDate? {
        guard let time = reading.date(evn, field) else { return nil }
        stated["EVN-" + String(field)] = time.description
        let noticed = reading.diagnostics.count
        let believed = reading.believable(time, messageTime: header.time, evn, field)
        doubts += reading.diagnostics.dropFirst(noticed)
        return believed
    }

    static func missing(_ segment: String) -> IntakeError {
        IntakeError(
            code: "segment-missing",
            location: segment,
            remedy: "ask the sender for the whole message, then drive it again"
        )
    }

    /// The person whom the message is about, as an entry.
    ///
    /// - Throws: ``IntakeError`` `segment-missing` where there is no PID, and `patient-repeated`
    ///   where there are several: whose the rest is would be a guess.
    func person() throws(IntakeError) -> RecordEntry {
        let people = reading.segments(.pid)
        guard let pid = people.first else { throw HL7v2Event.missing("PID") }
        guard people.count == 1 else {
            throw IntakeError(
                code: "patient-repeated",
                location: reading.path(people[1]),
                remedy: "ask the sender for a message for each person",
                offset: reading.message.range(people[1]).lowerBound
            )
        }
        var statement = reading.patient(pid, pd1: reading.segments(.pd1).first)
        // Times that serve no statement of their own are kept with the person.
        statement.other.merge(stated) { first, _ in first }
        let subject = reading.document.subject(statement)
        var entry = reading.document.person(statement, as: subject, origin: reading.reference(pid))
        entry.recorded = recorded
        entry.statusTime = recorded
        entry.findings = doubts
        entry.organisation = header.facility
        return entry
    }

    /// A statement about the person.
    func entry(
        _ content: EntryContent,
        key: BusinessKey,
        about subject: SourcePatient,
        status: ResultStatus = .final,
        at segment: Int
    ) -> RecordEntry {
        var entry = RecordEntry(
            source: reading.document.silo,
            content: content,
            key: key,
            subject: subject,
            status: status,
            origin: reading.reference(segment)
        )
        entry.recorded = recorded
        entry.organisation = header.facility
        entry.findings = doubts
        return entry
    }

    /// The sender's number, or the document in its stead.
    func key(_ number: Identifier?) -> BusinessKey {
        guard let number, !Placeholder.isIdentifier(number.value) else {
            return BusinessKey(
                assigner: nil,
                value: reading.document.hash.hex,
                isAssigned: false
            )
        }
        return BusinessKey(assigner: number.system, value: number.value)
    }

    func report(_ entries: [RecordEntry], adapter: String) -> IntakeReport {
        var entries = entries
        reading.keepLeft(in: &entries)
        var report = IntakeReport(adapter: adapter, ledger: reading.finishLedger())
        report.messageID = header.messageID
        report.messageTime = header.time
        report.sender = header.sender
        report.entries = entries
        let labels = reading.visitLabels(reading.segments(.pv1) + reading.segments(.pv2))
        for index in report.entries.indices { report.entries[index].protect(labels) }
        report.diagnostics = reading.diagnostics
        return report
    }
}

extension HL7v2Reading {
    /// The segments of a name, in order.
    func segments(_ name: HL7v2SegmentName) -> [Int] {
        (0..<message.segmentCount).filter { message.name($0) == name }
    }

    /// Everything of the segments that has no place of its own, by field name.
    func keep(_ segments: [Int]) -> [String: String] {
        // The first field of these says something: it is no set number.
        let unnumbered: [HL7v2SegmentName] = [
            .orc, .pv2, .ctd, .mrg, .rxo, .rxe, .rxr, .rxc, .rxd,
        ]
        var kept: [String: String] = [:]
        for segment in segments {
            let isNumbered = !unnumbered.contains(message.name(segment))
            if isNumbered { ignore(segment, 1, by: .setNumber) }
            let rest = remaining(segment, except: isNumbered ? [1] : [], prefix: path(segment))
            kept.merge(rest) { first, _ in first }
        }
        return kept
    }
}

extension HL7v2SegmentName {
    static let txa = HL7v2SegmentName("TXA")
    static let rf1 = HL7v2SegmentName("RF1")
    static let prd = HL7v2SegmentName("PRD")
    static let ctd = HL7v2SegmentName("CTD")
    static let sch = HL7v2SegmentName("SCH")
    static let tq1 = HL7v2SegmentName("TQ1")
    static let msa = HL7v2SegmentName("MSA")
    static let rxo = HL7v2SegmentName("RXO")
    static let rxe = HL7v2SegmentName("RXE")
    static let rxd = HL7v2SegmentName("RXD")
    static let rxr = HL7v2SegmentName("RXR")
    static let rxc = HL7v2SegmentName("RXC")
    static let rxa = HL7v2SegmentName("RXA")
    static let rgs = HL7v2SegmentName("RGS")
    static let ais = HL7v2SegmentName("AIS")
    static let aig = HL7v2SegmentName("AIG")
    static let ail = HL7v2SegmentName("AIL")
    static let aip = HL7v2SegmentName("AIP")
}
