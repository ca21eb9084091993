import ClinicalPortal
import Foundation
import PortalTestKit
import Testing

@testable import PortalIdentity

@Suite("Weighted evidence")
struct EvidenceTests {
    /// How each field of two records compares.
    private func levels(
        _ fields: [EvidenceField],
        _ one: [String],
        _ two: [String]
    ) -> [EvidenceLevel] {
        let linker = EvidenceLinker(
            InventedPeople.table([one, two], fields: fields),
            model: .standard
        )
        return linker.terms(0, 1).map(\.level)
    }

    @Test(
        "forenames",
        arguments: [
            ("Ann", "ANN ", EvidenceLevel.exact), ("Zoë", "Zoe", .exact),
            ("O'Neil", "ONEIL", .exact),
            ("Robert", "Bob", .nickname), ("R", "Robert", .nickname),
            ("Margaret", "Margret", .near),
            ("Meyer", "Maier", .similar), ("Ann", "", .missing), ("Unknown", "Unknown", .missing),
            ("Ann", "Zebedee", .different),
        ]
    )
    func forenames(_ one: String, _ two: String, _ level: EvidenceLevel) {
        #expect(levels([.givenName], [one], [two]) == [level])
    }

    @Test(
        "birth dates",
        arguments: [
            ("19510303", "1951-03-03", EvidenceLevel.exact),
            ("19510312", "19511203", .dayMonthExchanged),
            ("19510303", "19510304", .near), ("19510303", "19510330", .near),
            ("19510303", "19510314", .similar), ("19510303", "19511127", .partial),
            ("19510303", "19621127", .different), ("19000101", "19000101", .missing),
            ("19510303", "1951", .different),
        ]
    )
    func dates(_ one: String, _ two: String, _ level: EvidenceLevel) {
        #expect(levels([.birthDate], [one], [two]) == [level])
    }

    @Test(
        "postcodes and numbers (SAFETY S2: placeholders match nothing)",
        arguments: [
            (EvidenceField.postcode, "EH3 9YL", "eh39yl", EvidenceLevel.exact),
            (.postcode, "EH3 9YL", "EH3 1QD", .partial), (.postcode, "EH3 9YL", "EH3 9LY", .near),
            (.postcode, "EH3 9YL", "G12 8QQ", .different),
            (.number, "0000000000", "0000000000", .missing),
            (.number, "9999999999", "9999999999", .missing),
            (.number, "999 000 0018", "9990000018", .exact),
            (.number, "9990000018", "9990000081", .near), (.phone, "", "", .missing),
        ]
    )
    func codes(_ field: EvidenceField, _ one: String, _ two: String, _ level: EvidenceLevel) {
        #expect(levels([field], [one], [two]) == [level])
    }

