import ClinicalPortal
import PortalAudit
import PortalRecord
import PortalStore
import Testing

/// A confidentiality code that nobody defined withholds (SAFETY S21), whichever field says it.
@Suite("Labels that nobody defined")
struct LabelTests {
    private static let person = "PID|||9990000018^^^NHS^NH||LEE^Ann||19510303|F\r"
    private static let letter =
        "MSH|^~\\&|B|GRI|||20261101||MDM^T02|1|P|2.5.1\r" + person
        + "TXA|1|CN|TX|20261001||20261001||||||L1^GRI|||||AU|@|AV\r"
        + "OBX|1|TX|X^Letter^L||Words||||||F\r"
    private static let result =
        "MSH|^~\\&|L|LAB|||20261101||ORU^R01|1|P|2.5.1\r" + person
        + "ORC|RE|||||||||||||||||||||||||||@\rOBR|1||26B1^LAB|K^Potassium^L|||20261001\r"
        + "OBX|1|NM|K^Potassium^L||4.1|mmol/L|||||F\r"
    private static let visit =
        "MSH|^~\\&|P|GRI|||20261101||ADT^A01|1|P|2.5.1\rEVN|A01|20261101\r" + person
        + "PV1|1|I|W7^^^GRI|||||||||||||||||V1^^^GRI\rPV2||||||||||||||||||||||@\r"

    /// With the protection of their visit (PV2-22), and a statement that is not the visit's.
    private static let protected = "PV1|1|I\rPV2||||||||||||||||||||||@\r"
    private static let visitLetter = letter.replacing("|AU|@|", with: "|AU||")
        .replacing("TXA|", with: protected + "TXA|")
    private static let visitResult = result.replacing(
        "ORC|RE|||||||||||||||||||||||||||@",
        with: "ORC|RE"
    )
    .replacing("ORC|", with: protected + "ORC|")
    private static let visitReferral =
        "MSH|^~\\&|B|GRI|||20261101||REF^I12|1|P|2.5.1\rRF1|A|R|MED|||R1^P|20261001\r" + person
        + protected + "OBX|1|TX|X^Letter^L||Words||||||F\r"
    private static let visitBooking =
        "MSH|^~\\&|B|GRI|||20261101||SIU^S12|1|P|2.5.1\rSCH||B1^GRI|||||||||^^^20261201\r" + person
        + protected
    private static let visitDiagnosis =
        visit + "DG1|1||X^Depression^L\rPR1|1||Y^Biopsy^L||20261001\r"

    private func values(_ message: String, _ code: String, labels: String = "") throws -> Int {
        let profile = try SiteProfile(
            yaml: """
                silos:
                  board: {label: Board, zone: Europe/London, localAuthority: GRI\(labels)}
                access:
                  roles:
                    duty-doctor: {may: [know, read], needsRelationship: false}
                people:
                  dr.lee: {roles: [duty-doctor]}
                """
        )
        let portal = Portal(
            profile: profile,
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        let now = Instant(milliseconds: 1_793_613_600_000)
        let bytes = Array(message.replacing("@", with: code).utf8)
        try portal.receive(bytes, silo: "board", name: "one.hl7", at: now)
        let reader = try #require(profile.person("dr.lee"))
        let page = try portal.timeline(of: try portal.find("9990000018"), as: reader, at: now)
        return page.value.sections.flatMap(\.rows).count
    }

    @Test(
        "withhold a letter, a result and an attendance",
        arguments: [letter, result, visit, visitLetter, visitResult, visitReferral, visitBooking]
    )
    func withheld(message: String) throws {
        #expect(try values(message, "") == 1)
        #expect(try values(message, "U") == 1)
        #expect(try values(message, "PSY") == 0)
        #expect(try values(message, "PSY", labels: ", labels: {PSY: none}") == 1)
        #expect(try values(message, "PSY", labels: ", labels: {PSY: third party}") == 1)
        // A profile that maps codes of its own leaves no other one open.
        #expect(try values(message, "V", labels: ", labels: {PSY: none}") == 0)
    }

    @Test("of a protected visit the diagnosis and procedure are withheld, the allergy is not")
    func visitStatements() throws {
        #expect(try values(Self.visitDiagnosis, "") == 3)
        #expect(try values(Self.visitDiagnosis, "V") == 0)
        let allergy = Self.visitDiagnosis + "AL1|1|DA|P^Penicillin^L\r"
        #expect(try values(allergy, "V") == 1)
    }
}
