import ClinicalPortal
import Foundation

/// Invents a health board of any size: the same seed gives the same bytes, and a million people
/// take no more memory than a thousand.
///
/// Each person is drawn from the seed and their number alone. What real life does to records is
/// done at given rates, and the truth is written beside: which record is whose, and which messages
/// tell of one event.
struct Synthesiser {
    /// How often what happens to records in real life.
    struct Rates {
        /// A name mistyped in one message.
        var typo = 0.02
        /// Forename and surname exchanged.
        var exchanged = 0.003
        /// Day and month of birth exchanged.
        var transposed = 0.003
        /// The national number left out.
        var numberMissing = 0.1
        /// A second hospital number for the same person.
        var secondNumber = 0.05
        /// A result corrected later.
        var corrected = 0.05
        /// A message sent twice.
        var repeated = 0.02
        /// A result copied to the practice and sent by it as well.
        var copied = 0.1
    }

    let seed: UInt64
    let rates: Rates

    /// One invented person.
    private struct Person {
        let index: Int
        let family: String
        let given: String
        let birth: String
        let sex: String
        let number: String?
        var hospital: String { "S" + Synthesiser.pad(index, 8) }
    }

    /// What one person's life gives each silo, and the truth.
    struct Lines {
        var attendances = ""
        var laboratory = ""
        var copies = ""
        var letters = ""
        var summary = ""
        var bookings = ""
        /// Lines of `silo,control id,person`.
        var people = ""
        /// Lines of `event,silo,control id`.
        var events = ""
    }

    /// Adds a person's documents and truth to the lines of a batch.
    func add(_ index: Int, to lines: inout Lines) {
        var chance = Chance(state: seed &+ UInt64(index) &* 0xD134_2543_DE82_EF95)
        let person = person(index, &chance)
        var control = 0
        var day = chance.number(0...1200)
        func stamp(_ silo: String, _ lines: inout Lines) -> String {
            control += 1
            let id = "S\(index)-\(control)"
            lines.people += "\(silo),\(id),\(index)\n"
            return id
        }
        for stay in 1...chance.number(1...3) {
            day += chance.number(1...120)
            let ward = chance.pick(Self.wards)
            let visit = "V\(index)-\(stay)"
            for (event, hours) in [("A01", 9), ("A03", 100)] {
                let id = stamp("attendances", &lines)
                let time = Self.time(day, hours)
                lines.attendances += Self.message("PAS", "ADT^" + event, id, time)
                lines.attendances += "EVN|\(event)|\(time)\r" + pid(person, &chance)
                lines.attendances +=
                    "PV1|1|I|\(ward)^^1^SYN||||C\(Self.pad(chance.number(1...400), 7))^Doctor^Invented"
                    + String(repeating: "|", count: 12) + "\(visit)^^^SYN^VN"
                    + String(repeating: "|", count: 25) + Self.time(day, 9)
                    + (event == "A03" ? "|" + time : "") + "\r"
            }
        }
        for test in 1...chance.number(8...16) {
            day += chance.number(1...40)
            result(person, test, day, &chance, stamp, &lines)
        }
        for letter in 1...chance.number(1...3) {
            let id = stamp("letters", &lines)
            let time = Self.time(day + letter, 15)
            lines.letters += Self.message("LETTERS", "MDM^T02", id, time)
            lines.letters += "EVN|T02|\(time)\r" + pid(person, &chance)
            lines.letters +=
                "TXA|1|\(chance.pick(["CN^Clinic letter", "DS^Discharge letter"]))|TX|\(time)||\(time)"
                + "|\(time)|||||L\(index)-\(letter)^SYN|||||AU\r"
            lines.letters +=
                "OBX|1|TX|11488-4^Letter^LN||Reviewed for \(chance.pick(Self.problems)).||||||F\r"
                + "OBX|2|TX|11488-4^Letter^LN||Plan: \(chance.pick(Self.plans)).||||||F\r"
        }
        summary(person, &chance, &lines)
        if chance.happens(0.4) {
            lines.bookings += booking(person, &chance)
            lines.people += "lists,B\(person.index),\(person.index)\n"
        }
    }

