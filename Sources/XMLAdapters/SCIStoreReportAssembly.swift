import PortalIntake
import PortalRecord
import XMLSyntax

/// Puts together the reports of a document in the manner of SCI Store.
struct SCIStoreReportAssembly {
    private let reading: XMLReading
    private let header: SCIStoreReportHeader
    private var request = Request()
    private var reportAbnormal: String?
    /// How often a set's code came before: a culture of two samples is two sets of one code.
    private var counts: [String: Int] = [:]
    private(set) var entries: [RecordEntry] = []

    /// What was asked for.
    private struct Request {
        var number: Identifier?
        var time: PartialDate?
        var information: [String] = []
        var other: [String: String] = [:]
    }

    init(_ reading: XMLReading, _ header: SCIStoreReportHeader) {
        self.reading = reading
        self.header = header
    }

    mutating func read(_ data: XMLElement, _ root: XMLElement, about subject: SourcePatient) {
        readRequest(reading.child("ServiceRequest", of: data))
        reportAbnormal = reading.text("ReportAbnormal", of: root)
        for result in reading.children("ServiceResult", of: data) {
            reading.strangers(
                in: result,
                besides: ["SampleDetails", "TestResultSets"],
                once: ["SampleDetails", "TestResultSets"]
            )
            let sample = SCIStoreSample(reading, reading.child("SampleDetails", of: result))
            let sets = reading.child("TestResultSets", of: result)
            reading.strangers(in: sets, besides: ["TestResultSet"])
            let found = reading.children("TestResultSet", of: sets)
            if found.isEmpty { reading.note("test-result-set-missing", result) }
            for set in found { add(set, sample, about: subject) }
            if found.isEmpty, sample.says { addBare(result, sample, about: subject) }
        }
        let files = reading.children("DocumentData", of: root)
        if !files.isEmpty { attach(files, about: subject, root) }
        if entries.isEmpty {
            reading.note("test-result-set-missing", data, severity: .error)
            addBare(data, SCIStoreSample(reading, nil), about: subject)
        }
    }

    private mutating func readRequest(_ element: XMLElement?) {
        let once: Set<String> = ["RequestIdentifier", "RequestDate", "RequestUrgencyValue"]
        reading.strangers(
            in: element,
            besides: once.union(["ClinicalDataRequired", "RequestedTest"]),
            once: once
        )
        request.number = reading.number(reading.child("RequestIdentifier", of: element))
        request.time = reading.date(reading.child("RequestDate", of: element))
        request.information = reading.texts("ClinicalDataRequired", of: element)
        request.other["urgency"] = reading.text("RequestUrgencyValue", of: element)
        let tests = reading.texts("RequestedTest", of: element)
        if !tests.isEmpty { request.other["requested tests"] = tests.joined(separator: ", ") }
    }

    /// A report without sets still says what it says of sample and request.
    private mutating func addBare(
        _ element: XMLElement,
        _ sample: SCIStoreSample,
        about subject: SourcePatient
    ) {
        file(
            DiagnosticReport(code: CodeableConcept(text: "Report")),
            (.unverified, nil),
            sample,
            at: element,
            about: subject,
            []
        )
    }

