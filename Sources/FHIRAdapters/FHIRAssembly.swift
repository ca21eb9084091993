import PortalIntake
import PortalRecord

/// Puts together what the resources of one document state.
struct FHIRAssembly {
    let reading: FHIRReading
    var entries: [RecordEntry] = []
    /// Whether some resource states something of a person.
    private(set) var isClinical = false
    /// Who a resource is about, by the place of the patient.
    private var people: [Int: RecordEntry] = [:]
    /// People whom no resource describes, by what refers to them.
    private var referred: [String: RecordEntry] = [:]
    private var mergeEvents: [MergeEvent] = []
    private var shares: [SourcePatientID: [Range<Int>]] = [:]
    /// Labels of a document that hold for all that it holds.
    private var documentLabels: Set<SecurityLabel> = []

    init(_ reading: FHIRReading) { self.reading = reading }

    mutating func read() {
        for (place, resource) in reading.resources.enumerated() where resource.type == "Patient" {
            describe(resource, place)
        }
        header()
        let isDocument = reading.resources.first { $0.holder == nil }?.type == "Composition"
        if isDocument, let composition = reading.resources.first {
            documentLabels = Set(labels(composition.element))
        }
        // Reports first: an observation of one is told by it.
        for kinds in [["DiagnosticReport", "ImagingStudy"], nil] {
            for (place, resource) in reading.resources.enumerated() {
                guard resource.holder == nil, !reading.isTold(place),
                    kinds?.contains(resource.type) ?? true
                else { continue }
                read(resource, place)
            }
        }
        if isDocument {
            for index in entries.indices { entries[index].protect(documentLabels) }
        }
        leftovers()
    }

    // MARK: People

    private mutating func describe(_ resource: FHIRResource, _ place: Int) {
        reading.tell(place)
        var statement = FHIRPatient(reading, resource, place).statement()
        if statement.identifiers.isEmpty, statement.names.isEmpty {
            reading.tree.note("patient-without-name-and-number", resource.element)
        }
        var entry = person(statement, resource.element)
        let at = entries.count
        contacts(resource, entry.subject)
        links(resource, place, entry)
        statement.other = reading.tree.rest(of: resource.element)
        entry.content = .patient(statement)
        people[place] = entry
        // The person stands before what is said of them.
        entries.insert(entry, at: at)
        share(entry.subject, resource.element)
    }

    private func person(_ statement: PatientStatement, _ element: FHIRElement) -> RecordEntry {
        let document = reading.document
        let subject = document.subject(statement)
        var entry = document.person(statement, as: subject, origin: reference(element))
        entry.statusTime = reading.messageTime
        return entry
    }

    /// Next of kin and other contacts that the patient's own resource holds.
    private mutating func contacts(_ resource: FHIRResource, _ subject: SourcePatient) {
        for element in resource.element.all("contact") {
            var contact = RelatedPerson()
            contact.names = element.names()
            contact.relationship = element.firstConcept("relationship")
            contact.telecoms = element.all("telecom").compactMap(\.telecom)
            contact.addresses = element.all("address").compactMap(\.address)
            contact.other = reading.tree.rest(of: element)
            guard contact != RelatedPerson() else { continue }
            let key = BusinessKey(
                assigner: nil,
                value: contact.names.first?.spoken ?? contact.telecoms.first ?? "",
                part: contact.relationship?.firstCode
            )
            var entry = entry(.relatedPerson(contact), key, subject, element)
            entry.statusTime = reading.messageTime
            entries.append(entry)
        }
    }

