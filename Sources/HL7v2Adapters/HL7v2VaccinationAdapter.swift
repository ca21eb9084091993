import HL7v2Syntax
public import PortalIntake
import PortalRecord

/// Vaccination records, as HL7 v2 VXU.
///
/// - Shape: `MSH PID [PD1] {NK1} [PV1 [PV2]] {[ORC] RXA [RXR] {OBX {NTE}}}`, V04, v2.3.1 to v2.8.
/// - Rule: HL7 v2.5.1 ch. 4 s. 4.17 (RXA); CDC implementation guide for immunization messaging: RXA-20
///   `RE` refused and `NA` not given are no vaccination; RXA-21 `D` takes the record back.
///
///       RXA|0|1|20261002|20261002|140^Influenza^CVX|0.5|mL||||||||Y5841RR||SKB|||CP|A
public struct HL7v2VaccinationAdapter: SourceAdapter {
    /// `hl7v2-vaccination`.
    public static let name = "hl7v2-vaccination"
    /// `hl7v2`.
    public static let format = "hl7v2"

    /// Builds the adapter.
    public init() {}

    /// Whether MSH-9 says VXU.
    public func recognises(_ document: SourceDocument) -> Bool {
        HL7v2Header(document.bytes)?.type == "VXU"
    }

    /// States a VXU message as entries: the person, each vaccination, and contacts sent along.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken frame, `segment-missing` for a
    ///   message without PID or RXA, and `patient-repeated` for one of several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let event = try HL7v2Event(try HL7v2Reading(document), knows: nil)
        let person = try event.person()
        let found = VaccinationAssembly(event).entries(about: person.subject)
        guard found.contains(where: { $0.kind == .immunization }) else {
            throw HL7v2Event.missing("RXA")
        }
        return event.report([person] + found, adapter: Self.name)
    }
}

/// Puts together what each RXA and the segments around it state.
private struct VaccinationAssembly {
    let event: HL7v2Event
    private var reading: HL7v2Reading { event.reading }

    init(_ event: HL7v2Event) { self.event = event }

    private struct Group {
        var orc: Int?
        var rxa: Int?
        var others: [Int] = []
    }

    func entries(about subject: SourcePatient) -> [RecordEntry] {
        var groups: [Group] = []
        var found: [RecordEntry] = []
        var visit: [Int] = []
        for segment in 1..<max(reading.message.segmentCount, 1) {
            switch reading.message.name(segment) {
            case .orc: groups.append(Group(orc: segment))
            case .rxa:
                if groups.last.map({ $0.rxa == nil }) ?? false {
                    groups[groups.count - 1].rxa = segment
                } else {
                    groups.append(Group(orc: nil, rxa: segment))
                }
            case .pv1, .pv2: visit.append(segment)
            case .nk1:
                if let contact = reading.relatedPerson(segment) {
                    found.append(self.contact(contact, subject, segment))
                }
            case .pid, .pd1, .evn: continue
            default: if !groups.isEmpty { groups[groups.count - 1].others.append(segment) }
            }
        }
        let kept = reading.keep(visit)
        for (number, group) in groups.enumerated() {
            guard let rxa = group.rxa else { continue }
            found.append(entry(group, rxa, number, subject, kept))
        }
        return found
    }

    private func contact(
        _ contact: RelatedPerson,
        _ subject: SourcePatient,
        _ segment: Int
    ) -> RecordEntry {
        let key = BusinessKey(
            assigner: nil,
            value: contact.names.first?.spoken ?? contact.telecoms.first ?? "",
            part: contact.relationship?.firstCode
        )
        var entry = event.entry(.relatedPerson(contact), key: key, about: subject, at: segment)
        entry.statusTime = event.recorded ?? event.header.time
        return entry
    }