    private mutating func add(
        _ set: XMLElement,
        _ sample: SCIStoreSample,
        about subject: SourcePatient
    ) {
        let noticed = reading.diagnostics.count
        let once: Set<String> = [
            "TestSetDetails", "TestResults", "ResultStatus", "SetAbnormal",
            "UniqueCarePathwayNumber",
        ]
        reading.strangers(in: set, besides: once.union(["Comment"]), once: once)
        let details = reading.child("TestSetDetails", of: set)
        reading.strangers(in: details, besides: ["TestName"])
        let code = SCIStoreCodes.concept(reading, reading.children("TestName", of: details))
        if code == nil { reading.note("test-set-without-name", set) }
        var report = DiagnosticReport(code: code ?? CodeableConcept(text: "Report"))
        let status = SCIStoreCodes.status(reading, reading.child("ResultStatus", of: set))
        if status == nil { reading.note("status-missing", set) }
        let results = reading.child("TestResults", of: set)
        reading.strangers(in: results, besides: ["TestResult"])
        var occurrences: [String: Int] = [:]
        for element in reading.children("TestResult", of: results) {
            let reader = SCIStoreTestResult(reading, setStatus: status?.0 ?? .unverified)
            var observation = reader.read(element)
            observation.effective = sample.collected
            let name = observation.code.identityText
            occurrences[name, default: 0] += 1
            observation.occurrence = occurrences[name] ?? 1
            report.observations.append(observation)
        }
        report.notes = reading.children("Comment", of: set).compactMap { reading.narrative($0) }
        report.other["set abnormal"] = reading.text("SetAbnormal", of: set)
        report.other["UCPN"] = reading.text("UniqueCarePathwayNumber", of: set)
        file(
            report,
            status ?? (.unverified, nil),
            sample,
            at: set,
            about: subject,
            Array(reading.diagnostics.dropFirst(noticed))
        )
    }

    private mutating func file(
        _ stated: DiagnosticReport,
        _ status: (ResultStatus, String?),
        _ sample: SCIStoreSample,
        at element: XMLElement,
        about subject: SourcePatient,
        _ findings: [Diagnostic]
    ) {
        var report = stated
        report.fillerNumber = header.number
        report.placerNumber = request.number
        report.section = header.section
        report.requested = request.time
        report.collected = sample.collected
        report.specimenReceived = sample.received
        report.specimens = [sample.specimen].compactMap { $0 }
        report.clinicalInformation =
            request.information.isEmpty ? nil : request.information.joined(separator: "\n")
        report.completeness = reading.document.dialect.completeness
        report.other.merge(header.other) { own, _ in own }
        report.other.merge(request.other) { own, _ in own }
        report.other["report abnormal"] = reportAbnormal
        let part = report.code.identityText
        let count = counts[part, default: 0] + 1
        counts[part] = count
        let isNumbered = header.number.map { !Placeholder.isIdentifier($0.value) } ?? false
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .diagnosticReport(report),
            key: BusinessKey(
                assigner: isNumbered ? header.number?.system : nil,
                value: isNumbered
                    ? header.number?.value ?? "" : reading.document.hash.hex,
                part: count == 1 ? part : part + "#" + String(count),
                isAssigned: isNumbered
            ),
            subject: subject,
            status: status.0,
            origin: reading.reference(element)
        )
        entry.statusCode = status.1
        entry.effective = sample.collected
        entry.issued = header.issued
        entry.recorded = header.created
        entry.statusTime = header.statusTime
        entry.sequence = header.version
        entry.participants = [header.requester].compactMap { $0 }
        entry.organisation = header.provider?.name
        entry.protect(header.labels)
        entry.findings = findings
        entries.append(entry)
    }

    /// The report as a page: a value of the first set, so that it is found with its results.
    private mutating func attach(
        _ files: [XMLElement],
        about subject: SourcePatient,
        _ root: XMLElement
    ) {
        if entries.isEmpty {
            addBare(root, SCIStoreSample(reading, nil), about: subject)
        }
        guard case .diagnosticReport(var report) = entries[0].content else { return }
        for (index, element) in files.enumerated() {
            var observation = Observation(
                code: CodeableConcept(text: "Report document"),
                status: entries[0].status,
                origin: reading.place(element)
            )
            observation.occurrence = index + 1
            observation.other["stylesheet"] = reading.attribute("stylesheet", of: element)
            var value = ObservationValue(type: "ED", text: "")
            let file = reading.file(element)
            value.text = file.title ?? file.mediaType ?? "Document"
            value.attachment = file
            if file.contentHash != nil { observation.values = [value] }
            report.observations.append(observation)
        }
        entries[0].content = .diagnosticReport(report)
    }
}

extension XMLReading {
    func place(_ element: XMLElement) -> SourceRange {
        let range = xml.range(of: element)
        return SourceRange(
            path: xml.path(of: element),
            offset: range.lowerBound,
            length: range.count
        )
    }
}