    /// `Patient.link`: a record that another replaces is a merge event of its sender.
    private mutating func links(_ resource: FHIRResource, _ place: Int, _ person: RecordEntry) {
        for link in resource.element.all("link") {
            guard let type = link.peek("type"), type == "replaced-by" || type == "replaces",
                let other = link["other"]
            else { continue }
            let own = resource.element.all("identifier").compactMap(\.identifier)
                .first { $0.system != nil }
            var found = other["identifier"]?.identifier
            if found == nil, let target = reading.resolve(other, from: place) {
                found = reading.resources[target].element.all("identifier").compactMap(\.identifier)
                    .first { $0.system != nil }
            }
            guard let own, let found, found.system != nil, own != found else {
                reading.tree.note("surviving-identifier-missing", link)
                continue
            }
            _ = link.text("type")
            let isGivenUp = type == "replaced-by"
            mergeEvents.append(
                MergeEvent(
                    event: "Patient.link " + type,
                    prior: isGivenUp ? own : found,
                    surviving: isGivenUp ? found : own,
                    subject: person.subject,
                    occurred: reading.messageTime,
                    origin: reference(link)
                )
            )
        }
    }

    /// Whom a resource is about: the patient that it refers to, or the only one that there is.
    mutating func subject(_ resource: FHIRResource, _ place: Int) -> SourcePatient? {
        isClinical = true
        let element = resource.element
        let reference =
            element["subject"] ?? element["patient"] ?? element["for"] ?? delivered(resource)
        if let reference {
            if let found = reading.resolve(reference, from: place, isTaken: false) {
                // A group, a device or a place is nobody.
                guard let person = people[found] else { return nil }
                _ = reading.resolve(reference, from: place)
                share(person.subject, element)
                return person.subject
            }
            if let person = stranger(reference, resource) {
                share(person.subject, element)
                return person.subject
            }
        }
        let participants = element.all("participant").compactMap { $0["actor"] }
        for actor in participants {
            let isPatient =
                actor.peek("type") == "Patient"
                || actor.peek("reference")?.contains("Patient/") ?? false
            if reading.resolve(actor, from: place) == nil, isPatient,
                let person = stranger(actor, resource)
            {
                share(person.subject, element)
                return person.subject
            }
            if let found = reading.resolve(actor, from: place), let person = people[found] {
                share(person.subject, element)
                return person.subject
            }
        }
        guard reference == nil, people.count == 1, let only = people.values.first else {
            return nil
        }
        share(only.subject, element)
        return only.subject
    }

    /// A supply names nobody but whom it goes to.
    private func delivered(_ resource: FHIRResource) -> FHIRElement? {
        guard resource.type == "SupplyRequest", let to = resource.element["deliverTo"] else {
            return nil
        }
        let isPatient =
            to.peek("type") == "Patient" || to.peek("reference")?.contains("Patient/") ?? false
        return isPatient ? to : nil
    }

    /// A patient who is named by an identifier or a reference alone.
    private mutating func stranger(
        _ reference: FHIRElement,
        _ resource: FHIRResource
    ) -> RecordEntry? {
        var statement = PatientStatement()
        var name: String?
        if let identifier = reference["identifier"]?.identifier {
            statement.identifiers.append(identifier)
            name = identifier.token
        }
        if let written = reference.peek("reference"), !written.hasPrefix("#") {
            guard name != nil || written.contains("Patient/") || written.hasPrefix("urn:") else {
                return nil
            }
            _ = reference.text("reference")
            // Beside an identifier the address says nothing more; it is kept as it is written.
            if name != nil { statement.other["reference"] = written }
            if written.hasPrefix("https://fhir.nhs.uk/Id/nhs-number/")
                || written.hasPrefix("https://demographics.spineservices.nhs.uk/STU3/Patient/")
                || written.hasPrefix("https://beta.api.digital.nhs.uk/personal-demographics/")
            {
                let number = written.split(separator: "/").last.map(String.init) ?? ""
                statement.identifiers.append(
                    Identifier(system: IdentifierSystem.nhsNumber, value: number)
                )
            } else {
                // The server's own number for the person; without its server it links nothing.
                let parts = written.split(separator: "/")
                let base = resource.fullURL.flatMap(FHIRAssembly.server)
                let isWhole = written.contains("://")
                let server = isWhole ? FHIRAssembly.server(written) : base
                statement.identifiers.append(
                    Identifier(
                        system: server.map { $0 + "/Patient" },
                        value: parts.last.map(String.init) ?? written,
                        type: "RI"
                    )
                )
            }
            name = name ?? written
        }
        guard let name else { return nil }
        if let words = reference.text("display") {
            statement.other["display"] = words
        }
        if let known = referred[name] { return known }
        let entry = person(statement, reference)
        referred[name] = entry
        entries.append(entry)
        return entry
    }

