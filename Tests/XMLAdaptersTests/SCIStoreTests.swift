import PortalIntake
import PortalRecord
import Testing
import XMLAdapters

@Suite("Results and documents in the manner of SCI Store")
struct SCIStoreTests {
    private func entries(_ name: String) throws -> [RecordEntry] {
        Array(try ShapeFixture.named(name).report().entries.dropFirst())
    }

    private func reports(_ name: String) throws -> [DiagnosticReport] {
        try entries("sci-store-result/success/" + name).compactMap {
            if case .diagnosticReport(let report) = $0.content { report } else { nil }
        }
    }

    private func letter(_ name: String) throws -> (RecordEntry, ClinicalDocument) {
        let entry = try #require(try entries("sci-store-document/success/" + name).first)
        guard case .clinicalDocument(let letter) = entry.content else { throw CancellationError() }
        return (entry, letter)
    }

    @Test("every coding of a name is kept, in the sender's order")
    func codings() throws {
        let report = try #require(try reports("final-report").first)
        #expect(report.code.codings.map(\.system) == ["Read", "Local"])
        #expect(report.code.codings.map(\.code) == ["42W..", "FBC"])
        #expect(report.observations.first?.code.codings.count == 2)
        #expect(report.observations.first?.referenceRange == "115-160")
        #expect(report.observations.first?.flags == ["L"])
        #expect(report.observations.last?.values.first?.quantity?.number == "7.20")
        #expect(report.section == "HM" && report.other["discipline"] == "Haematology")
        #expect(report.clinicalInformation == "Tired, <2 weeks\nOn iron")
    }

    @Test("no comparator, range or limit is dropped (PITFALLS 24, 61)")
    func comparators() throws {
        let report = try #require(try reports("comparators-and-ranges").first)
        #expect(
            report.observations.map { $0.values.first?.text }
                == ["<0.01", ">200", "<=5", ">=90", "3.6-10.0"]
        )
        #expect(
            report.observations.map(\.referenceRange)
                == [nil, nil, "over 15", "from 60 mL/min/1.73m2", "see note; up to 7"]
        )
        let odd = try #require(try reports("values-that-are-none").first)
        #expect(
            odd.observations.map { $0.values.map(\.text) }
                == [["not done"], ["about 5"], ["High", "7"], []]
        )
        #expect(odd.observations.allSatisfy { $0.values.first?.quantity == nil })
    }

    @Test("each word for a status has its class; a word of no list is not believed to be final")
    func statuses() throws {
        let found = try entries("sci-store-result/success/statuses").map(\.status)
        #expect(
            found == [
                .registered, .preliminary, .final, .final, .amended, .unverified, .unverified,
                .wrongPatient,
            ]
        )
        let own = try reports("statuses")[2].observations.first
        #expect(own?.status == .preliminary && own?.statusCode == "Interim")
        #expect(
            try entries("sci-store-result/success/values-that-are-none")[0].status == .unverified
        )
    }

    @Test("sets and samples are reports of their own; versions of one carry one key")
    func keys() throws {
        let several = try entries("sci-store-result/success/several-sets-and-samples")
        #expect(Set(several.map(\.chain)).count == 3)
        let chains = try ["final-report", "amended", "withdrawn"].map {
            try entries("sci-store-result/success/" + $0).map(\.chain)
        }
        #expect(Set(chains).count == 1)
        #expect(
            try letter("letter-as-a-file").0.chain == letter("revised").0.chain
        )
        #expect(try letter("revised").0.chain == letter("retired").0.chain)
        #expect(try letter("revised").0.sequence == 2)
    }

    @Test("labels are on every report and letter; a refused consent seals, an unreadable withholds")
    func labels() throws {
        let reports = try entries("sci-store-result/success/labels-travel")
        #expect(reports.count == 2)
        #expect(reports.allSatisfy { $0.labels == [.notForPatient, .sealed] })
        #expect(try letter("consent-refused").0.labels == [.sealed])
        let unreadable = SecurityLabel(rawValue: "unreadable")
        #expect(try letter("words-that-nobody-knows").0.labels == [unreadable])
        #expect(
            try letter("labels-travel").0.labels
                == [.notForPatient, .sensitive, SecurityLabel(rawValue: "sexual health")]
        )
    }

    @Test("a retired letter is taken back; files keep their order, hash and stylesheet's name")
    func documents() throws {
        #expect(try letter("retired").0.status == .withdrawn)
        let (entry, letter) = try letter("letter-as-a-file")
        #expect(letter.attachments.count == 1)
        #expect(letter.other["stylesheet of file 1"] == "letter.xsl")
        #expect(letter.type.words == "Clinic letter" && letter.subtype?.words == "Cardiology")
        #expect(
            entry.participants.map(\.role)
                == ["author", "attester", "recipient", "copied to", "copied to"]
        )
        #expect(
            try self.letter("two-files").1.attachments.map(\.mediaType)
                == ["application/pdf", "image/tiff"]
        )
        #expect(
            try self.letter("script-in-words").1.text.contains("steal()") == false
        )
        #expect(try self.letter("words-and-no-file").1.text.contains("BP <90 & 5 µg"))
    }

    @Test("the summary as XML comes to what its JSON Lines come to: one list, the same keys")
    func summary() throws {
        let found = try entries("gp-emergency-summary-xml/success/whole-summary")
        #expect(
            found.map(\.kind) == [
                .medicationStatement, .medicationStatement, .allergyIntolerance, .condition, .flag,
                .carePlan, .relatedPerson,
            ]
        )
        #expect(Set(found.map(\.wholeList?.name)) == ["gp-emergency-summary P55555"])
        #expect(
            found.first?.key.value == "M1" && found[1].key.value == "Amoxicillin 500 mg capsules"
        )
        let optedOut = try ShapeFixture.named("gp-emergency-summary-xml/success/opted-out").report()
        #expect(optedOut.entries.count == 1)
        #expect(optedOut.ledger.ignoredByRule[.optedOut] ?? 0 > 200)
    }
}
