import HL7v2Syntax
import PortalIntake
import PortalRecord

/// Puts together what one ORU message states.
struct LabReportAssembly {
    let reading: HL7v2Reading
    let header: (messageID: String?, time: PartialDate?, facility: String?, sender: String?)
    var entries: [RecordEntry] = []
    /// Whether specimens stand before the requests that they are of (OUL^R22), and not behind.
    private let hasSpecimensFirst: Bool
    /// How often an order group's key came before in this message.
    private var seen: [BusinessKey: Int] = [:]

    init(_ reading: HL7v2Reading) {
        self.reading = reading
        hasSpecimensFirst = reading.peek(0, 9, 1) == "OUL"
        header = reading.header()
    }

    /// One order group: the common order before it, OBR, and what follows up to the next.
    private struct Group {
        var orc: Int?
        var obr: Int?
        var segments: [Int] = []
        var specimens: [Int] = []
        var timing: [Int] = []

        init(orc: Int?, obr: Int? = nil) {
            self.orc = orc
            self.obr = obr
            segments.reserveCapacity(16)
        }
    }

    private struct Person {
        var pid: Int
        var pd1: Int?
        var visit: [Int] = []
        var groups: [Group] = []
        var notes: [Int] = []
    }

    mutating func read() throws(IntakeError) {
        let people = people()
        guard !people.isEmpty else { throw missing("PID") }
        guard people.contains(where: { !$0.groups.isEmpty }) else { throw missing("OBR") }
        try refuseControls()
        for person in people { read(person) }
    }

    /// Results of specimens that are no patient's, whatever stands in PID: refused where the profile
    /// says what this laboratory marks them with, and a finding otherwise.
    private func refuseControls() throws(IntakeError) {
        let specimens = reading.segments(.spm)
        let roles = specimens.map { reading.peek($0, 11)?.trimmed ?? "" }
        let controls = roles.filter { reading.document.dialect.controlRoles.contains($0) }
        guard controls.isEmpty else {
            // An order without a specimen of its own may be a patient's.
            let orders = reading.segments(.obr).count
            let isAlone = controls.count == roles.count && orders <= roles.count
            throw .qualityControl(isAlone: isAlone, at: "SPM-11")
        }
        for (specimen, role) in zip(specimens, roles)
        where Dialect.standardControlRoles.contains(role) {
            reading.note("specimen-of-quality-control", specimen, 11)
        }
    }

    private func missing(_ segment: String) -> IntakeError {
        IntakeError(
            code: "segment-missing",
            location: segment,
            remedy: "ask the sender for the whole message, then drive it again"
        )
    }

    private func people() -> [Person] {
        var people: [Person] = []
        var pendingOrder: Int?
        var pendingSpecimens: [Int] = []
        var isBehindRequest = false
        for index in 1..<max(reading.message.segmentCount, 1) {
            let name = reading.message.name(index)
            if name == .pid {
                people.append(Person(pid: index))
                pendingOrder = nil
                pendingSpecimens = []
                isBehindRequest = false
                continue
            }
            guard !people.isEmpty else { continue }
            let last = people.count - 1
            switch name {
            case .pd1: people[last].pd1 = people[last].pd1 ?? index
            case .pv1, .pv2: people[last].visit.append(index)
            case .spm where hasSpecimensFirst:
                if isBehindRequest { pendingSpecimens = [] }
                isBehindRequest = false
                pendingSpecimens.append(index)
            case .orc where hasSpecimensFirst && isBehindRequest && pendingOrder == nil:
                // Behind its request, in OUL.
                if let group = people[last].groups.indices.last,
                    people[last].groups[group].orc == nil
                {
                    people[last].groups[group].orc = index
                } else {
                    pendingOrder = index
                }
            case .obr:
                people[last].groups.append(Group(orc: pendingOrder, obr: index))
                people[last].groups[people[last].groups.count - 1].specimens = pendingSpecimens
                pendingOrder = nil
                isBehindRequest = true
            case .obx, .nte:
                if people[last].groups.isEmpty {
                    if name == .nte {
                        people[last].notes.append(index)
                        continue
                    }
                    // Results without a request segment are still results.
                    reading.note("segment-missing", at: "OBR", severity: .error)
                    people[last].groups.append(Group(orc: pendingOrder))
                }
                people[last].groups[people[last].groups.count - 1].segments.append(index)
            case .orc: pendingOrder = index
            case .tq1:
                guard !people[last].groups.isEmpty else { continue }
                people[last].groups[people[last].groups.count - 1].timing.append(index)
            case .spm:
                guard !people[last].groups.isEmpty else { continue }
                people[last].groups[people[last].groups.count - 1].specimens.append(index)
            default: continue
            }
        }
        return people
    }

