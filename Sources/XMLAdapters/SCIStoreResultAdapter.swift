public import PortalIntake
import PortalRecord
import XMLSyntax

/// Laboratory reports in the manner of SCI Store, as XML.
///
/// - Shape: `InvestigationReport { ReportData PatientInformation [ReportAbnormal] {DocumentData} }`,
///   where `ReportData` holds one request and `ServiceResult`s with `SampleDetails` and
///   `TestResultSets`. The names follow the public service description of SCI Store; the shape, its
///   namespace and its schema `SCIStoreResult.xsd` are ours, as <doc:SCIStore> says. A report for
///   each test result set, with all its codings.
/// - Rule: DOMAIN 2 (SCI Store); SAFETY S5, S6, S8, S9.
///
///       <MeasurementNumeric><ArithmeticComparator>&lt;</ArithmeticComparator><Result>…</Result>
public struct SCIStoreResultAdapter: SourceAdapter {
    /// `sci-store-result`.
    public static let name = "sci-store-result"
    /// `xml`.
    public static let format = "xml"

    /// The namespace of the shape.
    public static let namespace = "urn:clinicalportal:sci-store-result:1"

    private static let root = XMLName(namespace: namespace, local: "InvestigationReport")

    /// Builds the adapter.
    public init() {}

    /// Whether the root is an `InvestigationReport` of our namespace.
    public func recognises(_ document: SourceDocument) -> Bool {
        XMLDocument.rootName(document.bytes) == Self.root
    }

    /// States a report as entries: the person, and a report for each test result set.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `root-unknown`, `element-missing` for one
    ///   without `ReportData` or `PatientInformation`, and `patient-repeated`.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try XMLReading(document)
        let root = try reading.root(Self.root)
        let parts: Set<String> = ["ReportData", "PatientInformation", "ReportAbnormal"]
        reading.strangers(in: root, besides: parts.union(["DocumentData"]), once: parts)
        let data = try reading.only("ReportData", of: root)
        let patient = try reading.only("PatientInformation", of: root)
        let header = SCIStoreReportHeader(reading, data)
        var assembly = SCIStoreReportAssembly(reading, header)
        let noticed = reading.diagnostics.count
        let person = header.person(SCIGatewayPatient(reading).statement(patient), at: patient)
        let ofPerson = Array(reading.diagnostics.dropFirst(noticed))
        assembly.read(data, root, about: person.subject)
        var report = IntakeReport(adapter: Self.name, ledger: reading.finishLedger())
        report.messageID = header.number?.value
        report.messageTime = header.created ?? header.issued
        report.sender = header.provider?.name
        report.entries = [person] + assembly.entries
        report.entries[0].findings = ofPerson
        report.diagnostics = reading.diagnosticsInOrder
        return report
    }
}

/// What a report says of all its test result sets.
struct SCIStoreReportHeader {
    let reading: XMLReading
    let number: Identifier?
    let version: Int?
    let issued: PartialDate?
    let created: PartialDate?
    /// The clock of its versions, where it is believable (SAFETY S6).
    let statusTime: PartialDate?
    let section: String?
    let provider: XMLReading.Organisation?
    let requester: Practitioner?
    let labels: Set<SecurityLabel>
    let other: [String: String]

    static let parts: Set<String> = [
        "ReportIdentifier", "ReportVersion", "ReportDate", "ReportTime", "Created", "Discipline",
        "SectionName", "ServiceProvider", "RequestingParty", "ServiceRequest",
    ]

