/// A sound beginning and end that random bytes are put between, one for each shape of message.
struct Frame {
    let before: String
    let behind: String

    private init(_ before: String, _ behind: String = "") {
        self.before = before
        self.behind = behind
    }

    static let all: [Frame] = hl7v2 + edifact + fhir + xml + extracts

    private static let hl7v2: [Frame] = {
        let types = [
            "ORU^R01", "ADT^A01", "ADT^A40", "MDM^T02", "REF^I12", "SIU^S12", "ORM^O01", "VXU^V04",
            "OUL^R22",
        ]
        return types.flatMap { type in
            let header = "MSH|^~\\&|A|B|C|D|20260101||\(type)|1|P|2.5\r"
            return [
                Frame(header), Frame(header + "PID|1||1^^^H^MR||A^B||19510303|F\r"),
            ]
        }
    }()

    private static let edifact: [Frame] = {
        let types = ["MEDRPT:0:1:RT:NHS002", "MEDRPT:0:1:RT:NHS003", "NHSRSR:D:1:NH:NHS002"]
        return types.map { type in
            let person = "S02+02'RFF+SRI:1'S07+07'PNA+PAT+1:OPI+++SU:A'"
            return Frame("UNH+1+\(type)'\(person)S10+10'INV+MQ+:::A'", "'")
        }
    }()

    private static let fhir: [Frame] = {
        let patient = "\"subject\":{\"reference\":\"Patient/1\"},"
        let types = [
            "Observation", "DiagnosticReport", "Condition", "AllergyIntolerance", "Encounter",
            "MedicationRequest", "DocumentReference", "Composition", "Appointment", "CarePlan",
        ]
        let whole = types.map { type in
            Frame("{\"resourceType\":\"\(type)\",\"id\":\"1\",\(patient)", "}")
        }
        let bundle = "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":"
        let space = "xmlns=\"http://hl7.org/fhir\""
        return whole + [
            Frame("{\"resourceType\":\"Patient\",\"id\":\"1\",", "}"), Frame(bundle, "}]}"),
            Frame(
                "<Observation \(space)><subject><reference value=\"Patient/1\"/></subject>",
                "</Observation>"
            ),
            Frame("<Patient \(space)>", "</Patient>"),
        ]
    }()

    private static let xml: [Frame] = {
        let referral = "<Referral xmlns=\"urn:clinicalportal:sci-gateway-referral:1\">"
        let clinical = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole>"
        let who = "<id root=\"1.2\" extension=\"1\"/></patientRole></recordTarget>"
        let body = "<component><structuredBody><component><section>"
        let end = "</section></component></structuredBody></component></ClinicalDocument>"
        let space = "urn:oasis:names:tc:ebxml-regrep:xsd"
        let registry = "<SubmitObjectsRequest xmlns=\"\(space):lcm:3.0\">"
        let list = "<RegistryObjectList xmlns=\"\(space):rim:3.0\">"
        let object = "objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\""
        return [
            Frame(
                referral + "<Message><Number>R1</Number></Message><Patient><CHI>1</CHI>",
                "</Patient></Referral>"
            ),
            Frame(clinical, "</patientRole></recordTarget></ClinicalDocument>"),
            Frame(clinical + who + body, end),
            Frame(clinical + who + body + "<entry>", "</entry>" + end),
            Frame(
                registry + list + "<ExtrinsicObject id=\"d\" \(object)>",
                "</ExtrinsicObject></RegistryObjectList></SubmitObjectsRequest>"
            ),
        ]
    }()

    private static let extracts: [Frame] = {
        let who = "hospital_number,nhs_number,surname,forename,birth_date,sex"
        let person = "1,9990000018,LEE,Ann,1951-03-03,F\n"
        return [
            Frame("appointment,list,start,end,place,state,updated,\(who)\nA,clinic,", person),
            Frame("letter,file,sha256,version,type,date,status,\(who)\nL,a.pdf,,1,", person),
            Frame("batch,document,version,page,side,blank,file,\(who)\nB,S,1,1,", person),
            Frame(
                "{\"type\":\"alert\",\"id\":\"1\",\"patient\":"
                    + "{\"identifiers\":[{\"value\":\"1\"}]},",
                "}"
            ),
        ]
    }()
}