    // MARK: The person

    private func person(_ index: Int, _ chance: inout Chance) -> Person {
        let sex = chance.pick(["F", "M"])
        let given = chance.pick(sex == "F" ? Self.women : Self.men)
        let birth =
            Self.pad(chance.number(1925...2022), 4) + Self.pad(chance.number(1...12), 2)
            + Self.pad(chance.number(1...28), 2)
        return Person(
            index: index,
            family: chance.pick(Self.surnames),
            given: given,
            birth: birth,
            sex: sex,
            number: Self.testNumber(index)
        )
    }

    /// A number of the range that is never issued, 999 000 0000 to 999 999 9999; nil where the
    /// check digit would be ten, or the range has ended.
    private static func testNumber(_ index: Int) -> String? {
        guard index < 1_000_000 else { return nil }
        let nine = "999" + pad(index, 6)
        let sum = nine.utf8.enumerated().reduce(0) {
            $0 + (10 - $1.offset) * (Int($1.element) - 0x30)
        }
        let check = (11 - sum % 11) % 11
        return check == 10 ? nil : nine + String(check)
    }

    private func pid(_ person: Person, _ chance: inout Chance) -> String {
        var family = person.family
        var given = person.given
        var birth = person.birth
        if chance.happens(rates.typo) { family = typo(family, &chance) }
        if chance.happens(rates.typo) { given = typo(given, &chance) }
        if chance.happens(rates.exchanged) { swap(&family, &given) }
        if chance.happens(rates.transposed) {
            let parts = Array(birth)
            birth = String(parts[0..<4] + parts[6..<8] + parts[4..<6])
        }
        let hospital =
            chance.happens(rates.secondNumber) ? "T" + Self.pad(person.index, 8) : person.hospital
        let number =
            person.number.flatMap { chance.happens(rates.numberMissing) ? nil : $0 + "^^^NHS^NH~" }
        return "PID|1||\(number ?? "")\(hospital)^^^SYN^MR||\(family)^\(given)||\(birth)"
            + "|\(person.sex)\r"
    }

    /// Two letters exchanged, one left out, or one doubled.
    private func typo(_ name: String, _ chance: inout Chance) -> String {
        var letters = Array(name)
        guard letters.count > 3 else { return name }
        let at = chance.number(1...(letters.count - 2))
        switch chance.number(0...2) {
        case 0: letters.swapAt(at, at + 1)
        case 1: letters.remove(at: at)
        default: letters.insert(letters[at], at: at)
        }
        return String(letters)
    }

    // MARK: Documents

    private func result(
        _ person: Person,
        _ test: Int,
        _ day: Int,
        _ chance: inout Chance,
        _ stamp: (String, inout Lines) -> String,
        _ lines: inout Lines
    ) {
        let panel = chance.pick(Self.panels)
        let filler = "\(person.index)-\(test)"
        let collected = Self.time(day, 8)
        func report(_ status: String, _ hours: Int, _ change: Int, _ chance: inout Chance) -> String
        {
            var text =
                "OBR|1||\(filler)^SYNLAB|\(panel.code)^\(panel.name)^L|||\(collected)"
                + String(repeating: "|", count: 15) + Self.time(day, hours)
                + "||\(panel.section)|\(status)\r"
            for (number, analyte) in panel.analytes.enumerated() {
                let value =
                    analyte.low + (change + number * 7 + test) % (analyte.high - analyte.low)
                let flag = value > analyte.high - 10 ? "H" : ""
                text +=
                    "OBX|\(number + 1)|NM|\(analyte.code)^\(analyte.name)^L||\(value)|\(analyte.unit)"
                    + "|\(analyte.low)-\(analyte.high - 10)|\(flag)|||\(status)\r"
            }
            return text
        }
        let base = chance.number(0...500)
        let id = stamp("laboratory", &lines)
        let person = pid(person, &chance)
        let message =
            Self.message("LIMS", "ORU^R01", id, Self.time(day, 12)) + person
            + report("F", 12, base, &chance)
        lines.laboratory += message
        lines.events += "\(filler),laboratory,\(id)\n"
        if chance.happens(rates.repeated) { lines.laboratory += message }
        if chance.happens(rates.corrected) {
            let id = stamp("laboratory", &lines)
            lines.laboratory +=
                Self.message("LIMS", "ORU^R01", id, Self.time(day, 30)) + person
                + report("C", 30, base + 3, &chance)
            lines.events += "\(filler),laboratory,\(id)\n"
        } else if chance.happens(rates.copied) {
            let id = stamp("gp-results", &lines)
            lines.copies +=
                Self.message("GP", "ORU^R01", id, Self.time(day, 40)) + person
                + report("F", 12, base, &chance)
            lines.events += "\(filler),gp-results,\(id)\n"
        }
    }

