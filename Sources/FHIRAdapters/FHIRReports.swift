import PortalIntake
import PortalRecord

/// Reports and observations.
///
/// - Rule: FHIR R4 `DiagnosticReport`, `Observation`; UK Core DiagnosticReport-Lab, Observation-Lab.
extension FHIRAssembly {
    mutating func report(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        var report = DiagnosticReport(code: element.concept("code") ?? CodeableConcept())
        report.completeness = reading.document.dialect.completeness
        report.section = element["category"]?.code
        report.fillerNumber = element.firstIdentifier { $0.type != "PLAC" }
        let collected = element.moment("effective")
        report.collected = collected.start
        report.collectionEnd = collected.end
        report.reasons = element.concepts("reasonCode")
        for reference in element.all("basedOn") { request(reference, place, &report) }
        for reference in element.all("specimen") {
            if let specimen = specimen(reference, place) { report.specimens.append(specimen) }
        }
        for reference in element.all("result") {
            observations(reference, place, subject, into: &report, depth: 0)
        }
        if let words = element.text("conclusion") { report.notes.append(words) }
        report.notes += element.allWords("conclusionCode")
        report.notes += element.notes()
        for form in element.all("presentedForm") { add(form, to: &report) }
        number(&report)
        var entry = entry(
            .diagnosticReport(report),
            key(resource),
            subject,
            element,
            status: status(element, "status")
        )
        entry.statusCode = element.peek("status")
        entry.effective = collected.start ?? report.specimens.first.flatMap(Self.taken)
        entry.issued = element.date("issued")
        entry.statusTime = believable(entry.issued, element)
        entry.participants =
            reading.participants(element.all("performer"), role: "performer", from: place)
            + reading.participants(
                element.all("resultsInterpreter"),
                role: "interpreting",
                from: place
            )
        entry.organisation =
            element.all("performer")
            .compactMap { reading.organisation($0, from: place) }.first
        add(entry, resource)
    }

    /// An observation that no report names is a report of one.
    mutating func observation(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        var report = DiagnosticReport(code: element.concept("code") ?? CodeableConcept())
        report.completeness = reading.document.dialect.completeness
        report.section = element["category"]?.code
        report.fillerNumber = element.firstIdentifier()
        let status = status(element, "status")
        let effective = element.moment("effective")
        report.collected = effective.start
        report.collectionEnd = effective.end
        for reference in [element["specimen"]].compactMap({ $0 }) {
            if let specimen = specimen(reference, place) { report.specimens.append(specimen) }
        }
        append(element, status, place, to: &report)
        for reference in element.all("hasMember") {
            observations(reference, place, subject, into: &report, depth: 0)
        }
        number(&report)
        var entry = entry(
            .diagnosticReport(report),
            key(resource),
            subject,
            element,
            status: status
        )
        entry.statusCode = element.peek("status")
        entry.effective = effective.start
        entry.issued = element.date("issued")
        entry.statusTime = believable(entry.issued, element)
        entry.participants = reading.participants(
            element.all("performer"),
            role: "performer",
            from: place
        )
        add(entry, resource)
    }

    /// An imaging study: what was examined, and its series.
    mutating func imaging(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let words = element.text("description")
        var report = DiagnosticReport(
            code: element.firstConcept("procedureCode")
                ?? CodeableConcept(text: words ?? "Imaging study")
        )
        report.section = "RAD"
        report.fillerNumber = element.firstIdentifier()
        report.collected = element.date("started")
        report.reasons = element.concepts("reasonCode")
        if let words, report.code.words != words { report.notes.append(words) }
        report.notes += element.all("modality").compactMap { $0.text("display") ?? $0.text("code") }
        report.notes += element.notes()
        var entry = entry(.diagnosticReport(report), key(resource), subject, element)
        let word = element.text("status")
        entry.statusCode = word
        if word == "entered-in-error" { entry.status = .enteredInError }
        if word == "registered" { entry.status = .registered }
        entry.effective = report.collected
        add(entry, resource)
    }

    // MARK: Parts

    private func status(_ element: FHIRElement, _ name: StaticString) -> ResultStatus {
        guard let word = element.text(name) else { return .unverified }
        if let status = reading.document.dialect.statuses[word] ?? FHIRStatus.result(word) {
            return status
        }
        if let value = element[name] { reading.tree.note("status-unknown", value) }
        return .unverified
    }

    private static func taken(_ specimen: Specimen) -> PartialDate? {
        specimen.other["collected"].flatMap { PartialDate($0) }
    }

    /// What was asked for: the requester's number, and when.
    private func request(_ reference: FHIRElement, _ place: Int, _ report: inout DiagnosticReport) {
        guard let found = reading.resolve(reference, from: place) else {
            report.placerNumber = report.placerNumber ?? reference["identifier"]?.identifier
            return
        }
        let element = reading.resources[found].element
        guard reading.resources[found].type == "ServiceRequest" else { return }
        report.placerNumber =
            report.placerNumber
            ?? element.all("identifier").compactMap(\.identifier).first
        report.requested = report.requested ?? element.date("authoredOn")
    }

