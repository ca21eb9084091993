import PortalIntake
import PortalRecord

/// Documents: compositions, document references, answered questionnaires, messages.
///
/// - Rule: FHIR R4 `Composition`, `DocumentReference`, `QuestionnaireResponse`, `Communication`;
///   IHE MHD; SAFETY S8 for what replaces and what adds.
extension FHIRAssembly {
    mutating func composition(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        var document = ClinicalDocument(type: element.concept("type") ?? CodeableConcept())
        document.title = element.text("title")
        document.subtype = element.firstConcept("category")
        document.number = element["identifier"]?.identifier
        relate(element, place, &document)
        for section in element.all("section") { add(section, to: &document, depth: 0, place) }
        let date = element.date("date")
        var entry = entry(
            .clinicalDocument(document),
            key(resource),
            subject,
            element,
            status: status(element, "status")
        )
        entry.statusCode = element.peek("status")
        if document.relation == .replaces, let parent = document.parent {
            entry.replaces = [parent.value]
        }
        entry.effective = date
        entry.issued = date
        entry.statusTime = believable(date, element)
        entry.participants = reading.participants(
            element.all("author"),
            role: "author",
            from: place
        )
        for attester in element.all("attester") {
            guard let party = attester["party"] else { continue }
            let role = attester.text("mode").map { $0 + " attester" } ?? "attester"
            if let person = reading.participant(party, role: role, from: place) {
                entry.participants.append(person)
            }
        }
        entry.organisation =
            reading.organisation(element["custodian"], from: place)
            ?? element.all("author").compactMap { reading.organisation($0, from: place) }.first
        add(entry, resource)
    }

    /// A section's narrative as text, and those below it.
    private func add(
        _ section: FHIRElement,
        to document: inout ClinicalDocument,
        depth: Int,
        _ place: Int
    ) {
        let title = section.text("title") ?? section.words("code")
        var words: String?
        if let div = section["text"]?["div"], let markup = div.text {
            words = FHIRNarrative.text(of: markup)
            // As sent, too: what was left out of the words is in the record all the same.
            document.other[div.path] = markup
        }
        if words == nil, let reason = section.words("emptyReason") {
            words = "Empty: " + reason
        }
        let references = section.all("entry").compactMap { $0.text("display") }
        if words == nil, !references.isEmpty { words = references.joined(separator: "\n") }
        if let words { document.sections.append(DocumentSection(heading: title, text: words)) }
        guard depth < 16 else { return }
        for inner in section.all("section") { add(inner, to: &document, depth: depth + 1, place) }
    }

    /// The entry of a document that an assembly put under headings from a resource's fields.
    ///
    /// - Parameters:
    ///   - document: What it says.
    ///   - facts: Its status and times.
    ///   - resource: Where it stands, and its number.
    ///   - place: The resource's place.
    ///   - subject: Whom it is about.
    ///   - author: The field that names who wrote it, which is their role too.
    /// - Returns: The entry, to be added with what all resources have.
    func written(
        _ document: ClinicalDocument,
        _ facts: FHIRFacts,
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient,
        by author: StaticString
    ) -> RecordEntry {
        let element = resource.element
        var entry = entry(
            .clinicalDocument(document),
            key(resource),
            subject,
            element,
            status: facts.status ?? .final
        )
        entry.statusCode = facts.statusCode
        entry.effective = facts.effective
        entry.issued = facts.recorded
        entry.statusTime = believable(facts.recorded, element)
        entry.participants = reading.participants(
            element.all(author),
            role: "\(author)",
            from: place
        )
        return entry
    }

    mutating func documentReference(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let type = element.concept("type") ?? element.firstConcept("category")
        var document = ClinicalDocument(type: type ?? CodeableConcept())
        document.title = element.text("description")
        document.subtype = element.firstConcept("category")
        document.number =
            element["masterIdentifier"]?.identifier ?? element.firstIdentifier()
        document.completion = element.text("docStatus")
        relate(element, place, &document)
        for content in element.all("content") {
            guard let attachment = content["attachment"] else { continue }
            if var file = attachment.attachment {
                file = file.location.map { resolved(file, $0) } ?? file
                document.attachments.append(file)
                document.title = document.title ?? file.title
            }
        }
        if let context = element["context"] {
            document.specialty = context.concept("practiceSetting")
        }
        let date = element.date("date")
        let period = element["context"]?["period"]
        var entry = entry(
            .clinicalDocument(document),
            documentKey(resource, document),
            subject,
            element,
            status: status(element, "docStatus", fallback: "status")
        )
        entry.statusCode = element.text("status")
        if entry.statusCode == "entered-in-error" { entry.status = .enteredInError }
        // What its sender calls superseded is kept, and said to be.
        if entry.statusCode == "superseded" {
            document.availability = "OB"
            entry.content = .clinicalDocument(document)
        }
        if document.relation == .replaces, let parent = document.parent {
            entry.replaces = [parent.value]
        }
        entry.effective = period?.date("start") ?? date
        entry.issued = date
        entry.statusTime = believable(date, element)
        entry.participants =
            reading.participants(element.all("author"), role: "author", from: place)
            + reading.participants(
                [element["authenticator"]].compactMap { $0 },
                role: "authenticator",
                from: place
            )
        entry.organisation = reading.organisation(element["custodian"], from: place)
        add(entry, resource)
    }

    /// A file behind a `Binary` of the same bundle is in the document.
    private func resolved(_ file: Attachment, _ url: String) -> Attachment {
        guard let place = reading.find(url), reading.resources[place].type == "Binary",
            let data = reading.resources[place].element["data"], data.text != nil
        else { return file }
        var file = file
        let range = data.valueRange
        file.mediaType = file.mediaType ?? reading.resources[place].element.text("contentType")
        file.encoding = "Base64"
        file.contentHash = ContentHash(of: reading.tree.slice(range))
        file.byteCount = range.count
        file.chunks = [SourceRange(path: data.path, offset: range.lowerBound, length: range.count)]
        return file
    }

