import EDIFACTSyntax
import PortalIntake
import PortalRecord

extension EDIFACTReading {
    /// What a message says of the person that it reports on.
    ///
    /// - Rule: S06 `[RFF+SSI] [ADR]`, S07 `PNA [RFF] [DTM+329] [PDI]`; in NHSRSR S05 holds both.
    ///   PNA names the patient's number (OPI, the NHS number) and name: SU surname, FO forename, MI
    ///   further initials or names, TI title. Many patients come without a number: it is no fault,
    ///   and links nothing (SAFETY S1).
    ///
    ///       PNA+PAT+9990000018:OPI+++SU:GREENE+FO:Anna+MI:B+TI:MRS'
    func patient(_ segments: [Int], sender: String?) -> PatientStatement {
        var statement = PatientStatement()
        for segment in segments {
            switch message.tag(segment) {
            case .pna: name(segment, into: &statement)
            case .adr: address(segment, into: &statement)
            case .dtm where qualifier(segment) == "329" && statement.birthDate == nil:
                statement.birthDate = date(segment)
            case .pdi:
                statement.gender = text(segment, 1).map(EDIFACTCodeLists.gender)
            case .rff where qualifier(segment) == "SSI":
                // The laboratory's own number of the person.
                if let value = text(segment, 1, 2) {
                    structure(segment)
                    statement.identifiers.append(
                        Identifier(system: sender, value: value, type: "PI")
                    )
                }
            case .rff where qualifier(segment) == "RPI":
                // The requester's number: nobody says who the requester's assigner is.
                if let value = text(segment, 1, 2) {
                    structure(segment)
                    statement.identifiers.append(
                        Identifier(system: nil, value: value, type: "RPI")
                    )
                }
            default: break
            }
        }
        keepRest(segments, in: &statement.other)
        check(statement, segments)
        return statement
    }

    private func name(_ pna: Int, into statement: inout PatientStatement) {
        if qualifier(pna) == "PAT" { structure(pna) }
        if let value = text(pna, 2) {
            let kind = text(pna, 2, 2)
            let system =
                kind.flatMap { document.dialect.authorities[$0] }
                ?? (kind == "OPI" ? IdentifierSystem.nhsNumber : nil)
            statement.identifiers.append(Identifier(system: system, value: value, type: kind))
        }
        var name = HumanName()
        name.use = text(pna, 3)
        var further: [String] = []
        for element in 4...max(message.elementCount(pna), 4) {
            guard let kind = peek(pna, element), let value = range(pna, element, 2) else {
                continue
            }
            switch kind {
            case "SU" where name.family == nil: name.family = text(value)
            case "FO" where name.given == nil: name.given = text(value)
            case "MI": if let part = text(value) { further.append(part) }
            case "TI" where name.prefix == nil: name.prefix = text(value)
            default: continue
            }
            structure(pna, element)
        }
        name.middle = further.joined(separator: " ").nonEmpty
        if name != HumanName() { statement.names.append(name) }
    }

    /// ADR: a use and up to five lines in element 2, the postcode in element 4.
    ///
    ///       ADR++US:FLAT 1:59 HIGH STREET:MILLPORT:++KA28 0XX'
    private func address(_ adr: Int, into statement: inout PatientStatement) {
        var address = Address(lines: [])
        var parts = components(adr, 2)[...]
        // US: a street address, unstructured.
        if let first = parts.first, peek(adr, 2) == "US" {
            _ = first
            structure(adr, 2)
            parts = parts.dropFirst()
        }
        address.lines = parts.compactMap { text($0) }
        if let town = text(adr, 3) { address.lines.append(town) }
        address.postcode = text(adr, 4)
        address.country = text(adr, 6)
        address.use = text(adr, 1, 3)
        if address != Address(lines: []) { statement.addresses.append(address) }
    }

    private func check(_ statement: PatientStatement, _ segments: [Int]) {
        guard let pna = segments.first(where: { message.tag($0) == .pna }) else { return }
        if statement.identifiers.isEmpty { note("identifier-missing", pna, severity: .note) }
        for identifier in statement.identifiers {
            guard let system = identifier.system else {
                note("identifier-without-assigner", pna, severity: .note)
                continue
            }
            if IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                note("check-digit-wrong", pna)
            }
        }
        if statement.names.isEmpty { note("name-missing", pna) }
        if statement.birthDate == nil { note("birth-date-missing", pna, severity: .note) }
    }
}
