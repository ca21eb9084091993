import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// Puts together what a referral states beyond the person.
struct SCIGatewayAssembly {
    let reading: XMLReading
    let root: XMLElement
    let header: SCIGatewayHeader

    init(_ reading: XMLReading, _ root: XMLElement, _ header: SCIGatewayHeader) {
        self.reading = reading
        self.root = root
        self.header = header
    }

    /// The referral, then the statements that it makes, in the document's order.
    func entries(about subject: SourcePatient) -> [RecordEntry] {
        let noticed = reading.diagnostics.count
        var referral = Referral(
            letter: ClinicalDocument(type: CodeableConcept(text: "Referral letter"))
        )
        referral.letter.number = header.number
        var cleared: [String] = []
        func stated(_ name: String) -> XMLElement? {
            guard let element = reading.child(name, of: root) else { return nil }
            guard reading.isCleared(element) else { return element }
            cleared.append(name)
            return nil
        }
        referral.letter.other["UCPN"] = reading.text(stated("Pathway"))
        referral.urgency = reading.text(stated("Urgency"))
        referral.reason = reading.concept(stated("Reason"))
        let effective = reading.date(stated("ReferralDate"))
        let organisation = people(&referral)
        let labels = labels(stated("Confidentiality"), &referral)
        var statements = SCIGatewayStatements(reading, header)
        let clinical = reading.child("Clinical", of: root)
        body(clinical, &referral, &statements, &cleared)
        attachments(&referral)
        if !cleared.isEmpty { referral.letter.other["cleared"] = cleared.joined(separator: ", ") }
        var entry = header.entry(
            .referral(referral),
            key: header.key,
            about: subject,
            status: header.status,
            at: root
        )
        sequence(&entry, &referral)
        entry.content = .referral(referral)
        entry.statusCode = header.statusCode
        entry.effective = effective
        entry.issued = header.versionTime
        entry.participants = [referral.referrer, referral.addressee].compactMap { $0 }
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        return ([entry] + statements.entries(about: subject)).map { entry in
            var entry = entry
            entry.labels = labels
            entry.organisation = organisation
            return entry
        }
    }

    /// The version as a number that orders; another spelling is kept as written.
    private func sequence(_ entry: inout RecordEntry, _ referral: inout Referral) {
        guard let version = header.version else { return }
        entry.sequence = Int(version)
        if entry.sequence.map(String.init) != version {
            referral.letter.other["version as written"] = version
        }
    }

    private func labels(_ element: XMLElement?, _ referral: inout Referral) -> [SecurityLabel] {
        guard let element, let code = reading.text(element) else { return [] }
        referral.letter.other["confidentiality"] = code
        guard let label = reading.document.dialect.label(of: code) else { return [] }
        if !SecurityLabel.known.contains(label) { reading.note("label-unknown", element) }
        return [label]
    }

    // MARK: People

    /// Who refers and to whom.
    ///
    /// - Returns: The practice that refers.
    private func people(_ referral: inout Referral) -> String? {
        let referrer = reading.child("Referrer", of: root)
        let ofReferrer: Set<String> = ["Code", "Name", "Role", "Practice"]
        reading.strangers(in: referrer, besides: ofReferrer, once: ofReferrer)
        let code = reading.number(reading.child("Code", of: referrer))
        let name = reading.name(reading.child("Name", of: referrer))
        if code != nil || name != nil {
            referral.referrer = Practitioner(identifier: code, name: name, role: "referrer")
        }
        referral.letter.other["referrer role"] = reading.text("Role", of: referrer)
        let practice = reading.organisation(reading.child("Practice", of: referrer))
        keep(practice, "referring practice", &referral)
        addressee(&referral)
        return practice?.name
    }

    private func addressee(_ referral: inout Referral) {
        let element = reading.child("Addressee", of: root)
        let names: Set<String> = ["Organisation", "Service", "Specialty", "Code", "Consultant"]
        reading.strangers(in: element, besides: names, once: names)
        let organisation = reading.organisation(reading.child("Organisation", of: element))
        let service = reading.text("Service", of: element)
        let specialty = reading.concept(reading.child("Specialty", of: element))
        let code = reading.number(reading.child("Code", of: element))
        let consultant = reading.name(reading.child("Consultant", of: element))
        referral.letter.specialty = specialty
        referral.letter.other["addressed service"] = service
        keep(organisation, "addressed organisation", &referral)
        // A person, else a service, else a specialty.
        let words = service ?? specialty?.words ?? organisation?.name
        let name = consultant ?? words.map { HumanName(family: $0) }
        guard code != nil || name != nil else { return }
        referral.addressee = Practitioner(identifier: code, name: name, role: "addressee")
    }