    init(_ reading: XMLReading, _ data: XMLElement) {
        self.reading = reading
        reading.strangers(
            in: data,
            besides: Self.parts.union(["ConfidentialityStatus", "ServiceResult"]),
            once: Self.parts
        )
        var other: [String: String] = [:]
        let provider = reading.organisation(reading.child("ServiceProvider", of: data))
        self.provider = provider
        other["service provider code"] = provider?.code?.token
        other["service provider code type"] = provider?.code?.type
        other["service provider contact"] = provider?.contact
        var number = reading.number(reading.child("ReportIdentifier", of: data))
        if number != nil, number?.system == nil, let name = provider?.name {
            // The number is the provider's own.
            number?.system = IdentifierSystem.unmapped(namespace: name, universalID: "", type: "")
        }
        self.number = number
        if number == nil { reading.note("report-number-missing", data) }
        version = reading.wholeNumber(reading.child("ReportVersion", of: data))
        issued = Self.time(reading, data)
        created = reading.date(reading.child("Created", of: data))
        if let issued, !reading.document.dialect.isBelievable(issued, messageTime: created) {
            statusTime = nil
            reading.note("status-time-in-future", data)
        } else {
            statusTime = issued ?? created
        }
        let discipline = reading.text("Discipline", of: data)
        section = discipline.map { Self.sections[$0.lowercased()] ?? $0 }
        other["discipline"] = discipline
        other["section name"] = reading.text("SectionName", of: data)
        requester = Self.requester(reading, data, &other)
        labels = Self.labels(reading, data, &other)
        self.other = other
    }

    /// Sections as HL7 table 0074 has them, by which the first screen is mapped.
    private static let sections: [String: String] = [
        "biochemistry": "CH", "clinical biochemistry": "CH", "haematology": "HM",
        "microbiology": "MB", "immunology": "IMM", "virology": "VR", "pathology": "PAT",
        "histopathology": "HIS", "cytology": "CYT", "radiology": "RAD", "cardiology": "EC",
    ]

    /// `ReportDate` with `ReportTime`; a time that is none leaves the day.
    private static func time(_ reading: XMLReading, _ data: XMLElement) -> PartialDate? {
        let dateElement = reading.child("ReportDate", of: data)
        let timeElement = reading.child("ReportTime", of: data)
        guard let timeElement, let time = reading.written(timeElement) else {
            return reading.date(dateElement)
        }
        guard let dateElement, let day = reading.written(dateElement) else {
            reading.note("time-without-date", timeElement)
            return nil
        }
        guard let both = PartialDate(day + "T" + time), !time.utf8.contains(UInt8(ascii: "[")),
            (1800...2199).contains(both.year)
        else {
            reading.note("date-unreadable", timeElement)
            return reading.date(dateElement)
        }
        _ = reading.text(dateElement)
        _ = reading.text(timeElement)
        return both.assuming(reading.document.dialect.zone)
    }

    private static func requester(
        _ reading: XMLReading,
        _ data: XMLElement,
        _ other: inout [String: String]
    ) -> Practitioner? {
        let party = reading.child("RequestingParty", of: data)
        let names: Set<String> = ["Code", "Name", "Practice"]
        reading.strangers(in: party, besides: names, once: names)
        let code = reading.number(reading.child("Code", of: party))
        let name = reading.name(reading.child("Name", of: party))
        let practice = reading.organisation(reading.child("Practice", of: party))
        other["requesting organisation"] = practice?.name
        other["requesting organisation code"] = practice?.code?.token
        other["requesting organisation code type"] = practice?.code?.type
        other["requesting organisation contact"] = practice?.contact
        guard code != nil || name != nil else { return nil }
        return Practitioner(identifier: code, name: name, role: "requester")
    }

    static func labels(
        _ reading: XMLReading,
        _ data: XMLElement,
        _ other: inout [String: String],
        _ name: String = "ConfidentialityStatus"
    ) -> Set<SecurityLabel> {
        var labels: Set<SecurityLabel> = []
        var words: [String] = []
        for element in reading.children(name, of: data) {
            guard let word = reading.text(element) else { continue }
            words.append(word)
            if let label = reading.label(element) { labels.insert(label) }
        }
        if !words.isEmpty { other["confidentiality"] = words.joined(separator: ", ") }
        return labels
    }

    func person(_ statement: PatientStatement, at element: XMLElement) -> RecordEntry {
        let document = reading.document
        var entry = document.person(
            statement,
            as: document.subject(statement),
            origin: reading.reference(element)
        )
        entry.recorded = created
        entry.statusTime = statusTime
        entry.organisation = provider?.name
        return entry
    }
}
