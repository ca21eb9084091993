import ArgumentParser
import ClinicalPortal
import Foundation

/// Writes a table of invented people, some of them twice and mistyped, and which those are.
struct Invent: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes invented people, some twice and mistyped, to try linking on.",
        discussion: """
            The columns are those that the map in --map-out names. The same seed makes the same people. \
            Exit codes: 0 done; 1 a file cannot be written.
            """
    )

    @Option(help: "How many people.")
    var people = 10_000

    @Option(help: "How many of them stand in the table once more, as a share.")
    var duplicates = 0.2

    @Option(help: "Seed of all that is drawn.")
    var seed: UInt64 = 1

    @Option(help: "Where the table is written.")
    var out: String

    @Option(help: "Where the pairs of one person are written.")
    var truth: String

    @Option(help: "Where the map of the columns is written.")
    var mapOut: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...20_000_000).contains(people), (0...1).contains(duplicates) else {
            throw ValidationError("--people is 1 to 20000000, --duplicates 0 to 1")
        }
    }

    func run() throws {
        var random = Chance(state: seed)
        let names = InventedNames(&random)
        let table = try Self.open(out)
        let pairs = try Self.open(truth)
        defer {
            try? table.close()
            try? pairs.close()
        }
        try table.write(
            contentsOf: Data(
                "id,given,surname,birth_date,house,street,town,postcode,phone,sex\n".utf8
            )
        )
        try pairs.write(contentsOf: Data("id_1,id_2\n".utf8))
        var rows: [UInt8] = []
        var known: [UInt8] = []
        var copies = 0
        for person in 0..<people {
            let row = names.person(&random)
            Self.append(["p\(person)"] + row, to: &rows)
            if random.happens(duplicates) {
                copies += 1
                var copy = row
                for _ in 0..<random.number(1...3) {
                    let column = random.number(0...(copy.count - 2))
                    copy[column] = random.happens(0.2) ? "" : random.mistype(copy[column])
                }
                Self.append(["p\(person)d"] + copy, to: &rows)
                known += Array("p\(person),p\(person)d\n".utf8)
            }
            if rows.count > 1 << 20 {
                try table.write(contentsOf: Data(rows))
                try pairs.write(contentsOf: Data(known))
                (rows, known) = ([], [])
            }
        }
        try table.write(contentsOf: Data(rows))
        try pairs.write(contentsOf: Data(known))
        if let mapOut { try Output.file(Self.map, mapOut) }
        Output.line(
            json
                ? "{\"duplicates\":\(copies),\"people\":\(people)}"
                : "\(people) people, \(copies) of them twice"
        )
    }

    private static let map = """
        id: id
        given name: given
        surname: surname
        birth date: birth_date
        house number: house
        street: street
        locality: town
        postcode: postcode
        phone: phone
        sex: sex

        """

    private static func open(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw StoreError(
                code: "file-not-written",
                remedy: "name a file in a folder that exists"
            )
        }
        return handle
    }

    private static func append(_ row: [String], to rows: inout [UInt8]) {
        for (place, value) in row.enumerated() {
            if place > 0 { rows.append(UInt8(ascii: ",")) }
            rows += Array(value.utf8)
        }
        rows.append(0x0A)
    }
}

/// Names as a population has them: a few are common, most are rare.
private struct InventedNames {
    private let given: [String]
    private let surnames: [String]
    private let streets: [String]
    private let towns: [String]

    private static let syllables = [
        "an", "bar", "cel", "dor", "el", "fen", "gar", "hol", "is", "jan", "kel", "lor", "mar",
        "nor",
        "ol", "per", "quin", "ros", "sal", "tor", "ul", "ver", "wen", "yor", "zel",
    ]

    init(_ random: inout Chance) {
        func names(_ count: Int) -> [String] {
            (0..<count).map { _ in
                (0..<random.number(2...4)).map { _ in
                    random.pick(Self.syllables)
                }.joined()
            }
        }
        given = names(2000)
        surnames = names(20_000)
        streets = names(6000)
        towns = names(800)
    }

    func person(_ random: inout Chance) -> [String] {
        let year = random.number(1925...2024)
        let month = random.number(1...12)
        let day = random.number(1...28)
        let postcode =
            random.pick(["EH", "G", "KY", "DD", "AB", "FK", "ML", "PA"])
            + "\(random.number(1...40)) \(random.number(1...9))"
            + random.pick(["AB", "DE", "FG", "JL", "NP", "QR", "ST", "UW", "XY"])
        return [
            random.common(given), random.common(surnames),
            "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)",
            String(random.number(1...250)), random.pick(streets) + " street",
            random.common(towns), postcode, "07700900\(random.number(1000...999_999))",
            random.pick(["female", "male"]),
        ]
    }
}

extension Chance {
    /// One of a list: half the draws fall on its first part, the earlier the likelier.
    fileprivate mutating func common(_ list: [String]) -> String {
        guard happens(0.5) else { return pick(list) }
        let place = Double.random(in: 0..<1, using: &self)
        return list[min(Int(place * place * place * Double(list.count)), list.count - 1)]
    }

    fileprivate mutating func mistype(_ text: String) -> String {
        var letters = Array(text.utf8)
        guard letters.count > 1 else { return text }
        let place = number(0...(letters.count - 2))
        let letter = UInt8.random(in: 0x61...0x7A, using: &self)
        switch number(0...3) {
        case 0: letters.swapAt(place, place + 1)
        case 1: letters.remove(at: place)
        case 2: letters.insert(letter, at: place)
        default: letters[place] = letter
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
