import PortalIdentity
import PortalTestKit

/// Invented people with mistyped copies, as a table of evidence.
struct InventedPeople {
    static let fields: [EvidenceField] = [
        .givenName, .surname, .birthDate, .houseNumber, .street, .locality, .postcode, .sex,
    ]

    var rows: [[String]] = []
    /// Who each row is.
    var owners: [Int] = []

    var table: EvidenceTable { Self.table(rows) }

    var truth: [(Int, Int)] {
        var truth: [(Int, Int)] = []
        let groups = Dictionary(grouping: owners.indices) { owners[$0] }
        for group in groups.values {
            for (place, one) in group.enumerated() {
                for two in group[(place + 1)...] { truth.append((one, two)) }
            }
        }
        return truth
    }

    static func table(_ rows: [[String]], fields: [EvidenceField] = fields) -> EvidenceTable {
        var table = EvidenceTable(fields: fields)
        for row in rows { table.append(row.map { Array($0.utf8)[...] }) }
        return table
    }

    private static let syllables = [
        "an", "bar", "cel", "dor", "el", "fen", "gar", "hol", "is", "jan", "kel", "lor", "mar",
        "nor",
        "ol", "per", "quin", "ros", "sal", "tor",
    ]

    private static func name(_ random: inout SeededGenerator) -> String {
        (0..<random.number(2...3)).map { _ in
            syllables[random.number(0...(syllables.count - 1))]
        }.joined()
    }

    init(people: Int, copies: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for person in 0..<people {
            rows.append([
                Self.name(&random), Self.name(&random),
                "\(random.number(1930...2020))\(random.number(10...12))\(random.number(10...28))",
                String(random.number(1...300)), Self.name(&random) + " street", Self.name(&random),
                "EH\(random.number(1...30)) \(random.number(1...9))XY",
                random.number(0...1) == 0 ? "female" : "male",
            ])
            owners.append(person)
        }
        for _ in 0..<copies {
            let person = random.number(0...(people - 1))
            var row = rows[person]
            for _ in 0..<random.number(1...3) {
                let column = random.number(0...6)
                row[column] =
                    random.number(0...4) == 0 ? "" : Self.mistype(row[column], &random)
            }
            rows.append(row)
            owners.append(person)
        }
    }

    private static func mistype(_ text: String, _ random: inout SeededGenerator) -> String {
        var letters = Array(text)
        guard letters.count > 1 else { return text }
        let place = random.number(0...(letters.count - 2))
        switch random.number(0...2) {
        case 0: letters.swapAt(place, place + 1)
        case 1: letters.remove(at: place)
        default: letters.insert("e", at: place)
        }
        return String(letters)
    }
}
