import ClinicalPortal
import Foundation
import HL7v2Syntax
import PortalAdapterKit
import PortalTestKit
import Testing

@Suite("The library's own adapters keep what every adapter promises")
struct LibraryTests {
    /// An adapter and the samples that are its own.
    struct Case: CustomStringConvertible, Sendable {
        let adapter: any SourceAdapter
        var samples: [AdapterSample]
        var description: String { type(of: adapter).name }
    }

    static let cases: [Case] = Portal.libraryAdapters.map { adapter in
        Case(
            adapter: adapter,
            samples: ((try? Samples.board()) ?? []).filter { $0.adapter == type(of: adapter).name }
                .map(\.sample) + Samples.inline(type(of: adapter).name)
        )
    }

    @Test(
        "each passes the kit with the invented board's files, the fixtures and messages made for it",
        arguments: cases
    )
    func passes(_ one: Case) throws {
        #expect(one.samples.count { !$0.isRefused } >= 2, "too few samples")
        var conformance = AdapterConformance(one.adapter)
        // There are many samples: fewer places in each.
        conformance.honestBytesMax = 150
        conformance.damagesMax = 120
        conformance.cutsMax = 250
        conformance.canariesMax = 12
        conformance.growthBytes = 64 << 10
        let faults = conformance.check(one.samples)
        #expect(faults.isEmpty, "\(faults.map(\.description).joined(separator: "\n"))")
    }
}

/// Documents of every silo, with the adapter that they are for.
enum Samples {
    /// A sample and whose it is.
    struct Owned {
        let adapter: String
        let sample: AdapterSample
    }

    /// The files of the invented health board and the fixtures of the XML adapters.
    static func board() throws -> [Owned] {
        let folder = SourceTree.url("Samples/HealthBoard")
        let text = String(
            decoding: try SourceTree.bytes("Samples/HealthBoard/profile.yaml"),
            as: UTF8.self
        )
        var found: [Owned] = []
        for silo in try SiteProfile(yaml: text).silos {
            let place = folder.appendingPathComponent(silo.path ?? silo.name)
            for file in SourceTree.files(below: place)
            where ["hl7", "csv", "jsonl"].contains(file.pathExtension) {
                found += try documents(file, silo)
            }
        }
        for file in SourceTree.files(below: SourceTree.url("Tests/XMLAdaptersTests/Fixtures"))
        where file.lastPathComponent == "input.xml" {
            let folders = [
                "cda-document", "xds-metadata", "gp-emergency-summary-xml", "sci-store-result",
                "sci-store-document",
            ]
            found.append(
                Owned(
                    adapter: folders.first { file.path.contains("/" + $0 + "/") }
                        ?? "sci-gateway-referral",
                    sample: AdapterSample(
                        Array(try Data(contentsOf: file)),
                        name: file.deletingLastPathComponent().lastPathComponent,
                        isRefused: file.path.contains("/failure/")
                    )
                )
            )
        }
        for name in ["gp-emergency-summary", "palliative-summary", "social-care"] {
            let folder = SourceTree.url("Tests/ExtractAdaptersTests/Fixtures/\(name)/success")
            for file in SourceTree.files(below: folder) where file.pathExtension == "jsonl" {
                let place = file.deletingLastPathComponent().lastPathComponent
                let lines = Array(try Data(contentsOf: file)).split(separator: 0x0A)
                for (index, line) in lines.enumerated() {
                    let sample = AdapterSample(Array(line), name: place + ", line \(index + 1)")
                    found.append(Owned(adapter: name, sample: sample))
                }
            }
        }
        for name in ["hl7v2-order", "hl7v2-vaccination"] {
            let folder = SourceTree.url("Tests/HL7v2AdaptersTests/Fixtures/\(name)/success")
            for file in SourceTree.files(below: folder) where file.pathExtension == "hl7" {
                let bytes = Array(try Data(contentsOf: file))
                let place = file.deletingLastPathComponent().lastPathComponent
                found.append(Owned(adapter: name, sample: AdapterSample(bytes, name: place)))
            }
        }
        for file in SourceTree.files(below: SourceTree.url("Tests/FHIRAdaptersTests/Fixtures"))
        where file.deletingPathExtension().lastPathComponent == "input"
            && file.pathComponents.contains("success")
        {
            found.append(
                Owned(
                    adapter: "fhir-r4",
                    sample: AdapterSample(
                        Array(try Data(contentsOf: file)),
                        name: file.deletingLastPathComponent().lastPathComponent
                    )
                )
            )
        }
        return found
    }