    private func entry(
        _ group: Group,
        _ rxa: Int,
        _ number: Int,
        _ subject: SourcePatient,
        _ visit: [String: String]
    ) -> RecordEntry {
        let noticed = reading.diagnostics.count
        let code = reading.first(rxa, 5).flatMap { reading.concept($0) }
        if code == nil { reading.note("vaccine-without-code", rxa, 5) }
        var vaccination = Immunization(code: code ?? CodeableConcept())
        vaccination.occurred = reading.date(rxa, 3)
        let amount = reading.text(rxa, 6)
        // 999 says that the amount is not known; that it was said is kept.
        let unit = reading.first(rxa, 7).flatMap { reading.concept($0) }
        if let amount { vaccination.dose = amount + (unit?.firstCode.map { " " + $0 } ?? "") }
        vaccination.lot = reading.text(rxa, 15)
        var other = visit
        if let unit { other["RXA-7"] = ObservationText.written(unit) }
        let completion = reading.text(rxa, 20)
        other["RXA-20"] = completion
        let reason = reading.text(rxa, 18)
        other["RXA-18"] = reason
        switch completion?.capitals {
        case "RE": vaccination.notGiven = reason ?? "refused"
        case "NA": vaccination.notGiven = reason ?? "not given"
        default: break
        }
        let action = reading.text(rxa, 21)
        other["RXA-21"] = action
        reading.keepRemaining(rxa, except: [3, 5, 6, 7, 10, 15, 18, 20, 21], in: &other)
        let people = reading.practitioners(rxa, 10, role: "vaccinator")
        around(group, &vaccination, &other)
        var entry = event.entry(
            .immunization(vaccination),
            key: key(group, vaccination, number),
            about: subject,
            status: action?.capitals == "D" ? .withdrawn : .final,
            at: rxa
        )
        entry.effective = vaccination.occurred
        entry.statusTime = event.recorded ?? event.header.time
        entry.participants = people
        if let orc = group.orc {
            entry.participants += reading.practitioners(orc, 12, role: "ordering")
        }
        entry.other = other.isEmpty ? nil : other
        entry.findings += reading.diagnostics.dropFirst(noticed)
        return entry
    }

    /// Route and site, the order, and what was observed beside it.
    private func around(
        _ group: Group,
        _ vaccination: inout Immunization,
        _ other: inout [String: String]
    ) {
        if let orc = group.orc { reading.keepRemaining(orc, except: [3, 12], in: &other) }
        for segment in group.others {
            switch reading.message.name(segment) {
            case .rxr:
                let route = reading.first(segment, 1).flatMap { reading.concept($0) }
                let site = reading.first(segment, 2).flatMap { reading.concept($0) }
                vaccination.route = route?.words
                vaccination.site = site?.words
                let path = reading.path(segment)
                other[path + "-1"] = route.map(ObservationText.written)
                other[path + "-2"] = site.map(ObservationText.written)
                reading.keepRemaining(segment, except: [1, 2], in: &other)
            case .obx, .nte:
                reading.ignore(segment, 1, by: .setNumber)
                let rest = reading.remaining(segment, except: [1], prefix: reading.path(segment))
                other.merge(rest) { first, _ in first }
            default: continue
            }
        }
    }

    /// The number of whoever gave it (ORC-3), else vaccine and day: a history states no number.
    private func key(_ group: Group, _ vaccination: Immunization, _ number: Int) -> BusinessKey {
        let filler = group.orc.flatMap { reading.first($0, 3) }
            .flatMap { reading.entityIdentifier($0) }
        let part = vaccination.code.identityText
        if let filler, !Placeholder.isIdentifier(filler.value) {
            return BusinessKey(assigner: filler.system, value: filler.value.trimmed, part: part)
        }
        guard let day = vaccination.occurred else {
            return BusinessKey(
                assigner: nil,
                value: reading.document.hash.hex,
                part: part + "#" + String(number),
                isAssigned: false
            )
        }
        return BusinessKey(assigner: nil, value: part, part: day.description)
    }
}