    /// `https://server/base` of a resource's address.
    private static func server(_ url: String) -> String? {
        guard url.contains("://") else { return nil }
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 4 else { return nil }
        return parts.dropLast(2).joined(separator: "/")
    }

    private mutating func share(_ subject: SourcePatient, _ element: FHIRElement) {
        shares[subject.id, default: []].append(element.range)
    }

    // MARK: Entries

    func reference(_ element: FHIRElement) -> SourceReference {
        SourceReference(
            document: reading.document.hash,
            path: element.path,
            offset: element.range.lowerBound,
            length: element.range.count
        )
    }

    func entry(
        _ content: EntryContent,
        _ key: BusinessKey,
        _ subject: SourcePatient,
        _ element: FHIRElement,
        status: ResultStatus = .final
    ) -> RecordEntry {
        RecordEntry(
            source: reading.document.silo,
            content: content,
            key: key,
            subject: subject,
            status: status,
            origin: reference(element)
        )
    }

    /// The sender's number for a resource: its identifier, else its id on its server.
    ///
    /// - Rule: PITFALLS 33: ids collide across types, so that the type is part of the number.
    func key(_ resource: FHIRResource) -> BusinessKey {
        for element in resource.element.all("identifier") {
            guard let own = element.peekedIdentifier, own.system != nil,
                !Placeholder.isIdentifier(own.value)
            else { continue }
            // The key has no type; it and further identifiers are kept by their path.
            _ = element.text("value")
            _ = element.text("system")
            return BusinessKey(assigner: own.system, value: own.value, part: resource.type)
        }
        if let local = resource.local { return BusinessKey(assigner: nil, value: local) }
        if let url = resource.fullURL {
            return BusinessKey(assigner: nil, value: url, part: resource.type)
        }
        return BusinessKey(
            assigner: nil,
            value: reading.document.hash.hex,
            part: resource.element.path,
            isAssigned: false
        )
    }

    /// Labels that a resource puts on itself.
    ///
    /// - Rule: SAFETY S21: a code that nobody defined withholds.
    func labels(_ element: FHIRElement) -> [SecurityLabel] {
        let security = element["meta"]?.all("security") ?? []
        var codes = (security + element.all("securityLabel").flatMap { $0.all("coding") })
            .compactMap { $0.text("code") }
        if let code = element.text("confidentiality") { codes.append(code) }
        let labels = codes.compactMap { reading.document.dialect.label(of: $0) }
        return Set(labels).sorted()
    }

    /// A status time that may stand (SAFETY S6).
    func believable(_ time: PartialDate?, _ element: FHIRElement) -> PartialDate? {
        guard let time else { return nil }
        let dialect = reading.document.dialect
        guard dialect.isBelievable(time, messageTime: reading.messageTime) else {
            reading.tree.note("status-time-later-than-message", element)
            return nil
        }
        return time
    }

    /// Adds an entry with what all resources have: labels, findings, and everything that is left.
    mutating func add(_ entry: RecordEntry, _ resource: FHIRResource) {
        var entry = entry
        entry.labels = labels(resource.element)
        entry.organisation = entry.organisation ?? sender
        var other = entry.other ?? [:]
        reading.tree.rest(of: resource.element, into: &other)
        entry.other = other.isEmpty ? nil : other
        entries.append(entry)
    }

    /// Who sent the message, where its header says so.
    private(set) var sender: String?
    private var messageID: String?

