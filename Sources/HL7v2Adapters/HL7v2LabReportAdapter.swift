import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Laboratory results, as HL7 v2 ORU.
///
/// - Shape: `MSH {PID [PD1] [NTE] [PV1 [PV2]] {[ORC] OBR [NTE] {OBX [NTE]} {SPM}}}`, v2.2 to v2.8.
///   Each order group (OBR) becomes one diagnostic report; its observations are versioned one by
///   one (SAFETY S5).
/// - Rule: HL7 v2.5.1 ch. 7 s. 7.3.1.
///
///       OBR|1|ORD1^WARD|26B000123^LAB|FBC^Full blood count^L|||20260302081500|||||||…|||F
public struct HL7v2LabReportAdapter: SourceAdapter {
    /// `hl7v2-lab-report`.
    public static let name = "hl7v2-lab-report"
    /// `hl7v2`.
    public static let format = "hl7v2"

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says ORU or OUL.
    public func recognises(_ document: SourceDocument) -> Bool {
        let type = HL7v2Header(document.bytes)?.type
        return type == "ORU" || type == "OUL"
    }

    /// States an ORU message as entries.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, and `segment-missing` for
    ///   a message without PID, or with neither OBR nor OBX.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try HL7v2Reading(document)
        var assembly = LabReportAssembly(reading)
        try assembly.read()
        return assembly.report(adapter: Self.name)
    }
}
