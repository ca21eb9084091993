import ClinicalPortal
import PortalTestKit

/// What several silos send about one person, and a little about another, as chance has it: versions,
/// corrections, withdrawals, copies, letters that replace and add, lists sent whole, movements,
/// merges, labels, a number used twice.
struct InventedHistory {
    static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, speaksFor: [LAB]}
          clinic: {label: Clinic results, zone: Europe/London, localAuthority: GRI}
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI}
          gp: {label: GP summary, localAuthority: GRI, practices: {P55555: {label: Lochside Practice}}}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, held, document, link, audit, explain, recall]}
        people:
          all: {roles: [all]}
        """

    /// The silo and the bytes of each document; no two are equal.
    let documents: [(silo: String, bytes: [UInt8])]

    init(seed: UInt64, count: Int) {
        var random = SeededGenerator(seed: seed)
        var documents: [(silo: String, bytes: [UInt8])] = []
        var seen: Set<[UInt8]> = []
        while documents.count < count {
            let document = Self.document(&random, control: documents.count)
            if seen.insert(document.bytes).inserted { documents.append(document) }
        }
        self.documents = documents
    }

    private static func document(
        _ random: inout SeededGenerator,
        control: Int
    ) -> (silo: String, bytes: [UInt8]) {
        func one(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let pid = one([
            Board.pid(), Board.pid(), Board.pid(), Board.pid(nhs: nil), Board.pid(local: "2"),
            Board.pid(name: "LEE^Anne"), Board.pid(name: "ROY^Ann"),
            // Whom nothing but a merge makes the same person.
            Board.pid(nhs: nil, local: "3"),
            Board.pid(nhs: "9990000026", local: "7", name: "ROY^Bob", born: "19700101", sex: "M"),
        ])
        switch random.number(0...13) {
        case 0...4:
            let status = one(["P", "F", "F", "C", "D", "W", "X", "U", "I"])
            let value = ["D", "W", "X", "U", "I"].contains(status) ? "" : one(["69", "71", "96"])
            let labels = String(repeating: "|", count: 25) + "V"
            return (
                one(["lab", "lab", "lab", "clinic"]),
                Board.result(
                    value,
                    status: status,
                    at: one(["", "20260302", "20260302140000", "20260302150000", "20260303090000"]),
                    number: one(["26B1", "26B1", "26B2"]),
                    code: one(["HB^Haemoglobin^L", "HB^Haemoglobin^L", "NA^Sodium^L"]),
                    pid: pid,
                    control: "\(control)",
                    collected: one(["20260302081500", "20260302", "20260303", ""]),
                    flag: one(["", "", "L"]),
                    orc: random.number(0...9) == 0 ? "ORC|RE||26B1^LAB" + labels : nil
                )
            )
        case 5, 6:
            return (
                "pas",
                Board.movement(
                    one(["A01", "A02", "A03", "A08", "A11", "A13"]),
                    at: one(["20261101080000", "20261101090000", "20261102100000", ""]),
                    visit: one(["V1", "V1", "V2"]),
                    ward: one(["WARD7", "WARD8"]),
                    pid: pid
                )
            )
        case 7:
            return (
                "pas",
                Board.merge(prior: one(["2", "3"]), into: Board.pid(nhs: nil))
            )
        case 8, 9:
            let number = one(["D1", "D2", "D3"])
            let parent = one(["", "", "D1^GRI", "D2^GRI"])
            let event = one(["T02", "T02", "T04", "T06", "T08", "T10", "T11"])
            let words = one(["Stable", "Worse", ""])
            let status = one(["F", "F", "F", "C", "W"])
            return (
                "letters",
                WrongPatientTests.letter(
                    event,
                    number,
                    words.isEmpty ? [] : ["OBX|1|TX|L^Letter^L||\(words)||||||\(status)"],
                    at: one(["20261001", "20261002", "20261003"]),
                    parent: parent,
                    state: one(["AU", "AU", "CA"]),
                    pid: pid
                )
            )
        case 12, 13:
            // What a referral states beside its letter shares its fate.
            let allergy = one(["", "AL1|1|DA|P^Penicillin^L\r", "AL1|1|DA|L^Latex^L\r"])
            let problem = one(["", "DG1|1||A^Asthma^L\r"])
            let event = one(["I12", "I13"])
            let day = one(["20261001", "20261002"])
            return (
                "letters",
                Array(
                    ([
                        "MSH|^~\\&|GP|PRACTICE|||20261121||REF^\(event)|\(control)|P|2.5.1",
                        "RF1|A|S^Stat|MED^Medical|||\(one(["R1", "R2"]))^PRACTICE|20260301||\(day)|Pain",
                        pid, "OBR|1|||LETTER^Letter",
                        "OBX|1|TX|L^Letter^L||\(one(["Please see", "Please see soon"]))||||||"
                            + one(["F", "F", "W"]),
                    ].joined(separator: "\r") + "\r" + allergy + problem).utf8
                )
            )
        default:
            let medicine = one(["Bisoprolol", "Ramipril"])
            let rest = one([
                "", #""repeats":[{"medicine":"\#(medicine)","dose":"5 mg"}]"#,
                #""repeats":[{"medicine":"\#(medicine)","dose":"10 mg"}]"#,
                #""repeats":[{"medicine":"Bisoprolol","dose":"5 mg"},{"medicine":"Ramipril","dose":"2 mg"}]"#,
            ])
            let day: Int? = random.number(0...5) == 0 ? nil : random.number(18...21)
            return ("gp", WholeListTests.summary(day, rest))
        }
    }
}
