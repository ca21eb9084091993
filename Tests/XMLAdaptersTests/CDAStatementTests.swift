import Foundation
import PortalIntake
import PortalRecord
import Testing
import XMLAdapters

@Suite("What CDA entries state, and what they say is not so")
struct CDAStatementTests {
    @Test("PITFALLS 28, SAFETY S19: no known allergies is a statement, in its extent")
    func noneKnown() throws {
        let plain = try CDASample.report(try CDAFixture.named("no-known-allergies"))
        #expect(plain.allergies.map(\.noneKnown) == ["No known allergies"])
        let report = try CDASample.report(try CDAFixture.named("no-known-in-its-extent"))
        #expect(
            report.allergies.map { $0.code.words } == [
                "No known drug allergies", "No known food allergies", "Not allergic to Peanut",
                "No known allergy", "Not so: No known allergy",
                "Drug allergy: substance not stated",
            ]
        )
        #expect(
            report.allergies.map(\.noneKnown) == [
                "No known drug allergies", nil, nil, "No known allergies", nil, nil,
            ]
        )
        // By code nothing that is not so is found.
        #expect(report.allergies[2].code.codings.isEmpty)
    }

    @Test("PITFALLS 29: no information is no allergy and no 'none known'")
    func noInformation() throws {
        let report = try CDASample.report(try CDAFixture.named("no-known-in-its-extent"))
        #expect(report.allergies.count == 6)
        #expect(report.diagnostics.contains { $0.code == "allergy-without-substance" })
        #expect(report.letter?.other.values.contains("NI") == true)
        let section = try CDASample.report(try CDAFixture.named("null-flavours-kept-apart"))
        #expect(section.allergies.isEmpty)
    }

    @Test("what a concern says is not so holds for what it holds")
    func deniedConcern() throws {
        let allergy = """
            <act negationInd="true"><code code="CONC"/><entryRelationship typeCode="SUBJ">\
            <observation><code code="ASSERTION"/><value xsi:type="CD" code="419199007"/>\
            <participant typeCode="CSM"><participantRole><playingEntity>\
            <code code="1" displayName="Peanut"/></playingEntity></participantRole></participant>\
            </observation></entryRelationship></act>
            """
        let report = try CDASample.report(
            CDASample.document(body: CDASample.section("48765-2", allergy))
        )
        #expect(report.allergies.map { $0.code.words } == ["Not allergic to Peanut"])
        let problem = allergy.replacing("419199007\"", with: "195967001\" displayName=\"Asthma\"")
        let other = try CDASample.report(
            CDASample.document(body: CDASample.section("11450-4", problem))
        )
        #expect(other.conditions.map { $0.code.words } == ["Does not have: Asthma"])
    }

    @Test("no known problems, a problem that is not so, one that is unknown")
    func problems() throws {
        let report = try CDASample.report(try CDAFixture.named("no-known-problems-and-medicines"))
        #expect(
            report.conditions.map { $0.code.words } == [
                "No known problems", "Does not have: Diabetes mellitus",
            ]
        )
        #expect(report.conditions.allSatisfy { $0.code.codings.isEmpty })
        #expect(
            report.medicines.map { $0.code.words } == [
                "No known medicines", "Not taken: Aspirin",
            ]
        )
        #expect(report.medicines.allSatisfy { $0.code.codings.isEmpty })
    }

    @Test("words for a code come from the narrative where the code has none")
    func references() throws {
        let report = try CDASample.report(
            try CDAFixture.named("discharge-summary-with-coded-entries")
        )
        let allergy = try #require(report.allergies.first)
        #expect(allergy.code.text == "Penicillin: rash, severe")
        #expect(allergy.code.codings.first?.code == "372687004")
        #expect(allergy.reactions == ["Rash"])
        #expect(allergy.severity?.words == "Severe")
        #expect(allergy.onset?.description == "2010")
    }

    @Test("PITFALLS 21: onset and recording are two times; stopped and planned medicines say so")
    func statements() throws {
        let report = try CDASample.report(
            try CDAFixture.named("discharge-summary-with-coded-entries")
        )
        let problem = try #require(report.entries.first { $0.kind == .condition })
        #expect(problem.effective?.description == "2020-01-05")
        #expect(report.conditions.first?.recorded?.description == "2020-02-01")
        #expect(report.conditions.first?.other["clinical status"] == "Active")
        #expect(report.medicines.map(\.supply) == [nil, "stopped"])
        #expect(report.medicines.first?.dose == "2 {puff}, Inhalation, every 6 h")
        #expect(report.medicines.last?.ended?.description == "2026-03-01")
        // A planned medicine is none that is taken.
        let requests = report.entries.compactMap { entry -> ServiceRequest? in
            if case .serviceRequest(let one) = entry.content { one } else { nil }
        }
        #expect(requests.map { $0.code.words } == ["Spirometry", "Prednisolone"])
        let vaccines = report.entries.compactMap { entry -> Immunization? in
            if case .immunization(let one) = entry.content { one } else { nil }
        }
        #expect(vaccines.map(\.notGiven) == [nil, "no reason stated"])
        #expect(vaccines.first?.lot == "LOT-5")
        let procedures = report.entries.compactMap { entry -> Procedure? in
            if case .procedure(let one) = entry.content { one } else { nil }
        }
        #expect(procedures.map { $0.code.words } == ["Bronchoscopy", "Not done: Renal dialysis"])
        #expect(procedures.last?.code.codings.isEmpty == true)
    }

    @Test("a relative's illness is never the person's own")
    func relatives() throws {
        let report = try CDASample.report(
            try CDAFixture.named("discharge-summary-with-coded-entries")
        )
        #expect(!report.conditions.contains { $0.code.words?.contains("Diabetes") == true })
        let told = report.observations.filter { $0.code.words == "Family history: Father" }
        #expect(told.map { $0.values.first?.text } == ["Diabetes mellitus type 2"])
    }

    @Test("PITFALLS 22, 23, 24, 25, 61: values, comparators, ranges, zero and false as written")
    func values() throws {
        let report = try CDASample.report(try CDAFixture.named("values-of-every-type"))
        let texts = report.observations.map { $0.values.map(\.text) }
        #expect(
            texts.prefix(12) == [
                ["19.00"], [">5"], ["<=0.01"], ["2-4"], ["1:128"], ["Escherichia coli"],
                ["Haemolysed < 5 %"], ["2026-03-01"], ["false"], ["0"], ["image/png"],
                ["One", "Two"],
            ]
        )
        #expect(report.observations[0].unit?.words == "g/L")
        #expect(report.observations[1].values[0].quantity?.comparator == ">")
        #expect(report.observations[2].referenceRange == "3.6-10.0")
        #expect(report.observations[12].occurrence == 2)
        #expect(report.observations[10].values[0].attachment?.contentHash != nil)
        let statuses = report.observations.dropFirst(13).map(\.status)
        #expect(
            Array(statuses) == [
                .registered, .couldNotBeObtained, .preliminary, .unverified, .final,
            ]
        )
        #expect(report.observations[14].other["value@nullFlavor"] == "NASK")
        #expect(report.observations[17].values.first?.text == "Not so: Positive")
        #expect(report.observations[17].values.first?.concept == nil)
        // Words are made from the entries where the section has none.
        #expect(report.letter?.sections.first?.text.contains("Digits: 19.00 g/L") == true)
    }

    @Test("PITFALLS 29: a null flavour is kept as written and is no value")
    func nullFlavours() throws {
        let report = try CDASample.report(try CDAFixture.named("null-flavours-kept-apart"))
        #expect(report.observations.map(\.values.isEmpty) == [true, true, false])
        #expect(
            report.observations.map { $0.other["value@nullFlavor"] } == ["ASKU", "MSK", "OTH"]
        )
        #expect(report.observations[2].code.words == "Odd test")
        #expect(report.observations[2].values.first?.text == "Odd finding")
    }

    @Test("SAFETY S5: a statement is filed under its own number, else under its document's")
    func keys() throws {
        func keys(_ id: String, _ version: Int) throws -> [BusinessKey] {
            let observation = """
                <observation>\(id)<code code="ASSERTION"/>\
                <value xsi:type="CD" code="195967001" codeSystem="2.16.840.1.113883.6.96"/>\
                </observation>
                """
            let header = """
                <setId root="1.2.4" extension="S1"/><versionNumber value="\(version)"/>
                """
            let bytes = CDASample.document(
                header: header,
                body: CDASample.section("11450-4", observation, observation)
            )
            return try CDASample.report(bytes).entries.filter { $0.kind == .condition }.map(\.key)
        }
        let own = "<id root=\"1.2.5\" extension=\"P9\"/>"
        #expect(try keys(own, 1) == keys(own, 2))
        #expect(try keys(own, 1).first == BusinessKey(assigner: "urn:oid:1.2.5", value: "P9"))
        #expect(try keys("", 1) == keys("", 2))
        #expect(
            try keys("", 1).first
                == BusinessKey(
                    assigner: "urn:oid:1.2.4",
                    value: "S1",
                    part: "http://snomed.info/sct|195967001"
                )
        )
        // What is listed twice is two statements.
        #expect(Set(try keys("", 1)).count == 2)
        // A number that names nobody is none (PITFALLS 31).
        #expect(try keys("<id root=\"1.2.5\" extension=\"0000\"/>", 1) == keys("", 1))
        #expect(
            try keys("<id nullFlavor=\"NI\" root=\"1.2.5\" extension=\"P9\"/>", 1) == keys("", 1)
        )
    }

    @Test("a nullified statement is entered in error")
    func nullified() throws {
        let observation = """
            <observation><code code="ASSERTION"/><statusCode code="nullified"/>\
            <value xsi:type="CD" code="195967001" displayName="Asthma"/></observation>
            """
        let report = try CDASample.report(
            CDASample.document(body: CDASample.section("11450-4", observation))
        )
        #expect(report.entries.first { $0.kind == .condition }?.status == .enteredInError)
    }
}
