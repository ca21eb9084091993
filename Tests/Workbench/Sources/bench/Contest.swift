/// Rows that read the same input in turns, each beside what it is measured by.
struct Contest {
    /// What is read, such as `FHIR R4 JSON`.
    let name: String
    let input: () throws -> Input
    var rows: [Row]

    /// One thing that is timed, and what it must reach.
    struct Row {
        let measurement: any Measurement
        var goal: Goal?

        var name: String { measurement.name }

        init(_ measurement: any Measurement, _ goal: Goal? = nil) {
            self.measurement = measurement
            self.goal = goal
        }
    }

    /// A share of another row's speed.
    struct Goal {
        /// The name of the row that it is a share of.
        let beside: String
        /// What it must reach.
        let must: Double
        /// What it aims for, and of which row where that is another.
        let moonshot: Double
        var moonshotBeside: String?
    }

    /// Only rows whose name holds a word, and those that they are measured by.
    func only(_ word: String?) -> Contest? {
        guard let word, !name.contains(word) else { return self }
        let named = rows.filter { $0.name.contains(word) }
        guard !named.isEmpty else { return nil }
        let yardsticks = Set(named.compactMap { $0.goal?.beside } + named.map(\.name))
        var contest = self
        contest.rows = rows.filter { yardsticks.contains($0.name) }
        return contest
    }

    /// Every row once in each round, in turn.
    func run(rounds: Int) throws -> Table {
        let input = try input()
        var rows = rows.map(\.measurement)
        var samples: [[Sample]] = rows.map { _ in [] }
        for _ in 0..<rounds {
            for index in rows.indices { samples[index].append(try rows[index].run(input)) }
        }
        return Table(
            name: name,
            rows: zip(self.rows, samples).map {
                Table.Row(name: $0.name, goal: $0.goal, samples: $1)
            }
        )
    }
}