    private mutating func header() {
        for (place, resource) in reading.resources.enumerated()
        where resource.type == "MessageHeader" && resource.holder == nil {
            let element = resource.element
            sender =
                reading.organisation(element["sender"], from: place)
                ?? element["source"]?.text("name")
            messageID = resource.id
            reading.tree.ignore(element, by: .routing)
            reading.tell(place)
        }
    }

    /// What nobody told: people and places that nobody refers to, money, and unknown resources.
    private mutating func leftovers() {
        for (place, resource) in reading.resources.enumerated() where !reading.isTold(place) {
            switch resource.type {
            case "Claim", "ClaimResponse", "ExplanationOfBenefit", "Coverage", "Account",
                "ChargeItem", "Invoice", "PaymentNotice", "PaymentReconciliation",
                "InsurancePlan", "CoverageEligibilityRequest", "CoverageEligibilityResponse":
                reading.tree.ignore(resource.element, by: .billing)
            // Definitions are of the interface, too: they hold for whoever they are sent about.
            case "Provenance", "AuditEvent", "Endpoint", "Subscription", "OperationOutcome",
                "CapabilityStatement", "MessageDefinition", "Library", "ActivityDefinition",
                "PlanDefinition", "StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap",
                "NamingSystem", "SearchParameter", "OperationDefinition", "ImplementationGuide",
                "StructureMap", "CompartmentDefinition", "GraphDefinition", "Measure",
                "EventDefinition", "ResearchDefinition", "TerminologyCapabilities",
                "ObservationDefinition", "SpecimenDefinition", "DeviceDefinition":
                reading.tree.ignore(resource.element, by: .routing)
            case let type where FHIRAssembly.helpers.contains(type): continue
            // Of nobody: it has its finding. Contained: its holder keeps it by its path.
            case let type where FHIRAssembly.isRead(type): continue
            case _ where resource.holder.map(reading.isTold) ?? false: continue
            default: reading.tree.note("resource-not-read", resource.element, .note)
            }
        }
        keepHelpers()
    }

    /// Resources that say something of others.
    static let helpers: Set<String> = [
        "Practitioner", "PractitionerRole", "Organization", "Location", "Specimen", "Medication",
        "Device", "Binary", "HealthcareService", "Substance", "Slot", "Schedule", "Questionnaire",
        "Group",
    ]

    /// What is left of helpers stays with the first person of the document: nothing of it is lost.
    private mutating func keepHelpers() {
        guard let first = entries.indices.first else { return }
        var kept: [String: String] = [:]
        for (place, resource) in reading.resources.enumerated()
        where Self.helpers.contains(resource.type) && people.count + referred.count == 1 {
            let prefix = resource.type + "[\(place)]"
            kept.merge(reading.tree.rest(of: resource.element, prefix: prefix)) { one, _ in one }
        }
        guard !kept.isEmpty else { return }
        entries[first].other = (entries[first].other ?? [:]).merging(kept) { one, _ in one }
    }

    // MARK: The report

    func report(adapter: String, type: String) -> IntakeReport {
        let root = reading.tree.root
        let routing: [StaticString] = [
            "resourceType", "type", "total", "timestamp", "id", "identifier", "meta", "link",
            "signature",
        ]
        for name in routing where type == "Bundle" {
            if let element = root[name] { reading.tree.ignore(element, by: .routing) }
        }
        let ofEntries: [StaticString] = ["fullUrl", "request", "search", "response", "link"]
        for entry in root.all("entry") where type == "Bundle" {
            for name in ofEntries {
                if let element = entry[name] { reading.tree.ignore(element, by: .routing) }
            }
        }
        var report = IntakeReport(adapter: adapter, ledger: reading.tree.account())
        report.messageID = messageID ?? root.peek("id")
        report.messageTime = reading.messageTime
        report.sender = sender
        report.entries = entries
        report.mergeEvents = mergeEvents
        report.diagnostics = reading.tree.diagnostics
        if shares.count > 1 {
            report.shares = shares.keys.sorted().map { id in
                PatientShare(subject: id, ranges: shares[id] ?? [])
            }
        }
        return report
    }
}
