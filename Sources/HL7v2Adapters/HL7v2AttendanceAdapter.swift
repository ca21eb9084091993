import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Attendances, demographics and identity from a patient administration system, as HL7 v2 ADT.
///
/// - Shape: A01 to A18, A21 to A47, A49 to A55 and A60 to A62 but A19 and A20, v2.2 to v2.8: PID, PD1, PV1, PV2, MRG, AL1, PR1,
///   DG1, NK1, and OBX sent along. A40 repeats PID, PD1 and MRG; A17, A24 and A37
///   have two people.
/// - Rule: HL7 v2.5.1 ch. 3; SAFETY S8 (movements ordered by EVN-6, else EVN-2), S2 (A40).
public struct HL7v2AttendanceAdapter: SourceAdapter {
    /// `hl7v2-attendance`.
    public static let name = "hl7v2-attendance"
    /// `hl7v2`.
    public static let format = "hl7v2"

    /// Events that state a movement of a visit, for which PV1 is required.
    static let visitEvents: Set<String> = [
        "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A09", "A10", "A11", "A12", "A13", "A14",
        "A15", "A16", "A17", "A21", "A22", "A23", "A25", "A26", "A27", "A32", "A33", "A38", "A52",
        "A53", "A54", "A55", "A61", "A62",
    ]

    /// Events that state who the person is.
    static let personEvents: Set<String> = Set(
        ["A08", "A24", "A28", "A29", "A31", "A35", "A37", "A60"]
    ).union(mergeEvents).union(moveEvents)

    /// Events by which a silo says that the numbers of PID-3 and MRG-1 are one person's.
    ///
    /// - Rule: HL7 v2.5.1 ch. 3 s. 3.6: merges of person, patient and identifier, and changes of an
    ///   identifier.
    static let mergeEvents: Set<String> = [
        "A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47",
    ]

    /// Events that move an account, a visit or a number to another person, or change such a number:
    /// no two people are one for it, so that somebody has to look.
    static let moveEvents: Set<String> = [
        "A41", "A42", "A43", "A44", "A45", "A49", "A50", "A51",
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says ADT.
    public func recognises(_ document: SourceDocument) -> Bool {
        HL7v2Header(document.bytes)?.type == "ADT"
    }

    /// States an ADT message as entries.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `event-unsupported`, and
    ///   `segment-missing` for a message without PID, an A40 without MRG or a movement without PV1.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try HL7v2Reading(document)
        let event = try event(reading)
        var assembly = try AttendanceAssembly(reading, event: event)
        try assembly.readGroups()
        return assembly.report(adapter: Self.name)
    }

    private func event(_ reading: HL7v2Reading) throws(IntakeError) -> String {
        let evn = (0..<reading.message.segmentCount).first { reading.message.name($0) == .evn }
        // MSH-9.2 rules; EVN-1 is the older place of the same code.
        let stated =
            reading.peek(0, 9, 2) ?? evn.flatMap { reading.peek($0, 1) } ?? ""
        let event = stated.uppercased().filter { $0 != " " }
        guard Self.visitEvents.contains(event) || Self.personEvents.contains(event) else {
            throw IntakeError(
                code: "event-unsupported",
                location: "MSH-9.2",
                remedy: "wait for an adapter that knows this event, then drive the message again"
            )
        }
        if let range = reading.first(0, 9), let part = reading.message.component(range, 2),
            !part.isEmpty
        {
            reading.ledger.map(part)
        }
        return event
    }
}

// Computed, so that each folds into a constant: a stored one is looked up behind a lock.
extension HL7v2SegmentName {
    static var evn: HL7v2SegmentName { HL7v2SegmentName("EVN") }
    static var pid: HL7v2SegmentName { HL7v2SegmentName("PID") }
    static var pd1: HL7v2SegmentName { HL7v2SegmentName("PD1") }
    static var pv1: HL7v2SegmentName { HL7v2SegmentName("PV1") }
    static var pv2: HL7v2SegmentName { HL7v2SegmentName("PV2") }
    static var mrg: HL7v2SegmentName { HL7v2SegmentName("MRG") }
    static var al1: HL7v2SegmentName { HL7v2SegmentName("AL1") }
    static var dg1: HL7v2SegmentName { HL7v2SegmentName("DG1") }
    static var pr1: HL7v2SegmentName { HL7v2SegmentName("PR1") }
    static var nk1: HL7v2SegmentName { HL7v2SegmentName("NK1") }
    static var obr: HL7v2SegmentName { HL7v2SegmentName("OBR") }
    static var obx: HL7v2SegmentName { HL7v2SegmentName("OBX") }
    static var orc: HL7v2SegmentName { HL7v2SegmentName("ORC") }
    static var nte: HL7v2SegmentName { HL7v2SegmentName("NTE") }
    static var spm: HL7v2SegmentName { HL7v2SegmentName("SPM") }
}