    private mutating func read(_ person: Person) {
        let noticed = reading.diagnostics.count
        var statement = reading.patient(person.pid, pd1: person.pd1)
        for segment in person.notes {
            reading.ignore(segment, 1, by: .setNumber)
            if let text = reading.text(segment, 3) {
                let key = "note " + String(statement.other.count)
                statement.other[key] = text
            }
        }
        let subject = reading.document.subject(statement)
        entries.append(
            reading.document.person(statement, as: subject, origin: reading.reference(person.pid))
        )
        entries[entries.count - 1].organisation = header.facility
        entries[entries.count - 1].findings = Array(reading.diagnostics.dropFirst(noticed))
        let visit = visit(person.visit)
        let labels = reading.visitLabels(person.visit)
        for group in person.groups {
            read(group, subject, visit)
            entries[entries.count - 1].protect(labels)
        }
    }

    /// Where the patient was and under whom, as the laboratory was told: kept with each report.
    private func visit(_ segments: [Int]) -> [String: String] {
        var fields: [String: String] = [:]
        for segment in segments {
            reading.ignore(segment, 1, by: .setNumber)
            let taken: FieldNumbers = reading.message.name(segment) == .pv1 ? [1] : []
            reading.keepRemaining(segment, except: taken, in: &fields)
        }
        return fields
    }

    // MARK: One order group

    private mutating func read(
        _ group: Group,
        _ subject: SourcePatient,
        _ visit: [String: String]
    ) {
        let noticed = reading.diagnostics.count
        let status = reportStatus(group.obr)
        var observations = ObservationAssembly(reading, reportStatus: status?.status)
        observations.read(group.segments)
        var report = request(group, visit)
        report.observations = observations.observations
        report.notes = observations.notes
        report.completeness = reading.document.dialect.completeness
        report.specimens = specimens(group)
        if report.code == CodeableConcept() {
            report.code = report.observations.first?.code ?? CodeableConcept()
            if let obr = group.obr { reading.note("order-without-code", obr, 4) }
        }
        guard let place = group.obr ?? group.segments.first else { return }
        let parent = group.obr.flatMap { reading.peekText($0, 26) }
        if let obr = group.obr, let organism = organism(obr) {
            for index in report.observations.indices {
                report.observations[index].other["part of"] = organism
            }
        }
        let key = key(report, subject, parent: parent)
        let settled = status?.status ?? derivedStatus(report.observations)
        let effective =
            report.collected ?? report.observations.first { $0.effective != nil }?.effective
        // Filled in where it will stay: an entry is large, and a copy holds on to all its parts.
        entries.append(
            RecordEntry(
                source: reading.document.silo,
                content: .diagnosticReport(report),
                key: key,
                subject: subject,
                status: settled,
                origin: reading.reference(place)
            )
        )
        let last = entries.count - 1
        entries[last].statusCode = status?.code
        entries[last].effective = effective
        if let obr = group.obr {
            let issued = reading.date(obr, 22)
            entries[last].issued = issued
            entries[last].statusTime = reading.believable(
                issued,
                messageTime: header.time,
                obr,
                22
            )
            entries[last].participants = participants(obr, group.orc)
        }
        entries[last].organisation = header.facility
        entries[last].labels = labels(group)
        entries[last].findings = Array(reading.diagnostics.dropFirst(noticed))
    }