    private func summary(_ person: Person, _ chance: inout Chance, _ lines: inout Lines) {
        let birth = Array(person.birth)
        let born =
            String(birth[0..<4]) + "-" + String(birth[4..<6]) + "-" + String(birth[6..<8])
        let who =
            "\"patient\":{\"identifiers\":[{\"system\":\"SYN\",\"value\":\"\(person.hospital)\"}"
            + (person.number.map { ",{\"system\":\"NHS\",\"value\":\"\($0)\"}" } ?? "")
            + "],\"name\":{\"family\":\"\(person.family)\",\"given\":\"\(person.given)\"},"
            + "\"birthDate\":\"\(born)\",\"gender\":\"\(person.sex)\"}"
        func line(_ type: String, _ number: Int, _ rest: String) -> String {
            let id = "\(person.index)-\(type)-\(number)"
            lines.people += "summary,\(id),\(person.index)\n"
            return "{\"type\":\"\(type)\",\"id\":\"\(id)\",\(who),"
                + "\"updated\":\"2026-11-20T22:00:00Z\",\(rest)}\n"
        }
        let allergy = chance.happens(0.6) ? "No known allergies" : chance.pick(Self.allergies)
        lines.summary += line("allergy", 1, "\"substance\":\"\(allergy)\"")
        for number in 1...chance.number(1...4) {
            lines.summary += line(
                "medicine",
                number,
                "\"medicine\":\"\(chance.pick(Self.medicines))\",\"dose\":\"one daily\","
                    + "\"supply\":\"repeat\",\"lastIssued\":\"2026-10-\(Self.pad(chance.number(1...28), 2))\""
            )
        }
        if chance.happens(0.5) {
            lines.summary += line("problem", 1, "\"problem\":\"\(chance.pick(Self.problems))\"")
        }
    }

    private func booking(_ person: Person, _ chance: inout Chance) -> String {
        let birth = Array(person.birth)
        let day = "2026-12-" + Self.pad(chance.number(1...28), 2)
        return [
            "B\(person.index)", "clinic", day + "T10:00", chance.pick(Self.clinics),
            "C" + Self.pad(chance.number(1...400), 7), "Review", "booked", person.hospital,
            person.number ?? "", person.family, person.given,
            String(birth[0..<4]) + "-" + String(birth[4..<6]) + "-" + String(birth[6..<8]),
            person.sex,
        ].joined(separator: ",") + "\n"
    }

    /// The header of the table of bookings.
    static let bookingColumns =
        "appointment,list,start,place,clinician_code,reason,state,hospital_number,nhs_number,"
        + "surname,forename,birth_date,sex\n"

    // MARK: Spelling

    private static func message(
        _ sender: String,
        _ type: String,
        _ id: String,
        _ time: String
    ) -> String {
        "MSH|^~\\&|\(sender)|SYN|PORTAL|SYN|\(time)||\(type)|\(id)|P|2.5.1|||AL|NE||UNICODE UTF-8\r"
    }

