import EDIFACTSyntax
public import PortalIntake
import PortalRecord

/// Radiology reports, as EDIFACT NHSRSR of the NHS.
///
/// - Shape: `UNH BGM DTM {party} {S02} UNT`, where
///
///   | group | holds |
///   |---|---|
///   | party, without a trigger | `NAD [SEQ] SPR`: PO who asked, SRA who reports, RRP a radiologist |
///   | S02 | a service report: `RFF+SRI DTM+ISR` |
///   | S05, 1 | the patient: `PNA [RFF+RPI] [ADR] [DTM+329] [PDI]` |
///   | S10, 1 or more | an examination: `INV+RS` |
///   | S11, 1 in S10 | its report: `STS DTM+AIC DTM+RIV DTM+VIV {FTX+RIT} {REL RFF+AHL}` |
///
///   Each examination becomes one diagnostic report with its words as one observation. REL says
///   which radiologist reported (RA) and which verified (VR), by the number in SEQ.
/// - Rule: NHSRSR:D:1:NH:NHS002 (DOMAIN 6a). NHS002 of MEDRPT is another message.
///
///       UNH+1+NHSRSR:D:1:NH:NHS002'
public struct EDIFACTRadiologyReportAdapter: SourceAdapter {
    /// `edifact-radiology-report`.
    public static let name = "edifact-radiology-report"
    /// `edifact`.
    public static let format = "edifact"

    /// Builds the adapter.
    public init() {}

    /// Whether UNH says NHSRSR:D:1:NH:NHS002.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let type = EDIFACTHeader.type(of: document) else { return false }
        return type.type == "NHSRSR" && type.version == "D" && type.release == "1"
            && type.agency == "NH" && type.association == "NHS002"
    }

    /// States a NHSRSR message as entries.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, and `segment-missing` for
    ///   a message without PNA, or without any examination.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var assembly = ReportAssembly(try EDIFACTReading(document), .radiology)
        try assembly.read()
        return assembly.report(adapter: Self.name)
    }
}