    private func keep(
        _ organisation: XMLReading.Organisation?,
        _ name: String,
        _ referral: inout Referral
    ) {
        referral.letter.other[name] = organisation?.name
        referral.letter.other[name + " code"] = organisation?.code?.token
        referral.letter.other[name + " code type"] = organisation?.code?.type
        referral.letter.other[name + " contact"] = organisation?.contact
    }

    // MARK: Clinical part

    private static let headings: [String: String] = [
        "PresentingComplaint": "Presenting complaint",
        "History": "History of presenting complaint",
        "Examination": "Examination",
        "Investigations": "Investigations",
        "PastHistory": "Past medical history",
        "Social": "Social context",
    ]

    private func body(
        _ clinical: XMLElement?,
        _ referral: inout Referral,
        _ statements: inout SCIGatewayStatements,
        _ cleared: inout [String]
    ) {
        guard let clinical else { return }
        reading.strangers(
            in: clinical,
            besides: Set(Self.headings.keys)
                .union(["Section", "Problem", "Medicine", "Allergy", "Warning", "Need"])
        )
        let namespace = reading.xml.name(of: clinical).namespace
        for element in reading.xml.children(of: clinical) {
            let name = reading.xml.name(of: element)
            guard name.namespace == namespace else { continue }
            if let heading = Self.headings[name.local] {
                reading.know(element)
                if reading.isCleared(element) {
                    cleared.append(name.local)
                } else {
                    section(element, heading, &referral)
                }
                continue
            }
            switch name.local {
            case "Section":
                reading.know(element)
                section(element, reading.attribute("heading", of: element), &referral)
            case "Problem": statements.problem(reading.know(element))
            case "Medicine":
                if let words = statements.medicine(reading.know(element)) {
                    referral.medicines.append(words)
                }
            case "Allergy":
                if let words = statements.allergy(reading.know(element)) {
                    referral.allergies.append(words)
                }
            case "Warning":
                if let words = reading.text(reading.know(element)) {
                    referral.allergies.append(words)
                }
            case "Need":
                if let words = need(reading.know(element)) { referral.needs.append(words) }
            default: break
            }
        }
    }

    private func section(_ element: XMLElement, _ heading: String?, _ referral: inout Referral) {
        guard let text = reading.narrative(element) else { return }
        referral.letter.sections.append(DocumentSection(heading: heading, text: text))
    }

    private func need(_ element: XMLElement) -> String? {
        let kind = reading.attribute("kind", of: element)
        let words = [kind, reading.text(element)].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: ": ")
    }

    // MARK: Attachments

    private func attachments(_ referral: inout Referral) {
        guard let holder = reading.child("Attachments", of: root) else { return }
        reading.strangers(in: holder, besides: ["Attachment"])
        for element in reading.children("Attachment", of: holder) {
            var attachment = Attachment(
                mediaType: reading.attribute("mediaType", of: element),
                encoding: reading.attribute("encoding", of: element)
            )
            let texts = reading.xml.texts(of: element)
            var content = texts.first.map { reading.xml.utf8(of: $0) } ?? []
            if texts.count > 1 {
                content = texts.reduce(into: [UInt8]()) { $0 += reading.xml.utf8(of: $1) }[...]
            }
            if content.isEmpty {
                reading.note("attachment-empty", element)
            } else {
                for text in texts { reading.ledger.map(text.range) }
                attachment.contentHash = ContentHash(of: content)
                attachment.byteCount = content.count
                attachment.chunks = texts.map { text in
                    SourceRange(
                        path: reading.xml.path(of: element),
                        offset: text.range.lowerBound,
                        length: text.range.count
                    )
                }
                if attachment.encoding?.lowercased() == "base64", Base64.decode(content) == nil {
                    reading.note("attachment-not-base64", element)
                }
            }
            attachment.title =
                reading.attribute("title", of: element)
                ?? reading.attribute("fileName", of: element)
            referral.letter.attachments.append(attachment)
            let place = "attachment " + String(referral.letter.attachments.count)
            referral.letter.other[place + " file name"] = reading.attribute("fileName", of: element)
            referral.letter.other[place + " title"] = reading.attribute("title", of: element)
        }
    }
}

extension XMLReading {
    /// An element's narrative as text, marked as mapped; nil where it says nothing.
    func narrative(_ element: XMLElement) -> String? {
        let room = max(0, document.limits.findingsMax - diagnostics.count)
        let narrative = XMLNarrative(element, in: xml, findingsMax: room)
        for inner in narrative.read { know(inner) }
        for text in narrative.kept { if let range = place(of: text) { ledger.map(range) } }
        for span in narrative.spans { ledger.ignore(span, by: .structure) }
        diagnostics += narrative.findings
        return narrative.text.isEmpty ? nil : narrative.text
    }

    /// A value that serves the interface and not the record.
    func routing(_ element: XMLElement) -> String? {
        guard let value = written(element) else { return nil }
        for text in xml.texts(of: element) { ledger.ignore(text.range, by: .routing) }
        return value
    }
}
