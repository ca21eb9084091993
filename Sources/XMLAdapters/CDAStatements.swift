import PortalIntake
import PortalRecord
import XMLSyntax

/// The statements that a document makes in coded entries, each an entry of its own.
///
/// - Rule: CDA R2 section 4.3.5; SAFETY S5 (the unit is one statement), S13, S21.
final class CDAStatements {
    let reading: CDAReading
    let header: CDAHeader
    let subject: SourcePatient
    private(set) var entries: [RecordEntry] = []
    /// A line of words for each statement, for a section that has none.
    private(set) var lines: [String] = []
    /// How often a key was met: what is listed twice is two statements.
    private var counts: [ChainKey: Int] = [:]

    init(_ reading: CDAReading, _ header: CDAHeader, about subject: SourcePatient) {
        self.reading = reading
        self.header = header
        self.subject = subject
    }

    // MARK: Adding

    /// A statement as it is put together.
    struct Draft {
        var content: EntryContent
        /// What makes it the same statement in the next version, where it has no number.
        var identity: String
        var effective: PartialDate?
        var status: ResultStatus = .final
        var other: [String: String] = [:]
        /// The words of a line.
        var line: String
    }

    /// Adds a statement; whatever of the element nobody took becomes its further fields.
    func add(_ draft: Draft, at element: XMLElement) {
        let key = key(element, draft)
        var entry = RecordEntry(
            source: reading.base.document.silo,
            content: draft.content,
            key: key,
            subject: subject,
            status: isNullified(element) ? .enteredInError : draft.status,
            origin: reading.base.reference(element)
        )
        entry.effective = draft.effective
        entry.recorded =
            reading.peekTime(reading.find("author", "time", of: element)) ?? header.time
        entry.statusTime = header.time
        entry.statusCode = reading.take("code", of: reading.child("statusCode", of: element))
        entry.participants = reading.participants(of: element)
        entry.organisation = header.organisation
        var other = reading.rest(of: element)
        other.merge(draft.other) { written, _ in written }
        entry.other = other.isEmpty ? nil : other
        entries.append(entry)
        if !draft.line.isEmpty { lines.append(draft.line) }
    }

    /// Puts what is left of a holder on the first of the statements that it holds.
    func addRest(of holder: XMLElement, to first: Int) {
        guard entries.indices.contains(first) else { return }
        for (name, value) in reading.rest(of: holder) {
            entries[first].other = entries[first].other ?? [:]
            entries[first].other?["in " + reading.localName(holder) + "/" + name] = value
        }
    }

    /// Gives the statements away, with the labels of their document.
    ///
    /// They are changed where they stand: a document may make thousands.
    func handOver(labelled labels: Set<SecurityLabel>) -> [RecordEntry] {
        var given: [RecordEntry] = []
        swap(&given, &entries)
        if labels.isEmpty { return given }
        for index in given.indices { given[index].protect(labels) }
        return given
    }

    /// Its own number with its assigner; without one, what it is about, under the document.
    private func key(_ element: XMLElement, _ draft: Draft) -> BusinessKey {
        let numbered = reading.children("id", of: element).first { reading.keyNumber($0) != nil }
        var key: BusinessKey
        if let numbered, let own = reading.keyNumber(numbered) {
            // The key holds it as written.
            _ = reading.number(numbered)
            key = BusinessKey(assigner: own.system, value: own.value)
            if case .diagnosticReport(let report) = draft.content {
                // The unit is the order group (SAFETY S5).
                key.part = report.code.identityText
            }
        } else {
            key = header.key
            key.part = draft.identity
        }
        let chain = ChainKey(source: "", kind: draft.content.kind, key: key)
        let count = counts[chain, default: 0] + 1
        counts[chain] = count
        if count > 1 { key.part = (key.part ?? "") + "#" + String(count) }
        return key
    }

    func isNullified(_ element: XMLElement) -> Bool {
        reading.peek("code", of: reading.child("statusCode", of: element)) == "nullified"
    }

    // MARK: Reading