    private func documentKey(_ resource: FHIRResource, _ document: ClinicalDocument) -> BusinessKey
    {
        guard let number = document.number, !Placeholder.isIdentifier(number.value) else {
            return key(resource)
        }
        return BusinessKey(assigner: number.system, value: number.value)
    }

    /// `relatesTo`: what it replaces or adds to, by the other's number.
    private func relate(_ element: FHIRElement, _ place: Int, _ document: inout ClinicalDocument) {
        // A later document may name this one by its place on the server alone.
        if document.number != nil, let id = element.text("id") {
            document.registryName = reading.resources[place].type + "/" + id
        }
        for relation in element.all("relatesTo") {
            guard let code = relation.peek("code") else { continue }
            let kind: ClinicalDocument.Relation? =
                switch code {
                case "replaces": .replaces
                case "appends": .appends
                default: nil
                }
            // One place for one relation: a further one is kept by its path.
            guard let kind, document.relation == nil else { continue }
            var number = relation["targetIdentifier"]?.identifier
            if let target = relation["target"] ?? relation["targetReference"] {
                number = number ?? target["identifier"]?.identifier
                if number == nil, let found = reading.resolve(target, from: place) {
                    let other = reading.resources[found]
                    let key =
                        other.element["masterIdentifier"].flatMap(\.identifier)
                        ?? other.element["identifier"].flatMap(\.identifier)
                    number = key ?? other.local.map { Identifier(system: nil, value: $0) }
                }
                if number == nil, let written = target.text("reference") {
                    number = Identifier(system: nil, value: written)
                }
            }
            guard let number else {
                reading.tree.note("parent-number-missing", relation)
                continue
            }
            _ = relation.text("code")
            document.relation = kind
            document.parent = number
        }
    }

    private func status(
        _ element: FHIRElement,
        _ name: StaticString,
        fallback: StaticString? = nil
    ) -> ResultStatus {
        guard let word = element.peek(name) ?? fallback.flatMap({ element.peek($0) }) else {
            return .final
        }
        _ = element.text(name)
        if let status = reading.document.dialect.statuses[word] ?? FHIRStatus.document(word) {
            return status
        }
        reading.tree.note("status-unknown", element)
        return .unverified
    }

    // MARK: Answers and messages

    mutating func questionnaire(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let name = element.text("questionnaire")
        var document = ClinicalDocument(type: CodeableConcept(text: "Questionnaire response"))
        document.title = name
        if let name, let title = reading.definition(name) {
            document.title = title
            document.other["questionnaire"] = name
        }
        for item in element.all("item") { add(item, to: &document, depth: 0) }
        var entry = entry(
            .clinicalDocument(document),
            key(resource),
            subject,
            element,
            status: status(element, "status")
        )
        entry.effective = element.date("authored")
        entry.issued = entry.effective
        entry.statusTime = believable(entry.effective, element)
        entry.participants = reading.participants(
            [element["author"]].compactMap { $0 },
            role: "author",
            from: place
        )
        add(entry, resource)
    }

    private func add(
        _ item: FHIRElement,
        to document: inout ClinicalDocument,
        depth: Int
    ) {
        let answers = item.all("answer").compactMap { answer -> String? in
            guard let (type, value) = answer.choice("value") else { return nil }
            var observation = Observation(
                code: CodeableConcept(),
                status: .final,
                origin: SourceRange(path: "", offset: 0, length: 0)
            )
            // Words alone: what else there is of a code or a unit is kept by its path.
            switch type {
            case "Coding": return value.text("display") ?? value.text("code")
            case "CodeableConcept": return value.words
            case "Quantity": return value.spokenQuantity
            default: break
            }
            FHIRValue.read(type, value, into: &observation)
            let unit = observation.unit?.words.map { " " + $0 } ?? ""
            return observation.values.first.map { $0.text + unit }
        }
        let inner = item.all("item") + item.all("answer").flatMap { $0.all("item") }
        // A group is its heading; a question that nobody answered is kept by its path.
        if !answers.isEmpty || !inner.isEmpty {
            document.sections.append(
                DocumentSection(
                    heading: item.text("text") ?? item.text("linkId"),
                    text: answers.joined(separator: "\n")
                )
            )
        }
        guard depth < 16 else { return }
        for item in inner { add(item, to: &document, depth: depth + 1) }
    }

    mutating func communication(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let category = element.firstConcept("category")
        var document = ClinicalDocument(type: category ?? CodeableConcept(text: "Message"))
        document.title = element.words("topic")
        for payload in element.all("payload") {
            if let words = payload.text("contentString") {
                document.sections.append(DocumentSection(text: words))
            }
            if let file = payload["contentAttachment"]?.attachment {
                document.attachments.append(file)
            }
        }
        let sent = element.date("sent") ?? element.date("received")
        var entry = entry(
            .clinicalDocument(document),
            key(resource),
            subject,
            element,
            status: status(element, "status")
        )
        entry.effective = sent
        entry.issued = sent
        entry.statusTime = believable(sent, element)
        entry.participants = reading.participants(
            [element["sender"]].compactMap { $0 },
            role: "sender",
            from: place
        )
        add(entry, resource)
    }
}

extension [DocumentSection] {
    /// Adds words under a heading, a line each; nothing where there are none.
    mutating func add(_ heading: String, _ words: [String?]) {
        let words = words.compactMap { $0 }
        guard !words.isEmpty else { return }
        append(DocumentSection(heading: heading, text: words.joined(separator: "\n")))
    }
}
