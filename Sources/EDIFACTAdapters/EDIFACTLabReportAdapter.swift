import EDIFACTSyntax
public import PortalIntake
import PortalRecord

/// Laboratory and screening results, as EDIFACT MEDRPT of the NHS.
///
/// - Shape: `UNH BGM DTM {S01} {S02} UNT`, where
///
///   | group | holds |
///   |---|---|
///   | S01, 1 to 9 | a party: `NAD [ADR] [RFF] SPR` |
///   | S02, 1 or more | a service report: `GIS RFF+SRI STS DTM+ISR [FTX+SPC]`, then its subject |
///   | S06, 1 | the subject: `[RFF+SSI] [ADR]` |
///   | S07, 1 | the patient: `PNA [DTM+329] [PDI]` |
///   | S10, 0 or 1 | clinical information: `CIN {FTX+CID}` |
///   | S16, 0 or more | a specimen: `SEQ SPC+TSP [SPC+FS] [RFF+STI] [RFF+RTI] [QTY] [DTM+SCO] [DTM+SRI] {FTX+SPC}` |
///   | S18, 1 or more | a result, with or without its trigger: `GIS INV [SEQ] [RSL] [STS] {FTX} {RFF}` |
///   | S20, 0 or more in S18 | a reference range: `RND {FTX+RPD}` |
///
///   Each battery of a report becomes one diagnostic report, what is of no battery another; their
///   observations are versioned one by one (SAFETY S5). A battery is named by its number and not
///   nested in the message: RFF+ARL of a result names it.
/// - Rule: MEDRPT:0:1:RT of the NHS: NHS002 and NHS003 pathology, NHS004 bowel screening (DOMAIN
///   6a). NHS002 of NHSRSR is another message: type and association code are read together.
///
///       UNH+1+MEDRPT:0:1:RT:NHS003'
public struct EDIFACTLabReportAdapter: SourceAdapter {
    /// `edifact-lab-report`.
    public static let name = "edifact-lab-report"
    /// `edifact`.
    public static let format = "edifact"

    /// Builds the adapter.
    public init() {}

    /// Whether UNH says MEDRPT:0:1:RT and NHS002, NHS003 or NHS004.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let type = EDIFACTHeader.type(of: document) else { return false }
        return type.type == "MEDRPT" && type.version == "0" && type.release == "1"
            && type.agency == "RT" && ["NHS002", "NHS003", "NHS004"].contains(type.association)
    }

    /// States a MEDRPT message as entries.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, and `segment-missing` for
    ///   a message without PNA, or without any result.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var assembly = ReportAssembly(try EDIFACTReading(document), .pathology)
        try assembly.read()
        return assembly.report(adapter: Self.name)
    }
}