    /// Reads one statement of a section, and those inside it that are statements of their own.
    func read(_ element: XMLElement, in section: CDACodeTable.Section) {
        let mood = reading.peek("moodCode", of: element) ?? "EVN"
        let name = reading.localName(element)
        switch name {
        case "act", "observation", "procedure", "encounter", "substanceAdministration", "supply",
            "organizer":
            break
        default: return
        }
        if mood == "GOL" || !reading.templates(element).isDisjoint(with: CDACodeTable.goalTemplates)
        {
            goal(element)
        } else if isPlanned(mood, name, section) {
            request(element, mood)
        } else {
            switch name {
            case "substanceAdministration":
                if section == .vaccinations || isVaccination(element) {
                    vaccination(element)
                } else {
                    medicine(element)
                }
            case "procedure": procedure(element)
            case "encounter": encounter(element)
            case "organizer": organizer(element, section)
            case "observation": observation(element, section)
            case "act": act(element, section)
            default: break
            }
        }
    }

    /// What is only intended is no fact; a medicine of a list of medicines is one that is taken.
    private func isPlanned(_ mood: String, _ name: String, _ section: CDACodeTable.Section) -> Bool
    {
        switch mood {
        case "RQO", "PRMS", "PRP", "ARQ", "APT": true
        case "INT": name != "substanceAdministration" || section == .plan
        default: false
        }
    }

    private func isVaccination(_ element: XMLElement) -> Bool {
        !reading.templates(element).isDisjoint(with: CDACodeTable.vaccinationTemplates)
    }

    private func observation(_ element: XMLElement, _ section: CDACodeTable.Section) {
        let templates = reading.templates(element)
        if !templates.isDisjoint(with: CDACodeTable.allergyTemplates) || section == .allergies {
            allergy(element)
        } else if !templates.isDisjoint(with: CDACodeTable.problemTemplates)
            || section == .problems
        {
            problem(element, holder: nil)
        } else {
            switch section {
            case .procedures: procedure(element)
            case .directives: directive(element)
            case .family: relatives(element)
            default: report([element], of: nil, section)
            }
        }
    }

    private func organizer(_ element: XMLElement, _ section: CDACodeTable.Section) {
        if section == .family {
            relatives(element)
            return
        }
        let inner = reading.children("component", of: element)
        let observations = inner.flatMap { reading.children("observation", of: $0) }
        if section == .directives {
            let first = entries.count
            for observation in observations { directive(observation) }
            addRest(of: element, to: first)
        } else if !observations.isEmpty {
            // Panels inside a panel are reports of their own.
            for organizer in inner.flatMap({ reading.children("organizer", of: $0) }) {
                self.organizer(organizer, section)
            }
            report(observations, of: element, section)
        } else {
            let first = entries.count
            for statement in inner.flatMap({ reading.xml.children(of: $0) }) {
                read(statement, in: section)
            }
            if entries.count > first { addRest(of: element, to: first) }
        }
    }

    /// An act is a concern that holds statements, something that was done, or neither.
    private func act(_ element: XMLElement, _ section: CDACodeTable.Section) {
        let isConcern =
            reading.codes(reading.child("code", of: element)).contains("CONC")
            || !reading.templates(element).isDisjoint(with: CDACodeTable.concernTemplates)
            || section == .allergies || section == .problems
        if isConcern {
            concern(element, section)
        } else if section == .procedures {
            procedure(element)
        } else {
            for inner in reading.children("entryRelationship", of: element) {
                // Vaccines and medicines stand inside other acts of admission and discharge.
                for statement in reading.xml.children(of: inner)
                where reading.localName(statement) == "substanceAdministration" {
                    read(statement, in: section)
                }
            }
        }
    }

    /// The problems and allergies of a concern.
    func concern(_ element: XMLElement, _ section: CDACodeTable.Section) {
        let first = entries.count
        for link in reading.children("entryRelationship", of: element)
        where ["SUBJ", nil].contains(reading.peek("typeCode", of: link))
            || section == .problems || section == .allergies
        {
            for observation in reading.children("observation", of: link) {
                let templates = reading.templates(observation)
                if section == .allergies
                    || !templates.isDisjoint(with: CDACodeTable.allergyTemplates)
                {
                    allergy(observation, isDenied: reading.isNegated(element))
                } else if section == .problems
                    || !templates.isDisjoint(with: CDACodeTable.problemTemplates)
                {
                    problem(observation, holder: element)
                }
            }
        }
        if entries.count > first { addRest(of: element, to: first) }
    }
}