    private static func documents(_ file: URL, _ silo: SiteProfile.Silo) throws -> [Owned] {
        let bytes = Array(try Data(contentsOf: file))
        let name = silo.name + "/" + file.lastPathComponent
        let parts: [ArraySlice<UInt8>] =
            switch file.pathExtension {
            case "hl7":
                HL7v2File(bytes).parts.compactMap { part in
                    guard case .message = part.kind else { return nil }
                    return bytes[part.range]
                }
            case "jsonl": bytes.split { $0 == 0x0A || $0 == 0x0D }
            default: [bytes[...]]
            }
        return parts.enumerated().compactMap { index, part in
            var sample = AdapterSample(
                Array(part),
                name: parts.count > 1 ? "\(name), document \(index + 1)" : name,
                dialect: silo.dialect,
                // The practice's extract has one line that was cut, on purpose.
                isRefused: file.lastPathComponent.hasPrefix("99-")
                    || parts.count > 1 && part.last != UInt8(ascii: "}")
                        && file.pathExtension == "jsonl"
            )
            let document = SourceDocument(silo: "s", bytes: part, dialect: silo.dialect)
            guard
                let adapter = Portal.libraryAdapters.first(where: {
                    silo.adapter == nil
                        ? $0.recognises(document) : type(of: $0).name == silo.adapter
                })
            else { return nil }
            for beside in adapter.companions(of: document) {
                let url = file.deletingLastPathComponent().appendingPathComponent(beside)
                if FileType.staysInside(beside), let found = try? Data(contentsOf: url) {
                    sample.files[beside] = Array(found)
                }
            }
            return Owned(adapter: type(of: adapter).name, sample: sample)
        }
    }

    // MARK: Made for it

    /// An EDIFACT message of one type, with right counts.
    private static func edifact(_ type: String, _ lines: String) -> String {
        let segments = lines.split(separator: "\n").map(String.init)
        let all = ["UNH+1+" + type] + segments + ["UNT+\(segments.count + 2)+1"]
        return all.map { $0 + "'\n" }.joined()
    }

