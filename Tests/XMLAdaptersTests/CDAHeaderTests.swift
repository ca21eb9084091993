import Foundation
import PortalIntake
import PortalRecord
import Testing
import XMLAdapters

@Suite("The header of a CDA document")
struct CDAHeaderTests {
    @Test("SAFETY S5: versions of a letter share its setId and are ordered by versionNumber")
    func versions() throws {
        let report = try CDASample.report(try CDAFixture.named("second-version-replaces"))
        let entry = try #require(report.letterEntry)
        #expect(
            entry.key
                == BusinessKey(
                    assigner: "urn:oid:2.16.840.1.113883.2.1.3.2.4.99.7",
                    value: "SET-77"
                )
        )
        #expect(entry.sequence == 2)
        #expect(entry.replaces == ["SET-77"])
        #expect(report.letter?.relation == .replaces)
        #expect(report.letter?.number?.value == "L-78")
    }

    @Test("what adds names its parent; a transformed copy does neither; unsigned is preliminary")
    func relations() throws {
        let addendum = try CDASample.report(try CDAFixture.named("addendum"))
        #expect(addendum.letter?.relation == .appends)
        #expect(addendum.letter?.parent?.value == "L-77")
        #expect(addendum.letterEntry?.replaces == [])
        let copy = try CDASample.report(try CDAFixture.named("transformed-copy-unsigned"))
        #expect(copy.letter?.relation == nil)
        #expect(copy.letterEntry?.status == .preliminary)
        let nullified = try CDASample.report(try CDAFixture.named("nullified"))
        #expect(nullified.letterEntry?.status == .enteredInError)
    }

    @Test("SAFETY S21: a document's and its sections' labels hold for all but allergies and person")
    func labels() throws {
        let report = try CDASample.report(try CDAFixture.named("restricted-section"))
        for entry in report.entries {
            switch entry.kind {
            case .patient, .allergyIntolerance: #expect(entry.labels.isEmpty)
            default: #expect(entry.labels == [.sealed, .sensitive])
            }
        }
        let unknown = try CDASample.report(try CDAFixture.named("confidentiality-unknown"))
        #expect(unknown.letterEntry?.labels == [SecurityLabel(rawValue: "UNK")])
        var dialect = Dialect()
        dialect.openCodes.insert("R")
        let own = try CDASample.report(try CDAFixture.named("restricted-section"), dialect: dialect)
        #expect(own.letterEntry?.labels == [.sealed, .sensitive])
        dialect.labels["R"] = nil
        let open = try CDASample.report(
            try CDAFixture.named("restricted-section"),
            dialect: dialect
        )
        #expect(open.letterEntry?.labels == [.sealed])
    }

    @Test("SAFETY S1: of a number that every sender's root holds the assigner is who it names")
    func sharedRoot() throws {
        let report = try CDASample.report(try CDAFixture.named("null-flavours-kept-apart"))
        let patient = try #require(report.patient)
        #expect(
            patient.identifiers.map(\.system) == [
                "urn:id:X01:Anytown 111", "urn:oid:2.16.840.1.113883.2.1.3.2.4.99.1",
            ]
        )
        #expect(patient.birthDate == nil)
        #expect(patient.gender == nil)
        #expect(patient.addresses.isEmpty && patient.telecoms.isEmpty)
        #expect(patient.names.map(\.family) == ["ROE"])
        #expect(patient.other["patientRole/patient/birthTime@nullFlavor"] == "ASKU")
        #expect(patient.other["patientRole/id@nullFlavor"] == "UNK")
    }

    @Test(
        "the NHS number's and the CHI number's roots are national registers",
        arguments: [
            ("2.16.840.1.113883.2.1.4.1", IdentifierSystem.nhsNumber),
            ("2.16.840.1.113883.2.1.3.2.4.16.53", IdentifierSystem.chiNumber),
        ]
    )
    func national(_ root: String, _ system: String) throws {
        let patient = CDASample.patient.replacing("2.16.840.1.113883.2.1.4.1", with: root)
        let report = try CDASample.report(
            CDASample.document(body: CDASample.section("1"), patient: patient)
        )
        #expect(report.patient?.nationalNumbers.map(\.system) == [system])
    }

    @Test("PITFALLS 31: a wrong check digit is kept and is a finding")
    func checkDigit() throws {
        let patient = CDASample.patient.replacing("9990000018", with: "9990000019")
        let report = try CDASample.report(
            CDASample.document(body: CDASample.section("1"), patient: patient)
        )
        #expect(report.patient?.identifiers.map(\.value) == ["9990000019"])
        #expect(report.patient?.nationalNumbers.isEmpty == true)
        #expect(report.diagnostics.contains { $0.code == "check-digit-wrong" })
    }

    @Test(
        "PITFALLS 13, 17, 19: times as far as they are stated",
        arguments: [
            ("1987", "1987"), ("198703", "1987-03"), ("19870301", "1987-03-01"),
            ("1987030112", "1987-03-01T12"), ("198703011200", "1987-03-01T12:00"),
            ("19870301120000", "1987-03-01T12:00:00"),
            ("19870301120000.50", "1987-03-01T12:00:00.50"),
            ("198703011200+0100", "1987-03-01T12:00+01:00"),
            ("198703011200+00", "1987-03-01T12:00Z"), ("198703011200-0000", "1987-03-01T12:00"),
            ("0987", nil), ("19871301", nil), ("19870230", nil), ("soon", nil), ("198703011", nil),
            ("19870301+Q100", nil),
        ] as [(String, String?)]
    )
    func times(_ written: String, _ read: String?) throws {
        let bytes = CDASample.document(
            header: "",
            body: CDASample.section("1"),
            patient: CDASample.patient.replacing("19510303", with: written)
        )
        let report = try CDASample.report(bytes)
        #expect(report.patient?.birthDate?.description == read)
        if read == nil {
            #expect(report.patient?.other["patientRole/patient/birthTime@value"] == written)
            #expect(report.diagnostics.contains { $0.code == "date-unreadable" })
        }
    }

    @Test("none or several people hold a document")
    func held() throws {
        for (name, code) in [
            ("patient-missing", "element-missing"), ("two-patients", "patient-repeated"),
            ("envelope-with-packed-document", "element-missing"), ("doctype", "doctype-refused"),
        ] {
            let bytes = try CDAFixture.named(name)
            do {
                _ = try CDASample.report(bytes)
                Issue.record("\(name) was read")
            } catch let error as IntakeError {
                #expect(error.code == code)
                #expect(error.outcome == .held)
            }
        }
    }

    @Test("an envelope of two people says what is whose")
    func shares() throws {
        let report = try CDASample.report(try CDAFixture.named("envelope-of-two-people"))
        #expect(report.shares.count == 2)
        #expect(Set(report.entries.map(\.subject.id)).count == 2)
        let single = try CDASample.report(try CDAFixture.named("itk-envelope-with-a-file"))
        #expect(single.shares.isEmpty)
        #expect(single.messageID == "T-1")
        #expect(single.letter?.attachments.map(\.mediaType) == ["application/pdf"])
        #expect(single.letter?.attachments.first?.encoding == "B64")
    }

    @Test("contacts, practice and stay of a discharge summary")
    func people() throws {
        let report = try CDASample.report(
            try CDAFixture.named("discharge-summary-with-coded-entries")
        )
        let contacts = report.entries.compactMap { entry -> RelatedPerson? in
            if case .relatedPerson(let one) = entry.content { one } else { nil }
        }
        #expect(contacts.map { $0.names.first?.spoken } == ["Eve Lee", "Tom Lee"])
        #expect(contacts.map { $0.role?.firstCode } == ["GUARD", "NOK"])
        #expect(report.patient?.generalPractice.first?.name?.family == "Riverside Practice")
        let stays = report.entries.compactMap { entry -> EncounterMovement? in
            if case .encounter(let one) = entry.content { one } else { nil }
        }
        #expect(stays.map(\.patientClass) == ["I", "E"])
        #expect(stays.first?.location?.pointOfCare == "Ward 7")
        #expect(
            report.letterEntry?.participants.map(\.role).prefix(2) == [
                "author", "legal authenticator",
            ]
        )
        #expect(report.letterEntry?.organisation == "Anytown Infirmary")
    }
}