    /// What a sensitivity is of: the value of the observation that OBR-26 names.
    ///
    /// - Rule: HL7 v2.5.1 ch. 7 s. 7.4.1.26: code ^ sub-id ^ value of the parent's OBX.
    private func organism(_ obr: Int) -> String? {
        guard let range = reading.first(obr, 26) else { return nil }
        if let value = reading.message.component(range, 3), !value.isEmpty {
            let text = reading.message.text(value)
            if !text.isEmpty { return text }
        }
        guard let code = reading.message.component(range, 1), !code.isEmpty else { return nil }
        let first = reading.message.split(code, by: reading.message.delimiters.subcomponent).first
        let wanted = first.map { reading.message.text($0) }
        let sub = reading.message.component(range, 2).map { reading.message.text($0) } ?? ""
        for segment in (0..<obr).reversed() where reading.message.name(segment) == .obx {
            guard reading.peek(segment, 3) == wanted, (reading.peek(segment, 4) ?? "") == sub
            else { continue }
            return reading.peek(segment, 5, 2) ?? reading.peek(segment, 5)
        }
        return nil
    }

    private func reportStatus(_ obr: Int?) -> (status: ResultStatus, code: String)? {
        guard let obr, let code = reading.text(obr, 25) else { return nil }
        if let status = reading.document.dialect.statuses[code]
            ?? HL7v2ResultStatusTable.report(code)
        {
            return (status, code)
        }
        reading.note("status-unknown", obr, 25)
        return (.unverified, code)
    }

    /// A report without a status of its own is as settled as its least settled observation.
    private func derivedStatus(_ observations: [Observation]) -> ResultStatus {
        if observations.contains(where: { $0.status.isCorrection }) { return .corrected }
        if !observations.isEmpty, observations.allSatisfy(\.status.isRetraction) {
            return observations[0].status
        }
        let least = observations.compactMap { observation in
            observation.status.finality.map { ($0, observation.status) }
        }.min { $0.0 < $1.0 }
        return least?.1 ?? observations.first?.status ?? .registered
    }

    private func request(_ group: Group, _ visit: [String: String]) -> DiagnosticReport {
        var report = DiagnosticReport(code: CodeableConcept())
        // Every name says its segment, so that none of the request's is one of the visit's.
        report.other = visit
        if let obr = group.obr {
            reading.ignore(obr, 1, by: .setNumber)
            report.placerNumber = reading.entityIdentifier(reading.first(obr, 2))
            report.fillerNumber = reading.entityIdentifier(reading.first(obr, 3))
            report.code = reading.first(obr, 4).flatMap { reading.concept($0) } ?? report.code
            report.requested = reading.date(obr, 6)
            report.collected = reading.date(obr, 7)
            report.collectionEnd = reading.date(obr, 8)
            report.clinicalInformation = reading.text(obr, 13)
            report.specimenReceived = reading.date(obr, 14)
            report.section = reading.text(obr, 24)
            report.reasons = reading.concepts(obr, 31)
            reading.keepRemaining(
                obr,
                except: [1, 2, 3, 4, 6, 7, 8, 10, 13, 14, 15, 16, 22, 24, 25, 28, 31, 32],
                in: &report.other
            )
        }
        if let orc = group.orc { order(orc, into: &report) }
        if !group.timing.isEmpty {
            report.other.merge(reading.keep(group.timing)) { first, _ in first }
        }
        return report
    }

    /// The common order: its numbers stand in where OBR leaves them out.
    private func order(_ orc: Int, into report: inout DiagnosticReport) {
        if report.placerNumber == nil {
            report.placerNumber = reading.entityIdentifier(reading.first(orc, 2))
        } else {
            reading.ignore(orc, 2, by: .repeated)
        }
        if report.fillerNumber == nil {
            report.fillerNumber = reading.entityIdentifier(reading.first(orc, 3))
        } else {
            reading.ignore(orc, 3, by: .repeated)
        }
        reading.keepRemaining(orc, except: [2, 3, 12], in: &report.other)
    }

