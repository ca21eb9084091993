import Foundation

/// A file of invented ORU^R01 laboratory reports: invented people, numbers of the test range.
///
/// - Shape: 20,000 messages make about 43 MB: MSH, PID, PV1, ORC, one to three OBR, five to fifteen
///   OBX, sometimes NTE; segments end at CR.
struct InventedReports {
    private var random: SplitMix64
    private var people: [Invented] = []
    private var names: [String] = []

    private struct Invented {
        let number: String
        let pid: String
    }

    private struct Test {
        let code: String
        let name: String
        let unit: String
        let low: Int
        let high: Int
    }

    private static let tests = [
        Test(code: "718-7", name: "Haemoglobin", unit: "g/L", low: 130, high: 180),
        Test(code: "6690-2", name: "White cell count", unit: "10*9/L", low: 4, high: 11),
        Test(code: "777-3", name: "Platelet count", unit: "10*9/L", low: 150, high: 400),
        Test(code: "787-2", name: "Mean cell volume", unit: "fL", low: 80, high: 100),
        Test(code: "2951-2", name: "Sodium", unit: "mmol/L", low: 133, high: 146),
        Test(code: "2823-3", name: "Potassium", unit: "mmol/L", low: 3, high: 5),
        Test(code: "2160-0", name: "Creatinine", unit: "umol/L", low: 59, high: 104),
        Test(code: "1742-6", name: "Alanine transaminase", unit: "U/L", low: 10, high: 40),
        Test(code: "6768-6", name: "Alkaline phosphatase", unit: "U/L", low: 30, high: 130),
        Test(code: "3016-3", name: "Thyroid stimulating hormone", unit: "mU/L", low: 1, high: 4),
        Test(code: "1988-5", name: "C reactive protein", unit: "mg/L", low: 0, high: 5),
        Test(code: "2276-4", name: "Ferritin", unit: "ug/L", low: 30, high: 400),
    ]
    private static let panels = [
        "FBC^Full blood count^L", "UE^Urea and electrolytes^L", "LFT^Liver function tests^L",
    ]
    private static let notes = [
        "Sample slightly haemolysed; potassium result may be falsely raised.",
        "Result telephoned to requesting clinician \\T\\ acknowledged.",
        "Suggest repeat in 3 months if clinically indicated.",
        "Interpret with caution in acute illness.",
    ]
    private static let syllables =
        "an bar cel dor el fen gar hol is jan kel lor mar nor ol per quin ros sal tor ul ver wen"
        .split(separator: " ").map(String.init)

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        names = (0..<800).map { _ in name() }
        people = (0..<2000).map { person($0) }
    }

    private mutating func name() -> String {
        (0..<random.number(2...3)).map { _ in random.one(Self.syllables) }.joined().capitalized
    }

    private mutating func person(_ index: Int) -> Invented {
        let number = "999" + padded(index, 7)
        let day = time(1925...2015).prefix(8)
        let pid =
            "\(number)^^^NHS^NH~\(1_000_000 + index)^^^NORTHHOSP^MR||"
            + "\(random.one(names).uppercased())^\(random.one(names))^^^MX^^L||\(day)"
            + "|\(random.one(["M", "F"]))|||\(random.number(1...300)) \(random.one(names)) Road^^"
            + "\(random.one(names))ton^^LS\(random.number(1...20)) \(random.number(1...9))XY^GBR^H"
            + "||^PRN^PH^^^0113^\(padded(random.number(0...9_999_999), 7))"
            + "|||M||||||||||||||N"
        return Invented(number: number, pid: pid)
    }

    private mutating func time(_ years: ClosedRange<Int>) -> String {
        padded(random.number(years), 4) + padded(random.number(1...12), 2)
            + padded(random.number(1...28), 2) + padded(random.number(0...23), 2)
            + padded(random.number(0...59), 2) + padded(random.number(0...59), 2)
    }

    private mutating func doctor() -> String {
        "C\(padded(random.number(1...999_999), 7))^\(random.one(names))^\(random.one(names))^^^DR"
    }

    /// The bytes of that many messages.
    mutating func bytes(messages: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(messages * 2300)
        for index in 0..<messages {
            for segment in message(index) {
                bytes.append(contentsOf: segment.utf8)
                bytes.append(0x0D)
            }
        }
        return bytes
    }

    private mutating func message(_ index: Int) -> [String] {
        let id = padded(index, 8)
        let when = time(2019...2024)
        var segments = [
            "MSH|^~\\&|LABSYS|NORTHLAB^2.999.1.8.1^ISO|PORTAL|AGG|\(when)+0000||ORU^R01|"
                + "MSG\(id)|P|2.4|||AL|NE|GBR|UNICODE UTF-8",
            "PID|1||\(people[index % people.count].pid)",
            "PV1|1|O|WARD\(random.number(1...30))^^^NORTHHOSP||||\(doctor())|||||||||||V\(id)",
            "ORC|RE|ORD\(id)^PORTAL|LAB\(id)^LABSYS||CM||||\(when)|||\(doctor())",
        ]
        let panels = random.number(1...3)
        let results = random.number(5...15)
        for panel in 0..<panels {
            segments.append(
                "OBR|\(panel + 1)|ORD\(id)^PORTAL|LAB\(id)\(panel)^LABSYS|\(Self.panels[panel])"
                    + "|||\(when)|||||||\(when)|BLD^Blood^HL70070|\(doctor())||||||\(when)||HM|F"
            )
            let share = results / panels + (panel < results % panels ? 1 : 0)
            for result in 0..<share { segments.append(observation(result + 1, when)) }
            if random.number(1...10) <= 3 { segments.append("NTE|1|L|\(random.one(Self.notes))") }
        }
        return segments
    }

    private mutating func observation(_ number: Int, _ when: String) -> String {
        let test = Self.tests[random.number(0...(Self.tests.count - 1))]
        let value = random.number((test.low * 8)...(test.high * 12))
        let flag = value < test.low * 10 ? "L" : value > test.high * 10 ? "H" : "N"
        return "OBX|\(number)|NM|\(test.code)^\(test.name)^LN^\(test.code.prefix(3))^"
            + "\(test.name)^L||"
            + "\(value / 10).\(value % 10)|\(test.unit)^\(test.unit)^UCUM|\(test.low)-\(test.high)"
            + "|\(flag)|||F|||\(when)||TECH\(padded(random.number(1...40), 2))^"
            + "\(random.one(names))^\(random.one(names))"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