    /// A time of the board's four years: days after 1 January 2022, hours after midnight.
    private static func time(_ day: Int, _ hours: Int) -> String {
        let all = day + hours / 24
        // Every month has 28 days here: dates need only be dates.
        let year = 2022 + all / 336
        let month = all % 336 / 28 + 1
        return pad(year, 4) + pad(month, 2) + pad(all % 28 + 1, 2) + pad(hours % 24, 2) + "0000"
    }

    static func pad(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    // MARK: Words

    private struct Analyte {
        let code: String
        let name: String
        let unit: String
        let low: Int
        let high: Int
    }

    private struct Panel {
        let code: String
        let name: String
        let section: String
        let analytes: [Analyte]
    }

    private static let panels = [
        Panel(
            code: "FBC",
            name: "Full blood count",
            section: "HM",
            analytes: [
                Analyte(code: "HB", name: "Haemoglobin", unit: "g/L", low: 70, high: 170),
                Analyte(code: "PLT", name: "Platelet count", unit: "10*9/L", low: 100, high: 460),
                Analyte(code: "WCC", name: "White cell count", unit: "10*9/L", low: 2, high: 22),
            ]
        ),
        Panel(
            code: "UE",
            name: "Urea and electrolytes",
            section: "CH",
            analytes: [
                Analyte(code: "NA", name: "Sodium", unit: "mmol/L", low: 125, high: 155),
                Analyte(code: "CRE", name: "Creatinine", unit: "umol/L", low: 40, high: 320),
            ]
        ),
        Panel(
            code: "CRP",
            name: "C reactive protein",
            section: "CH",
            analytes: [
                Analyte(code: "CRP", name: "C reactive protein", unit: "mg/L", low: 1, high: 280)
            ]
        ),
    ]
    private static let wards = (1...40).map { "WARD\($0)" }
    private static let clinics = (1...20).map { "CLINIC\($0)" }
    private static let surnames = [
        "Smith", "Brown", "Wilson", "Campbell", "Stewart", "Robertson", "Thomson", "Anderson",
        "Macdonald", "Scott", "Reid", "Murray", "Taylor", "Clark", "Ross", "Watson", "Morrison",
        "Paterson", "Young", "Mitchell", "Walker", "Fraser", "Miller", "Mcdonald", "Gray",
        "Henderson", "Hamilton", "Johnston", "Duncan", "Graham", "Ferguson", "Kerr", "Davidson",
        "Simpson", "Cameron", "Bell", "Grant", "Mackenzie", "Kelly", "Hunter", "Allan", "Kaur",
        "Singh", "Hussain", "Khan", "Nowak", "O'Neill", "Mackay", "Sinclair", "Bruce",
    ]
    private static let women = [
        "Margaret", "Elizabeth", "Mary", "Catherine", "Anne", "Jean", "Helen", "Susan", "Karen",
        "Fiona", "Laura", "Emma", "Sarah", "Amy", "Morag", "Isla", "Eilidh", "Agnes", "Amira",
        "Sofia",
    ]
    private static let men = [
        "James", "John", "William", "Robert", "David", "Thomas", "George", "Alexander", "Andrew",
        "Ian", "Michael", "Paul", "Stuart", "Craig", "Callum", "Hamish", "Ewan", "Omar", "Piotr",
        "Arjun",
    ]
    private static let problems = [
        "hypertension", "asthma", "type 2 diabetes", "angina", "osteoarthritis", "eczema",
        "migraine", "hypothyroidism", "atrial fibrillation", "chronic kidney disease",
    ]
    private static let plans = [
        "review in six weeks", "discharge to the practice", "repeat bloods", "start carbimazole",
        "stop amlodipine", "physiotherapy", "echo", "await biopsy",
    ]
    private static let allergies = ["Penicillin", "Latex", "Aspirin", "Trimethoprim", "Peanut"]
    private static let medicines = [
        "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets", "Metformin 500 mg tablets",
        "Simvastatin 40 mg tablets", "Levothyroxine 50 microgram tablets",
        "Salbutamol 100 microgram inhaler",
    ]
}