    private func participants(_ obr: Int, _ orc: Int?) -> [Practitioner] {
        var found = reading.practitioners(obr, 16, role: "ordering")
        if let orc {
            if found.isEmpty {
                found = reading.practitioners(orc, 12, role: "ordering")
            } else {
                reading.ignore(orc, 12, by: .repeated)
            }
        }
        found += reading.practitioners(obr, 10, role: "collecting")
        found += reading.practitioners(obr, 28, role: "copied to")
        for range in reading.repetitions(obr, 32) {
            // NDL: the name stands in the first component's subcomponents.
            if let text = reading.text(range) {
                found.append(
                    Practitioner(name: HumanName(family: text), role: "interpreting")
                )
            }
        }
        return found
    }

    private func specimens(_ group: Group) -> [Specimen] {
        var found: [Specimen] = []
        if let obr = group.obr, let source = reading.first(obr, 15) {
            found.append(specimenSource(source))
        }
        for segment in group.specimens {
            reading.ignore(segment, 1, by: .setNumber)
            var specimen = Specimen()
            if let range = reading.first(segment, 2) {
                let parts = reading.message.split(range, by: reading.message.delimiters.component)
                let numbers = parts.compactMap { part in
                    reading.message.split(part, by: reading.message.delimiters.subcomponent)
                        .compactMap { reading.text($0) }.joined(separator: "^").nonEmpty
                }
                if let value = numbers.first {
                    specimen.identifier = Identifier(
                        system: nil,
                        value: value,
                        type: numbers.dropFirst().joined(separator: "|").nonEmpty
                    )
                }
            }
            specimen.type = reading.first(segment, 4).flatMap { reading.concept($0) }
            specimen.site = reading.first(segment, 8).flatMap { reading.concept($0) }
            specimen.other = reading.remaining(segment, except: [1, 2, 4, 8])
            found.append(specimen)
        }
        return found
    }

    /// OBR-15, where versions before 2.5 hold the specimen: SPS.
    private func specimenSource(_ range: Range<Int>) -> Specimen {
        var parts = reading.components(range)
        var type = reading.subcomponents(parts.next() ?? range)
        var specimen = Specimen()
        var coding = Coding()
        coding.code = reading.text(type.next())
        coding.display = reading.text(type.next())
        coding.system = reading.text(type.next())
        specimen.type = CodeableConcept(codings: coding == Coding() ? [] : [coding])
        var number = 2
        while let part = parts.next() {
            if let text = reading.text(part) { specimen.other["OBR-15." + String(number)] = text }
            number += 1
        }
        return specimen
    }

    /// ORC-28, the order's confidentiality, puts a label on.
    private func labels(_ group: Group) -> [SecurityLabel] {
        guard let orc = group.orc, let label = reading.label(orc, 28) else { return [] }
        return [label]
    }

    /// Filler number and what was asked (SAFETY S9); the placer's number where there is no filler's.
    ///
    /// Sensitivities of two organisms stand under one number and code: what they are of tells them
    /// apart (OBR-26).
    private mutating func key(
        _ report: DiagnosticReport,
        _ subject: SourcePatient,
        parent: String?
    ) -> BusinessKey {
        let part = report.code.identityText + (parent.map { "/" + $0 } ?? "")
        // A request that stands twice under one number is one order group, told in two pieces.
        if let filler = report.fillerNumber, !Placeholder.isIdentifier(filler.value) {
            return BusinessKey(assigner: filler.system, value: filler.value.trimmed, part: part)
        }
        if let placer = report.placerNumber, !Placeholder.isIdentifier(placer.value) {
            return BusinessKey(
                assigner: "placer " + (placer.system ?? ""),
                value: placer.value.trimmed,
                part: part
            )
        }
        var key = BusinessKey(
            assigner: nil,
            value: reading.document.hash.hex + "/" + subject.id.rawValue,
            part: part,
            isAssigned: false
        )
        let count = seen[key, default: 0] + 1
        seen[key] = count
        if count > 1 { key.part = part + "#" + String(count) }
        return key
    }

    func report(adapter: String) -> IntakeReport {
        var report = IntakeReport(adapter: adapter, ledger: reading.finishLedger())
        report.messageID = header.messageID
        report.messageTime = header.time
        report.sender = header.sender
        report.entries = entries
        report.diagnostics = reading.diagnostics
        return report
    }
}