    private func specimen(_ reference: FHIRElement, _ place: Int) -> Specimen? {
        guard let found = reading.resolve(reference, from: place) else {
            let identifier = reference["identifier"]?.identifier
            let display = reference.text("display")
            guard identifier != nil || display != nil else { return nil }
            return Specimen(
                identifier: identifier,
                type: display.map { CodeableConcept(text: $0) }
            )
        }
        reading.tell(found)
        let element = reading.resources[found].element
        var specimen = Specimen(
            identifier: element["accessionIdentifier"]?.identifier ?? element.firstIdentifier(),
            type: element.concept("type")
        )
        if let collection = element["collection"] {
            specimen.site = collection.concept("bodySite")
            specimen.other["collected"] = collection.moment("collected").start?.description
        }
        reading.tree.rest(of: element, into: &specimen.other)
        return specimen
    }

    /// An observation that a report or panel refers to, and its members.
    ///
    /// Depth is bounded: a panel that holds itself is read once.
    private mutating func observations(
        _ reference: FHIRElement,
        _ place: Int,
        _ subject: SourcePatient,
        into report: inout DiagnosticReport,
        depth: Int
    ) {
        guard let found = reading.resolve(reference, from: place),
            reading.resources[found].type == "Observation", depth < 8
        else {
            if let words = reference.text("display") { report.notes.append(words) }
            return
        }
        let element = reading.resources[found].element
        // Another person's observation never stands under this one's report.
        let isAnyones = element["subject"] == nil
        guard isAnyones || self.subject(reading.resources[found], found)?.id == subject.id else {
            reading.tree.note("observation-of-another-person", reference, .error)
            return
        }
        guard !reading.isTold(found) else { return }
        reading.tell(found)
        append(element, status(element, "status"), found, to: &report)
        if let last = report.observations.indices.last {
            reading.tree.rest(of: element, into: &report.observations[last].other)
        }
        for member in element.all("hasMember") {
            observations(member, found, subject, into: &report, depth: depth + 1)
        }
    }

    /// One observation's value and components, as observations of the report.
    private func append(
        _ element: FHIRElement,
        _ status: ResultStatus,
        _ place: Int,
        to report: inout DiagnosticReport
    ) {
        let code = element.concept("code") ?? CodeableConcept()
        var whole = observation(element, code, status)
        whole.statusCode = element.peek("status")
        let moment = element.moment("effective")
        whole.effective = moment.start
        if let end = moment.end { whole.other["effective end"] = end.description }
        if let method = element.words("method") { whole.other["method"] = method }
        if let site = element.words("bodySite") { whole.other["body site"] = site }
        let people = reading.participants(element.all("performer"), role: "performer", from: place)
        let names = people.compactMap { $0.name?.spoken ?? $0.identifier?.value }
        if !names.isEmpty { whole.other["performer"] = names.joined(separator: ", ") }
        whole.notes += element.notes()
        let components = element.all("component")
        // A heading without a value of its own is not a result.
        if !whole.values.isEmpty || components.isEmpty || whole.status != status {
            report.observations.append(whole)
        }
        for component in components {
            let code = component.concept("code") ?? CodeableConcept()
            var part = observation(component, code, status)
            part.effective = whole.effective
            part.other["part of"] = whole.code.words
            for (name, value) in whole.other where part.other[name] == nil {
                part.other[name] = value
            }
            part.notes +=
                whole.values.isEmpty && component.index == components.first?.index
                ? whole.notes : []
            reading.tree.rest(of: component, into: &part.other)
            report.observations.append(part)
        }
    }

    /// Numbers the repeats of one code, so that each is a unit of its own (SAFETY S5).
    private func number(_ report: inout DiagnosticReport) {
        let codes = report.observations.map(\.code)
        // Comparing a few is quicker than hashing each.
        guard codes.count > 24 else {
            for (index, code) in codes.enumerated() {
                let before = codes[..<index].count { $0 == code }
                report.observations[index].occurrence = before + 1
            }
            return
        }
        var counts: [CodeableConcept: Int] = [:]
        for (index, code) in codes.enumerated() {
            counts[code, default: 0] += 1
            report.observations[index].occurrence = counts[code, default: 1]
        }
    }

    private func observation(
        _ element: FHIRElement,
        _ code: CodeableConcept,
        _ status: ResultStatus
    ) -> Observation {
        var observation = Observation(
            code: code,
            status: status,
            origin: SourceRange(
                path: element.path,
                offset: element.range.lowerBound,
                length: element.range.count
            )
        )
        if let (type, value) = element.choice("value") {
            FHIRValue.read(type, value, into: &observation)
        }
        if let absent = element["dataAbsentReason"] {
            observation.other["data absent"] = absent.words ?? "yes"
            if observation.values.isEmpty, status.finality == .final {
                observation.status = .couldNotBeObtained
            }
        }
        observation.flags = element.all("interpretation").compactMap(\.code)
        let ranges = element.all("referenceRange").compactMap { range -> String? in
            let words = range.text("text")
            let kind = range.words("type")
            let ends = range.spokenRange
            guard let found = ends ?? words else { return nil }
            guard let kind, kind.lowercased() != "normal" else { return found }
            return kind + ": " + found
        }
        if !ranges.isEmpty { observation.referenceRange = ranges.joined(separator: "; ") }
        return observation
    }

    /// A report's file, as an observation that holds it.
    private func add(_ form: FHIRElement, to report: inout DiagnosticReport) {
        guard let file = form.attachment else { return }
        var observation = Observation(
            code: CodeableConcept(text: file.title ?? "Report"),
            status: .final,
            origin: SourceRange(
                path: form.path,
                offset: form.range.lowerBound,
                length: form.range.count
            )
        )
        var value = ObservationValue(
            type: "Attachment",
            text: file.title ?? file.mediaType ?? "File"
        )
        value.attachment = file
        observation.values = [value]
        report.observations.append(observation)
    }
}
