import ClinicalPortal
import Testing

@Suite("Documents that replace or add to one of an earlier message (SAFETY S5, S8)")
struct LineageTests {
    /// An XDS submission of one document, replacing another where it names one.
    private func submission(
        _ number: String,
        _ title: String,
        id: String,
        replaces other: String? = nil,
        at time: String,
        format: String = "urn:ihe:iti:xds:2017:mimeTypeSufficient"
    ) -> [UInt8] {
        let association =
            other.map {
                """
                <Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" \
                sourceObject="\(id)" targetObject="\($0)"/>
                """
            } ?? ""
        let text = """
            <SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" \
            xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
            <r:RegistryObjectList><r:ExtrinsicObject id="\(id)" mimeType="application/pdf">
            <r:Slot name="creationTime"><r:ValueList><r:Value>\(time)</r:Value></r:ValueList></r:Slot>
            <r:Name><r:LocalizedString value="\(title)"/></r:Name>
            <r:Classification classificationScheme="urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d" \
            nodeRepresentation="\(format)"/>
            <r:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" \
            value="\(number)"/>
            <r:ExternalIdentifier identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427" \
            value="9990000018^^^&amp;2.16.840.1.113883.2.1.4.1&amp;ISO"/>
            </r:ExtrinsicObject>\(association.replacing("<Assoc", with: "<r:Assoc"))
            </r:RegistryObjectList></SubmitObjectsRequest>
            """
        return Array(text.utf8)
    }

    private func rows(_ messages: [[UInt8]], _ silo: String) throws -> [TimelineRow] {
        let portal = try Board.portal()
        for message in messages { try portal.take(silo, message) }
        let people = try portal.patients(as: try portal.reader("all"), at: Board.now).value
        let one = try #require(people.first)
        #expect(people.count == 1)
        return try portal.rows(one.patient.rawValue)
    }

    @Test(
        "XDS: what replaces a document of an older submission takes its place, in any order",
        arguments: ["urn:ihe:iti:xds:2017:mimeTypeSufficient", "urn:ihe:iti:xds-sd:pdf:2008"]
    )
    func replaced(_ format: String) throws {
        let names = (1...3).map { "urn:uuid:00000000-0000-4000-8000-00000000000\($0)" }
        let messages = [
            submission("1.2.1", "First", id: names[0], at: "20260301", format: format),
            submission(
                "1.2.2",
                "Second",
                id: names[1],
                replaces: names[0],
                at: "20260302",
                format: format
            ),
            submission(
                "1.2.3",
                "Third",
                id: names[2],
                replaces: names[1],
                at: "20260303",
                format: format
            ),
        ]
        for order in PromiseTests.orders(3) {
            let shown = try rows(order.map { messages[$0] }, "other")
            #expect(shown.count == 1)
            #expect(shown.first?.headline.hasPrefix("Third") == true)
        }
        // Without the second nothing says that the third replaces the first.
        #expect(try rows([messages[0], messages[2]], "other").count == 2)
    }

    @Test("FHIR: a document that names its parent by its place on the server")
    func replacedOnServer() throws {
        func document(_ id: String, _ number: String, _ time: String, _ further: String) -> [UInt8]
        {
            Array(
                """
                {"resourceType": "DocumentReference", "id": "\(id)", "status": "current",
                "masterIdentifier": {"system": "urn:x", "value": "\(number)"},
                "subject": {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number",
                "value": "9990000018"}}, "date": "\(time)", "description": "Letter \(number)",
                "content": [{"attachment": {"url": "Binary/\(id)"}}]\(further)}
                """.utf8
            )
        }
        let messages = [
            document("a", "1", "2026-03-01", ""),
            document(
                "b",
                "2",
                "2026-03-02",
                ", \"relatesTo\": [{\"code\": \"replaces\", "
                    + "\"target\": {\"reference\": \"DocumentReference/a\"}}]"
            ),
        ]
        for order in [messages, messages.reversed()] {
            #expect(try rows(order, "other").map(\.headline) == ["Letter 2"])
        }
    }

    @Test("HL7 v2: an answer to a referral adds to it and takes the place of nothing")
    func answered() throws {
        func message(_ type: String, _ state: String, _ time: String, _ text: String) -> [UInt8] {
            let segments = [
                "MSH|^~\\&|SYS|GRI|||20260401||\(type)^I12|\(type)1|P|2.5.1",
                "RF1|\(state)|R|MED^Medical|AM|O|R-1^PRACTICE|20260301||\(time)|Chest pain",
                Board.pid(), "OBR|1|||CLIN^Clinical details^L",
                "OBX|1|TX|H^History^L||\(text)||||||F",
            ]
            return Array(segments.joined(separator: "\r").utf8)
        }
        let messages = [
            message("REF", "P^Pending", "20260301", "Six weeks of pain on hills"),
            message("RRI", "A^Accepted", "20260310", "To be seen in six weeks"),
        ]
        for order in [messages, messages.reversed()] {
            let shown = try rows(order, "other")
            #expect(shown.count == 1)
            let text = shown.map { "\($0)" }.joined()
            #expect(text.contains("Six weeks of pain on hills"))
            #expect(text.contains("To be seen in six weeks") && text.contains("Accepted"))
        }
    }
}
