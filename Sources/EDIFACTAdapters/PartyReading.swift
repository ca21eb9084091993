import EDIFACTSyntax
import PortalIntake
import PortalRecord

/// Who asked, who reported, and who gets a copy: the parties of a message.
struct Parties {
    /// People, in the sender's order.
    var participants: [Practitioner] = []
    /// The department that reports.
    var section: String?
    /// The organisation that reports.
    var organisation: String?
    /// The number of the organisation that reports.
    var organisationNumber: Identifier?
    /// Parties that have no place of their own, by name.
    var other: [String: String] = [:]
}

extension EDIFACTReading {
    /// The parties of a message.
    ///
    /// - Rule: S01 `NAD [ADR] [CON] [RFF] SPR`, in NHSRSR `NAD [SEQ] SPR` without a trigger. NAD
    ///   3035: PO requester, MR recipient, SLA and SRA who reports, RRP a reporting radiologist. SPR
    ///   PRO a person, ORG an organisation, DPT a department.
    ///
    ///       NAD+PO+G9990001:900++DR R GREENE'
    ///       SPR+PRO'
    func parties(_ groups: [[Int]], relations: [String: String]) -> Parties {
        var parties = Parties()
        for group in groups {
            guard let nad = group.first(where: { message.tag($0) == .nad }) else {
                keepRest(group, in: &parties.other)
                continue
            }
            party(nad, group, relations, into: &parties)
            keepRest(group, in: &parties.other)
        }
        return parties
    }

    private func party(
        _ nad: Int,
        _ group: [Int],
        _ relations: [String: String],
        into parties: inout Parties
    ) {
        let role = qualifier(nad)
        let kind = group.first { message.tag($0) == .spr }
        let person = kind.map { qualifier($0) } ?? "PRO"
        let name = partyName(nad)
        let number = text(nad, 2).map { value in
            let list = peek(nad, 2, 2) ?? ""
            return Identifier(
                system: list.isEmpty ? nil : assigner(list),
                value: value
            )
        }
        if number?.system != nil { mapAssigner(nad) }
        switch (role, person) {
        case ("SLA", "DPT"), ("SRA", "DPT"):
            if parties.section == nil {
                parties.section = name ?? number?.value
                keepNumber(number, name, as: "reporting department", in: &parties.other)
            } else {
                keep(name, as: "reporting department", in: &parties.other)
                keepNumber(number, name ?? "", as: "reporting department", in: &parties.other)
            }
        case ("SLA", "ORG"), ("SRA", "ORG"):
            if parties.organisation == nil {
                parties.organisation = name ?? number?.value
                parties.organisationNumber = number
                keepNumber(number, name, as: "reporting organisation", in: &parties.other)
            } else {
                keep(name, as: "reporting organisation", in: &parties.other)
                keepNumber(number, name ?? "", as: "reporting organisation", in: &parties.other)
            }
        case ("PO", "ORG"), ("PO", "DPT"), ("MR", "ORG"), ("MR", "DPT"):
            let what = role == "PO" ? "requesting organisation" : "receiving organisation"
            keep(name, as: what, in: &parties.other)
            keepNumber(number, name ?? "", as: what, in: &parties.other)
        case ("PO", "PRO"), ("MR", "PRO"), ("SLA", "PRO"), ("SRA", "PRO"), ("RRP", "PRO"):
            parties.participants.append(
                Practitioner(
                    identifier: number,
                    name: name.map { HumanName(family: $0) },
                    role: words(role, group, relations)
                )
            )
        default:
            // A party of a kind that nobody knows: its role goes by its own name.
            let what = "NAD+" + (text(nad, 1) ?? "")
            keep(name, as: what, in: &parties.other)
            keepNumber(number, name ?? "", as: what, in: &parties.other)
            return
        }
        structure(nad)
        if let kind { structure(kind) }
    }

    /// A party's number where no place holds it: with its assigner, as it is named there.
    private func keepNumber(
        _ number: Identifier?,
        _ name: String?,
        as what: String,
        in other: inout [String: String]
    ) {
        guard let number else { return }
        // Where there is no name the number stands for it, and only its assigner is left to keep.
        keep(name == nil ? number.system : number.token, as: what + " number", in: &other)
    }

    /// The code list of a party's number is its assigner, and so is in the entry.
    private func mapAssigner(_ nad: Int) { _ = text(nad, 2, 2) }

    private func assigner(_ list: String) -> String {
        document.dialect.authorities[list] ?? EDIFACTCodeLists.assigner(list)
    }

    private func words(_ role: String, _ group: [Int], _ relations: [String: String]) -> String {
        switch role {
        case "PO": return "ordering"
        case "MR": return "copied to"
        case "RRP":
            let number = group.first { message.tag($0) == .seq }
            if let number { ignore(number, 2, by: .setNumber) }
            let relation = number.flatMap { peek($0, 2) }.flatMap { relations[$0] }
            switch relation {
            case nil, "RA": return "interpreting"
            case "VR": return "verifying"
            default: return "interpreting (" + (relation ?? "") + ")"
            }
        default: return "performing"
        }
    }

    /// A name of one to five components; one of 35 letters is full, and goes on in the next.
    ///
    /// - Rule: data element 3036 has at most 35 characters.
    private func partyName(_ nad: Int) -> String? {
        let element = message.element(nad, 4).map { !$0.isEmpty } ?? false ? 4 : 3
        var name = ""
        var isFull = false
        for range in components(nad, element) {
            guard let part = text(range) else { continue }
            if !name.isEmpty, !isFull { name += " " }
            name += part
            isFull = part.utf8.count >= 35
        }
        return name.nonEmpty
    }
}
