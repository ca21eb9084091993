import HL7v2Syntax
import PortalIntake
import PortalRecord

extension HL7v2Reading {
    /// What PID, and PD1 behind it, say of the person.
    ///
    /// - Rule: HL7 v2.5.1 ch. 3 s. 3.4.2 (PID) and 3.4.10 (PD1). PID-2 and PID-4 hold identifiers
    ///   in the versions before 2.3.1.
    func patient(_ pid: Int, pd1: Int?) -> PatientStatement {
        var statement = PatientStatement()
        ignore(pid, 1, by: .setNumber)
        statement.identifiers = each(pid, 3) { identifier($0) }
        for field in [2, 4] {
            statement.identifiers += each(pid, field) { identifier($0) }
        }
        verify(&statement.identifiers, pid)
        statement.names = names(pid, 5)
        if let birthDate = date(pid, 7) {
            statement.birthDate = birthDate
        } else if let written = text(pid, 7) {
            statement.other["birth date as written"] = written
        }
        statement.gender = first(pid, 8).flatMap { text($0) }
            .map { AdministrativeGender(rawValue: $0) }
        statement.addresses = addresses(pid, 11)
        for field in [13, 14] {
            statement.telecoms += each(pid, field) { text($0) }
        }
        statement.deceasedAt = date(pid, 29)
        if let flag = text(pid, 30) {
            statement.isDeceased = ["Y", "1", "T"].contains(flag.uppercased())
            statement.other["PID-30"] = flag
        }
        keepRemaining(
            pid,
            except: [1, 2, 3, 4, 5, 7, 8, 11, 13, 14, 29, 30],
            in: &statement.other
        )
        clear(pid, into: &statement)
        if let pd1 { practice(pd1, into: &statement) }
        check(statement, pid)
        return statement
    }

    /// PID-32 speaks of the identifiers as a whole; where the NHS number status is sent, it is
    /// the number's own.
    private func verify(_ identifiers: inout [Identifier], _ pid: Int) {
        guard let status = peek(pid, 32) else { return }
        for index in identifiers.indices {
            if let system = identifiers[index].system, IdentifierSystem.isNational(system) {
                identifiers[index].verification = status
            }
        }
    }

    private func practice(_ pd1: Int, into statement: inout PatientStatement) {
        for range in repetitions(pd1, 3) {
            // XON: the organisation's name, its number in component 3 or 10.
            let name = component(range, 1)
            let number = component(range, 3) ?? component(range, 10)
            if name != nil || number != nil {
                statement.generalPractice.append(
                    Practitioner(
                        identifier: number.map { Identifier(system: nil, value: $0) },
                        name: HumanName(family: name),
                        role: "general practice"
                    )
                )
            }
        }
        statement.generalPractice += practitioners(pd1, 4, role: "general practitioner")
        keepRemaining(pd1, except: [3, 4], in: &statement.other)
    }

    private func clear(_ pid: Int, into statement: inout PatientStatement) {
        for number in 1...max(message.fieldCount(pid), 1) where isNull(pid, number) {
            let named =
                switch number {
                case 5: "name"
                case 7: "birthDate"
                case 8: "gender"
                case 11: "address"
                case 13, 14: "telecom"
                case 29: "deceasedAt"
                case 30: "deceased"
                default: "PID-" + String(number)
                }
            statement.cleared.append(named)
            if let range = message.field(pid, number) { ledger.map(range) }
        }
    }

    private func check(_ statement: PatientStatement, _ pid: Int) {
        if statement.identifiers.isEmpty { note("identifier-missing", pid, 3) }
        for identifier in statement.identifiers {
            guard let system = identifier.system else {
                note("identifier-without-assigner", pid, 3, severity: .note)
                continue
            }
            if IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                note("check-digit-wrong", pid, 3)
            }
        }
        if statement.names.isEmpty { note("name-missing", pid, 5) }
        if statement.birthDate == nil, !isNull(pid, 7) { note("birth-date-missing", pid, 7) }
    }

    /// The allergies that AL1 segments state, with their keys.
    ///
    /// - Rule: HL7 v2.5.1 ch. 3 s. 3.4.6.
    func allergy(_ segment: Int) -> AllergyIntolerance? {
        ignore(segment, 1, by: .setNumber)
        guard let code = first(segment, 3).flatMap({ concept($0) }) else {
            note("allergy-without-substance", segment, 3)
            return nil
        }
        var allergy = AllergyIntolerance(code: code)
        allergy.category = first(segment, 2).flatMap { concept($0) }
        allergy.severity = first(segment, 4).flatMap { concept($0) }
        allergy.reactions = each(segment, 5) { text($0) }
        allergy.onset = date(segment, 6)
        return allergy
    }

    /// The diagnosis that a DG1 segment states.
    ///
    /// - Rule: HL7 v2.5.1 ch. 6 s. 6.5.2. DG1-4 holds the words in versions before 2.3.
    func condition(_ segment: Int) -> Condition? {
        ignore(segment, 1, by: .setNumber)
        guard let code = codeAndWords(segment) else {
            note("diagnosis-without-code", segment, 3)
            return nil
        }
        var condition = Condition(code: code)
        condition.recorded = date(segment, 5)
        condition.category = text(segment, 6)
        condition.other = remaining(segment, except: [1, 3, 4, 5, 6])
        return condition
    }

    /// The procedure that a PR1 segment states.
    ///
    /// - Rule: HL7 v2.5.1 ch. 6 s. 6.5.4. PR1-4 holds the words in versions before 2.3.
    func procedure(_ segment: Int) -> Procedure? {
        ignore(segment, 1, by: .setNumber)
        guard let code = codeAndWords(segment) else {
            note("procedure-without-code", segment, 3)
            return nil
        }
        var procedure = Procedure(code: code)
        procedure.performed = date(segment, 5)
        let rest = remaining(segment, except: [1, 3, 4, 5, 8, 11, 12])
        procedure.other = rest.isEmpty ? nil : rest
        return procedure
    }

    /// The code of DG1-3 or PR1-3, with the words that versions before 2.3 hold in field 4.
    private func codeAndWords(_ segment: Int) -> CodeableConcept? {
        let code = first(segment, 3).flatMap { concept($0) }
        guard let words = text(segment, 4) else { return code }
        var whole = code ?? CodeableConcept()
        whole.text = whole.text ?? words
        if whole.text != words { whole.codings.append(Coding(display: words)) }
        return whole
    }

    /// Who took part in a procedure.
    func surgeons(_ segment: Int) -> [Practitioner] {
        [(11, "surgeon"), (8, "anaesthetist"), (12, "procedure practitioner")].flatMap {
            practitioners(segment, $0.0, role: $0.1)
        }
    }

    /// The contact that an NK1 segment states.
    ///
    /// - Rule: HL7 v2.5.1 ch. 3 s. 3.4.5.
    func relatedPerson(_ segment: Int) -> RelatedPerson? {
        ignore(segment, 1, by: .setNumber)
        var contact = RelatedPerson()
        contact.names = names(segment, 2)
        contact.relationship = first(segment, 3).flatMap { concept($0) }
        contact.addresses = addresses(segment, 4)
        for field in [5, 6] {
            contact.telecoms += each(segment, field) { text($0) }
        }
        contact.role = first(segment, 7).flatMap { concept($0) }
        contact.other = remaining(segment, except: [1, 2, 3, 4, 5, 6, 7])
        guard contact != RelatedPerson() else {
            note("contact-empty", segment, 2)
            return nil
        }
        return contact
    }
}
