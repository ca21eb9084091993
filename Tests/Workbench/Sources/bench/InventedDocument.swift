/// An invented C-CDA document: a narrative table and its coded results.
///
/// - Shape: 740 results make about 1 MB.
struct InventedDocument {
    private let random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let head = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="2.999.1" extension="1"/>
        <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
        <title>Continuity of Care Document</title><effectiveTime value="20260601120000+0000"/>
        <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
        <recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/>
        <addr><streetAddressLine>5 Harbour Street</streetAddressLine><city>Millport</city></addr>
        <patient><name><given>Anna</given><family>Invented</family></name>
        <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19510303"/>
        </patient></patientRole></recordTarget>
        <author><time value="20260601"/><assignedAuthor><id root="2.999.2" extension="1"/>
        <assignedPerson><name><family>North</family></name></assignedPerson></assignedAuthor></author>
        <custodian><assignedCustodian><representedCustodianOrganization><id root="2.999.3"/>
        <name>North Hospital</name></representedCustodianOrganization></assignedCustodian></custodian>
        <component><structuredBody><component><section>
        <code code="30954-2" codeSystem="2.16.840.1.113883.6.1"/><title>Results</title><text><table>
        <thead><tr><th>Test</th><th>Value</th><th>Range</th></tr></thead><tbody>

        """

    func bytes(observations: Int) -> [UInt8] {
        var random = random
        var rows = ""
        var entries = ""
        for number in 0..<observations {
            let value = "\(random.number(60...200)).\(random.number(0...9))"
            let day = "2026\(random.number(101...128) + 100 * random.number(0...8))".replacingZero
            rows +=
                "<tr ID=\"r\(number)\"><td>Haemoglobin</td><td><content ID=\"v\(number)\">\(value) g/L"
                + "</content></td><td>130 - 180</td></tr>\n"
            entries += Self.entry(number, value, day)
        }
        return Array(
            (Self.head + rows + "</tbody></table></text>\n" + entries
                + "</section></component></structuredBody></component></ClinicalDocument>\n").utf8
        )
    }

    private static func entry(_ number: Int, _ value: String, _ day: String) -> String {
        """
              <entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN">
                <templateId root="2.16.840.1.113883.10.20.22.4.1"/><id root="2.999.4" extension="o\(number)"/>
                <code code="58410-2" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="Panel"/>
                <statusCode code="completed"/><effectiveTime><low value="\(day)"/><high value="\(day)"/></effectiveTime>
                <component><observation classCode="OBS" moodCode="EVN">
                  <templateId root="2.16.840.1.113883.10.20.22.4.2"/><id root="2.999.4" extension="r\(number)"/>
                  <code code="718-7" displayName="Haemoglobin" codeSystem="2.16.840.1.113883.6.1"><originalText>
                  <reference value="#r\(number)"/></originalText></code><text><reference value="#v\(number)"/></text>
                  <statusCode code="completed"/><effectiveTime value="\(day)"/>
                  <value xsi:type="PQ" value="\(value)" unit="g/L"/>
                  <interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/>
                  <referenceRange><observationRange><text>130 to 180</text><value xsi:type="IVL_PQ">
                  <low value="130" unit="g/L"/><high value="180" unit="g/L"/></value></observationRange></referenceRange>
                </observation></component></organizer></entry>

        """
    }
}

extension String {
    /// `2026101` → `20260101`: a month of one digit has two.
    fileprivate var replacingZero: String {
        utf8.count == 7 ? prefix(4) + "0" + dropFirst(4) : self
    }
}