    @Test("forename and surname exchanged count as that, not as two differences")
    func exchanged() {
        let fields: [EvidenceField] = [.givenName, .surname]
        #expect(
            levels(fields, ["Duncan", "Fraser"], ["Fraser", "Duncan"]) == [.exchanged, .exchanged]
        )
        #expect(
            levels(fields, ["Duncan", "Fraser"], ["Frasser", "Duncan"]) == [.exchanged, .exchanged]
        )
        #expect(
            levels(fields, ["Duncan", "Fraser"], ["Fraser", "Hugh"]) == [.different, .different]
        )
        #expect(levels(fields, ["Duncan", ""], ["", "Duncan"]) == [.exchanged, .exchanged])
    }

    @Test("rare names say more than common ones")
    func rarity() throws {
        let common = (0..<500).map { ["Ann", "Name\($0)"] }
        let rows = common + [["Zebedee", "X"], ["Zebedee", "Y"]]
        let linker = EvidenceLinker(
            InventedPeople.table(rows, fields: [.givenName, .surname]),
            model: .standard
        )
        let rare = try #require(linker.terms(500, 501).first)
        let usual = try #require(linker.terms(0, 1).first)
        #expect(rare.level == .exact && usual.level == .exact)
        #expect(rare.rarity > usual.rarity + 5)
        #expect(rare.weight + rare.rarity > 5)
    }

    @Test("invented people are found, and nobody is put together", arguments: 1...3)
    func people(seed: UInt64) {
        let invented = InventedPeople(people: 1500, copies: 700, seed: seed)
        let linker = EvidenceLinker(invented.table, model: .standard)
        let least = Float(9.97)
        let pairs = linker.pairs(weightMin: 0).pairs.filter { $0.weight >= least }
        let found = LinkageEvaluation(people: linker.people(pairs), truth: invented.truth)
        #expect(found.f1 > 0.995, "\(found)")
        #expect(found.overMergedClusters <= 1, "\(found)")
    }

    @Test("the order of the records changes nothing (DESIGN P3)", arguments: 1...3)
    func order(seed: UInt64) {
        let invented = InventedPeople(people: 400, copies: 250, seed: seed)
        var random = SeededGenerator(seed: seed)
        let order = invented.rows.indices.shuffled(using: &random)
        func groups(_ rows: [[String]]) -> [[Int32]] {
            let linker = EvidenceLinker(InventedPeople.table(rows), model: .standard)
            let people = linker.people(linker.pairs(weightMin: 3).pairs)
            let groups = Dictionary(grouping: people.indices) { people[$0] }
            return groups.values.map { $0.map { Int32($0) } }
        }
        let straight = Set(groups(invented.rows).map { Set($0) })
        let shuffled = groups(order.map { invented.rows[$0] })
            .map { Set($0.map { Int32(order[Int($0)]) }) }
        #expect(Set(shuffled) == straight)
    }

    @Test("PITFALLS 34, 37: verified numbers that differ are a veto, also through a third (S1)")
    func veto() {
        let fields = InventedPeople.fields + [.verifiedNumber]
        let person = [
            "Duncan", "Fraser", "19510303", "12", "Long Road", "Leith", "EH6 5QQ", "male",
        ]
        let rows = [
            person + ["9990000018"], person + [""], person + ["9990000026"],
            person + ["9990000018"],
        ]
        let linker = EvidenceLinker(
            InventedPeople.table(rows, fields: fields),
            model: .standard
        )
        let people = linker.people(linker.pairs(weightMin: -100).pairs)
        #expect(people[0] == people[3])
        #expect(people[0] != people[2])
    }

    @Test("training without labels finds the same people as counting does")
    func training() {
        let invented = InventedPeople(people: 3000, copies: 1500, seed: 7)
        let table = invented.table
        let trained = EvidenceTrainer.estimate(table, version: "t")
        #expect(trained == EvidenceTrainer.estimate(table, version: "t"))
        for model in [trained, EvidenceTrainer.count(table, truth: invented.truth, version: "c")] {
            let linker = EvidenceLinker(table, model: model)
            let people = linker.people(linker.pairs(weightMin: 9.97).pairs)
            let found = LinkageEvaluation(people: people, truth: invented.truth)
            #expect(found.f1 > 0.995, "\(model.version): \(found)")
        }
    }

    @Test("a model is read as it was written, and what it does not know is refused")
    func coding() throws {
        let data = try JSONEncoder().encode(EvidenceModel.standard)
        #expect(try JSONDecoder().decode(EvidenceModel.self, from: data) == .standard)
        for text in [
            #"{"version": "x", "fields": {"shoeSize": {}}}"#,
            #"{"version": "x", "fields": {"surname": {"sameish": {"m": 1, "u": 1}}}}"#,
        ] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(EvidenceModel.self, from: Data(text.utf8))
            }
        }
    }

    @Test("PITFALLS 65: many of one name make no quadratic work")
    func blocks() {
        let rows = (0..<3000).map { ["Ann", "Smith", "19510303", String($0), "", "", "", ""] }
        let linker = EvidenceLinker(InventedPeople.table(rows), model: .standard)
        #expect(linker.pairs(weightMin: -100).compared < 3000 * 60)
    }

    @Test("no record, one record, and records that say nothing")
    func edges() {
        for rows in [[], [["Ann"]], [["", ""], ["", ""]], [["Ann", "Lee", "x"], ["Ann"]]] {
            let linker = EvidenceLinker(InventedPeople.table(rows), model: .standard)
            let people = linker.people(linker.pairs(weightMin: -100).pairs)
            #expect(people.count == rows.count)
            _ = EvidenceTrainer.estimate(InventedPeople.table(rows), version: "t")
        }
    }

    @Test(
        "a column with many gaps says next to nothing where it is missing",
        arguments: [0.0, 0.6]
    )
    func gaps(_ stated: Double) {
        let invented = InventedPeople(people: 1500, copies: 700, seed: 9)
        var random = SeededGenerator(seed: 9)
        let rows = zip(invented.rows, invented.owners).map { row, owner in
            row + [
                Double.random(in: 0..<1, using: &random) < stated ? "07700\(900_000 + owner)" : ""
            ]
        }
        let table = InventedPeople.table(rows, fields: InventedPeople.fields + [.phone])
        let linker = EvidenceLinker(table, model: .standard)
        let people = linker.people(linker.pairs(weightMin: 9.97).pairs)
        let found = LinkageEvaluation(people: people, truth: invented.truth)
        #expect(found.f1 > 0.995, "\(found)")
        for pair in linker.pairs(weightMin: 0).pairs.prefix(200) {
            let phone = linker.terms(Int(pair.one), Int(pair.two)).last
            if phone?.level == .missing { #expect(abs(phone?.weight ?? 9) < 1.1) }
        }
    }

    @Test("of more columns than there is room for the first sixteen are read")
    func manyColumns() {
        let fields = [EvidenceField](repeating: .other, count: 20)
        let rows = [[String](repeating: "same", count: 20), [String](repeating: "else", count: 20)]
        let linker = EvidenceLinker(InventedPeople.table(rows, fields: fields), model: .standard)
        #expect(
            linker.terms(0, 1).map(\.level) == [EvidenceLevel](repeating: .different, count: 16)
        )
    }

    @Test("every pair that shares two fields is compared once, and no other", arguments: 1...3)
    func candidates(seed: UInt64) {
        let invented = InventedPeople(people: 80, copies: 80, seed: seed)
        let table = invented.table
        let blocks = EvidenceBlocks(table)
        var met: [[Int]: Int] = [:]
        for pass in blocks.passes.indices {
            blocks.visit(pass) { met[[min($0, $1), max($0, $1)], default: 0] += 1 }
        }
        #expect(met.values.allSatisfy { $0 == 1 })
        let selective = table.columns.filter(\.field.isSelective)
        var expected: Set<[Int]> = []
        for one in 0..<table.count {
            for two in (one + 1)..<max(table.count, one + 1) {
                let shared = selective.count {
                    $0.numbers[one] == $0.numbers[two] && $0.numbers[one] != EvidenceTable.missing
                }
                if shared > 1 { expected.insert([one, two]) }
            }
        }
        #expect(Set(met.keys) == expected)
    }

    @Test("people without a veto are those of a plain union of pairs", arguments: 1...3)
    func unions(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = 60
        let pairs = (0..<50).map { _ in
            EvidenceLinker.Pair(
                one: Int32(random.number(0...(count - 1))),
                two: Int32(random.number(0...(count - 1))),
                weight: 1
            )
        }
        let rows = [[String]](repeating: [], count: count)
        let linker = EvidenceLinker(InventedPeople.table(rows), model: .standard)
        let people = linker.people(pairs)
        var plain = (0..<count).map { Int32($0) }
        for _ in 0..<count {
            for pair in pairs {
                let least = min(plain[Int(pair.one)], plain[Int(pair.two)])
                plain[Int(pair.one)] = least
                plain[Int(pair.two)] = least
            }
        }
        #expect(people == plain)
    }

    @Test("two tables may number their records alike; what names no pair of them is told")
    func twoTables() throws {
        let map = try EvidenceMap(yaml: "{id: id, given name: g, surname: s}")
        let tables = ["id,g,s\n1,Ann,Lee\n2,Bob,Ray\n", "id,g,s\n2,Ann,Lee\n1,Bob,Ray\n3,Cy,Orr\n"]
        let file = try EvidenceFile(tables.map { Array($0.utf8) }, map: map)
        let truth = "a,b\n1,2\n2,1\n1,2\n3,1\n9,1\n3,3\n"
        let found = try file.pairs(Array(truth.utf8))
        // `3,1` is found the other way about; `9,1` and `3,3` name nothing.
        #expect(found.pairs.map { [$0.0, $0.1] } == [[0, 2], [1, 3], [0, 4]])
        #expect(found.unused == 2)
    }

    @Test("two records alone are not one person's for a forename in common")
    func alone() {
        let linker = EvidenceLinker(
            InventedPeople.table([["Ann", "Lee"], ["Ann", ""]], fields: [.givenName, .surname]),
            model: .standard
        )
        let found = linker.pairs(weightMin: -100)
        let waterfall = EvidenceWaterfall(linker.terms(0, 1), prior: found.prior)
        #expect(waterfall.probability < 0.5)
    }

    @Test("a pair's terms make its weight, are the same both ways, and show no value")
    func waterfall() throws {
        let invented = InventedPeople(people: 300, copies: 200, seed: 3)
        let linker = EvidenceLinker(invented.table, model: .standard)
        let found = linker.pairs(weightMin: 0)
        let pair = try #require(found.pairs.last)
        let (one, two) = (Int(pair.one), Int(pair.two))
        let terms = linker.terms(one, two)
        #expect(terms == linker.terms(two, one))
        let waterfall = EvidenceWaterfall(terms, prior: found.prior)
        #expect(abs(waterfall.total - Double(pair.weight)) < 0.001)
        #expect(abs(waterfall.probability - pair.probability) < 0.001)
        #expect(waterfall.text.contains("birth date: "))
        #expect(waterfall.svg.hasPrefix("<svg") && waterfall.svg.contains("bits"))
        for value in invented.rows[one] + invented.rows[two] where value.count > 5 {
            #expect(!waterfall.text.contains(value) && !waterfall.svg.contains(value))
        }
    }

    @Test("FEBRL 3 without the number, the model made from FEBRL 1 and 2 alone")
    func febrl() throws {
        let files = PublicCorpus.files("linkage")
        guard let records = files.first(where: { $0.lastPathComponent == "febrl3.csv" }),
            let truth = files.first(where: { $0.lastPathComponent == "febrl3.truth_pairs.csv" })
        else { return }
        let map = try EvidenceMap(
            yaml: """
                id: rec_id
                given name: given_name
                surname: surname
                birth date: date_of_birth
                address parts: [street_number, address_1, address_2, suburb, state]
                postcode: postcode
                """
        )
        let file = try EvidenceFile([Array(try Data(contentsOf: records))], map: map)
        let linker = EvidenceLinker(file.table, model: .standard)
        let people = linker.people(linker.pairs(weightMin: 9.97).pairs)
        let found = LinkageEvaluation(
            people: people,
            truth: try file.pairs(Array(try Data(contentsOf: truth))).pairs
        )
        print("FEBRL 3 without the number: F1 \(found.f1), over-merged \(found.overMergedClusters)")
        #expect(found.f1 >= 0.995)
    }
}