    /// Messages that hold what the board's do not.
    static func inline(_ adapter: String) -> [AdapterSample] {
        let header = "MSH|^~\\&|SYS|GRI|||20261122||"
        let person =
            "PID|1||9990000018^^^NHS^NH~1^^^GRI^MR||LEE^Ann^^^Mrs||19510303|F|||1 High St^^Town^^G1 1AA"
        func message(_ name: String, _ type: String, _ segments: String...) -> AdapterSample {
            AdapterSample(
                ([header + type + "|M1|P|2.5.1"] + segments).joined(separator: "\r") + "\r",
                name: name
            )
        }
        switch adapter {
        case "hl7v2-attendance":
            return [
                message(
                    "cleared-fields",
                    "ADT^A08",
                    "EVN|A08|20261101",
                    "PID|1||1^^^GRI^MR||LEE^Ann||\"\"|F|||\"\"||\"\"||||||||||||||||\"\"|N"
                ),
                message(
                    "merge",
                    "ADT^A40",
                    "EVN|A40|20261101",
                    person,
                    "MRG|9^^^GRI^MR"
                ),
                message(
                    "statements-sent-along",
                    "ADT^A01",
                    "EVN|A01|20261101",
                    person,
                    "PV1|1|I|WARD7^^1^GRI||||^DOE^John|||||||||||V|V1^^^GRI^VN|||||||||||||||||||||||||20261101",
                    "AL1|1|DA|PEN^Penicillin^L|SV|Rash~Wheeze|2010",
                    "DG1|1||J45^Asthma^I10||20200101|A",
                    "NK1|1|LEE^Tom|SPO^Spouse^HL70063",
                    "OBX|1|NM|WT^Weight^L||61.5|kg|||||F"
                ),
                AdapterSample(
                    "MSH!@#$%!SYS!GRI!!!20261122!!ADT@A28!M1!P!2.4\rEVN!A28!20261101\rPID!1!!1@@@GRI@MR!!LEE@Ann",
                    name: "other-delimiters-and-no-last-terminator"
                ),
                AdapterSample(
                    header + "ADT^A01|M1|P|2.5.1\rEVN|A01|20261101\r" + person + "\r",
                    name: "movement-without-visit"
                ).refused,
            ]
        case "hl7v2-lab-report":
            return [
                message(
                    "values-of-many-types",
                    "ORU^R01",
                    person,
                    "ORC|RE|O1^WARD|26B1^LAB",
                    "OBR|1|O1^WARD|26B1^LAB|FBC^Full blood count^L|||20260302081500|||||||20260302090000|BLD|||||||20260302140000||HM|C",
                    "NTE|1||Haemolysed \\T\\ repeated",
                    "OBX|1|NM|HB^Haemoglobin^L||69|g/L|115-160|LL|||F|||20260302",
                    "OBX|2|SN|TROP^Troponin^L||<^0.01|ug/L|||||P",
                    "OBX|3|CE|ORG^Organism^L|1|ECOLI^E. coli^L~KLEB^Klebsiella^L||||||F",
                    "OBX|4|TX|COM^Comment^L||Line one\\.br\\line two~and three||||||F",
                    "OBX|5|NM|K^Potassium^L||\"\"|mmol/L|||||C",
                    "SPM|1|||BLD^Blood^L"
                ),
                message(
                    "least",
                    "ORU^R01",
                    "PID|1||1",
                    "ORC|RE|||||||||||||||||||||||||||ODD",
                    "OBX|1|ST|A||\"\"",
                    "OBX|2||A||x",
                    "OBX|3|DT|D^Day^L||20260101~soon||||||X",
                    "OBX|4|XX|Q^Odd^L||a^b&c~d||||||W"
                ),
                message(
                    "status-time-in-future",
                    "ORU^R01",
                    person,
                    "OBR|1||26B2^LAB|FBC^Full blood count^L|||20260302|||||||||||||||20290101000000|||F",
                    "OBX|1|NM|HB^Haemoglobin^L||69|g/L|||||F"
                ),
            ]
        case "hl7v2-document":
            return [
                message(
                    "letter-as-a-file",
                    "MDM^T02",
                    "EVN|T02|20261001",
                    person,
                    "TXA|1|CN^Clinic letter^L|TX|20261001||20261001|20261002|^DOE^John||||L1^GRI||||||AU",
                    "OBX|1|TX|11488-4^Letter^LN||Asthma is worse||||||F",
                    "OBX|2|ED|PDF^Letter^L||^application^pdf^Base64^JVBERi0xLjQK||||||F"
                ),
                message(
                    "edited-and-formatted",
                    "MDM^T08",
                    "EVN|T08|20261003||||20261002",
                    person,
                    "PV1|1|O|CLINIC2^^^GRI",
                    "ORC|RE|O1^WARD",
                    "OBR|1|O1^WARD||XR^X-ray^L",
                    "TXA|1|OP|FT|20261001|C1^DOE^John|20261001|20261001|20261002~20261003|C1^DOE^John|C2^ROE^Jane|T1^TYPE^Ist|L2^GRI|L1^GRI|O1||a.rtf|LA|X|AV||R|C3^POE^Tom^^^^^^^^^^^20261003|C4^MOE^Ann",
                    "OBX|1|FT|1^Part^L|1|.in+4 First\\.br\\\\H\\Second\\N\\ \\T\\ third|mg|1-2|H|||F|||20261001||C9^OBS",
                    "NTE|1||A note",
                    "OBX|2|ED|2^File^L||^application^pdf^Base64^JVBERi0x||||||F",
                    "OBX|3|ED|2^File^L||^application^pdf^Base64^LjQK||||||F",
                    "OBX|4|RP|3^Link^L||store/1^GRI^application^pdf||||||F",
                    "OBX|5|ST|4^Odd^L||\"\"||||||W"
                ),
                message(
                    "cancelled-without-number",
                    "MDM^T11",
                    "EVN|T11|20290101",
                    person,
                    "TXA|1|CN|TX|soon"
                ),
            ]
        case "hl7v2-referral":
            return [
                message(
                    "every-segment",
                    "REF^I13",
                    "RF1|A^Accepted^L|S^Stat^L|MED^Medical^L|AM|O|R-1^PRACTICE|20260901|20261201|20260901|Chest pain~Breathless|EXT^X",
                    "PRD|RP^Referring^L|CAMPBELL^Iain^^^Dr|1 High St|||01234|G1^^^GMP",
                    "PRD|RT|BRUCE^Morag|||||C1^^^GMC",
                    "PRD|PP|ROE^Jane|||||C2^^^GMC",
                    "CTD|CON|MOE^Ann||||01234",
                    person,
                    "PD1|||Glen Practice^^P5|G9^GP^Doctor",
                    "NK1|1|LEE^Tom|SPO^Spouse^HL70063|1 High St|01234||E^Employer^L|2020",
                    "DG1|1|I10|J45^Asthma^I10|Asthma, severe|20200101|A||X",
                    "AL1|1|DA|PEN^Penicillin^L|SV|Rash~Wheeze|2010",
                    "OBR|1|O1||HX^History^L",
                    "OBX|1|TX|HX^History^L||Smokes||||||F",
                    "PV1|1|O|CLINIC2",
                    "PV2|||X^Reason",
                    "NTE|1||A note"
                ),
                message("least", "REF^I12", "RF1", "PID|1||1", "DG1", "AL1", "NK1"),
            ]
        case "hl7v2-schedule":
            return [
                message(
                    "every-segment",
                    "SIU^S13",
                    "EVN|S13|20261101||||20261101",
                    "SCH|P1^WARD|AP1^PAS||||REA^Reason^L|CHK^Check-up^L|CLINIC|20|min|1^2^D20^20261201090000+0000^20261201092000|||||C1^DOE^John|01234|||C2^ROE||||||Started^Arrived^L",
                    person,
                    "PV1|1|O|CLINIC2",
                    "DG1|1||J45",
                    "RGS|1|A",
                    "AIS|1|A|XR^X-ray^L^B^Bee^M|20261201|5|min",
                    "AIS|2|A|US^Ultrasound^L|20261201",
                    "AIG|1|A|ROOM",
                    "AIL|1|A|CLINIC2^^^GRI|X^Y",
                    "AIL|2|A|CLINIC3",
                    "AIP|1|A|C1^DOE^John|SURG^Surgeon^L",
                    "NTE|1||A note",
                    "OBX|1|ST|X^Y^L||z"
                ),
                message("least", "SIU^S26", "SCH||\"\"|||||\"\"||||^^^soon", "PID|1||\"\""),
            ]
        case "edifact-lab-report":
            // EDIFACTAdaptersTests examines it with its fixtures; these are without an interchange.
            return [
                AdapterSample(
                    edifact(
                        "MEDRPT:0:1:RT:NHS003",
                        """
                        BGM+LSR
                        DTM+137:202611221000:203
                        S01+01
                        NAD+PO+G9990001:900++DR O?'GREENE
                        SPR+PRO
                        S02+02
                        GIS+N
                        RFF+SRI:26H1
                        STS++FI
                        DTM+ISR:202611220930:203
                        S06+06
                        ADR++US:1 HIGH ST:TOWN++G1 1AA
                        S07+07
                        PNA+PAT+9990000018:OPI+++SU:LEE+FO:ANN
                        DTM+329:195103:610
                        PDI+2
                        S16+16
                        SEQ++1
                        SPC+TSP+:::BLOOD
                        DTM+SCO:20261121:102
                        GIS+N
                        INV+MQ+451..:911::Renal function tests
                        SEQ++1
                        RFF+ASL:1
                        GIS+N
                        INV+MQ+44I5.:911::Sodium
                        RSL+NV+136:7+++:::mmol/L+LO
                        RFF+ARL:1
                        S20+20
                        RND+U+135+145
                        FTX+RPD+++Adults
                        """
                    ),
                    name: "battery-without-interchange"
                ),
                AdapterSample(
                    edifact(
                        "MEDRPT:0:1:RT:NHS004",
                        """
                        S02+02
                        RFF+SRI:26S1
                        S07+07
                        PNA+PAT++++SU:LEE
                        INV+MQ+:::FOB
                        RSL+CV+::1:921::Normal
                        FTX+RIT+++Line one::line ?+ three
                        """
                    ),
                    name: "least"
                ),
            ]
        case "edifact-radiology-report":
            return [
                AdapterSample(
                    edifact(
                        "NHSRSR:D:1:NH:NHS002",
                        """
                        BGM+RRR
                        NAD+RRP+++ROE Jane
                        SEQ++1
                        SPR+PRO
                        NAD+SRA+++Radiology
                        SPR+DPT
                        S02+02
                        RFF+SRI:X1
                        DTM+ISR:202611220930:203
                        S05+05
                        PNA+PAT+9990000018:OPI+US++SU:LEE+FO:ANN
                        RFF+RPI:1
                        PDI+2
                        S10+10
                        INV+RS+XCHES:ZZZ::XR Chest
                        S11+11
                        STS++VR
                        DTM+AIC:202611211435:203
                        FTX+RIT+++Clear:lungs
                        REL+RRP+VR
                        RFF+AHL:1
                        """
                    ),
                    name: "verified"
                ),
                AdapterSample(
                    edifact(
                        "NHSRSR:D:1:NH:NHS002",
                        """
                        S02+02
                        RFF+SRI:X2
                        S05+05
                        PNA+PAT++++SU:LEE
                        S10+10
                        INV+RS+:::XR
                        S11+11
                        FTX+RIT+++Clear
                        """
                    ),
                    name: "least"
                ),
            ]
        case "scanned-notes-manifest":
            return [
                AdapterSample(
                    "document,page,file,title,date,hospital_number,surname,forename,birth_date,sex\n"
                        + "S1,1,a.png,\"Old notes, \"\"asthma\"\"\",2006-05,1,Lee,Ann,1951-03-03,F\n"
                        + "S1,2,b.png,,,,,,,\nTRAILER,1,2\n",
                    name: "quoted-fields-and-empty-ones"
                )
            ]
        case "top-elements":
            return [
                AdapterSample(
                    "{\"type\":\"plan\",\"id\":\"P1\",\"patient\":{\"identifiers\":[{\"system\":\"CHI\",\"value\":\"12\"},{\"value\":\"3\"}],"
                        + "\"deceased\":false,\"birthDate\":\"soon\"},\"category\":\"resuscitation\",\"title\":\"DNACPR \\u003c \\ud83d\\ude00\","
                        + "\"sections\":[{\"heading\":\"Why\",\"text\":\"x\"},{}],\"made\":\"2026\",\"labels\":[\"V\",\"odd\"],"
                        + "\"version\":3,\"status\":\"lost\",\"more\":{\"a\":[1,null,true]},\"recorded\":null}",
                    name: "plan-with-escapes-and-strangers"
                )
            ]
        case "letter-drop":
            return [
                AdapterSample(
                    "letter;file;title;date;hospital_number;surname;ward\r\n"
                        + "L1;a.txt;Clinic;03/05/2006;1;Lee;WARD7\r\nL2;../b.txt;;soon;1;Lee;\r\n",
                    name: "semicolons-and-a-column-of-its-own"
                )
            ]
        case "appointment-list":
            return [
                AdapterSample(
                    "appointment\tlist\tstart\tplace\thospital_number\tsurname\n"
                        + "A1\tclinic\t2026-11-25T10:00\tCLINIC2\t1\tLee\n",
                    name: "tabs"
                )
            ]
        default: return []
        }
    }
}

extension AdapterSample {
    /// The same, to be refused.
    var refused: AdapterSample {
        var copy = self
        copy.isRefused = true
        return copy
    }
}
