import Foundation

/// Medians of the samples, and what each row reached of its goal.
struct Table {
    struct Row {
        let name: String
        let goal: Contest.Goal?
        let samples: [Sample]

        var seconds: [Double] { samples.map(\.seconds).sorted() }
        var median: Double { seconds[seconds.count / 2] }
        var megabytesPerSecond: Double {
            guard let bytes = samples.first?.bytes, bytes > 0 else { return 0 }
            return Double(bytes) / 1e6 / median
        }
        /// Every run must find the same.
        var isSteady: Bool { Set(samples.map(\.units)).count == 1 }
        /// The median of how often memory was taken.
        var allocations: Int { samples.map(\.allocations).sorted()[samples.count / 2] }
    }

    let name: String
    let rows: [Row]

    private func ratio(_ row: Row, _ other: String?) -> Double? {
        guard let other = rows.first(where: { $0.name == other }), other.megabytesPerSecond > 0
        else { return nil }
        return row.megabytesPerSecond / other.megabytesPerSecond
    }

    /// `0.85 × C loop (must 0.4: reached; aim 0.8: reached)`.
    private func goal(_ row: Row) -> String {
        guard let goal = row.goal, let share = ratio(row, goal.beside) else { return "–" }
        let far = ratio(row, goal.moonshotBeside ?? goal.beside) ?? 0
        let of = goal.moonshotBeside.map { " of \($0)" } ?? ""
        return String(format: "%.3f", share) + " × \(goal.beside); must \(goal.must): "
            + (share >= goal.must ? "reached" : "MISSED") + "; aim \(goal.moonshot)\(of): "
            + (far >= goal.moonshot ? "reached" : "not yet")
    }

    func markdown() -> String {
        var lines = [
            "## \(name)", "",
            "| work (same input, interleaved, median) | MB/s | beside its yardstick | fastest–slowest s | allocations | found |",
            "|---|---|---|---|---|---|",
        ]
        for row in rows {
            let seconds = row.seconds
            let found = row.isSteady ? String(row.samples.first?.units ?? 0) : "NOT STEADY"
            let speed =
                row.megabytesPerSecond > 0 ? String(format: "%.1f", row.megabytesPerSecond) : "–"
            let spread = String(format: "%.4f–%.4f", seconds.first ?? 0, seconds.last ?? 0)
            let taken = row.allocations > 0 ? String(row.allocations) : "–"
            lines.append(
                "| \(row.name) | \(speed) | \(goal(row)) | \(spread) | \(taken) | \(found) |"
            )
        }
        return lines.joined(separator: "\n")
    }

    func json() -> [String: Any] {
        [
            "name": name,
            "rows": rows.map { row in
                var members: [String: Any] = [
                    "name": row.name, "medianSeconds": row.median,
                    "found": row.samples.first?.units ?? 0,
                    "megabytesPerSecond": row.megabytesPerSecond,
                    "allocations": row.allocations, "isSteady": row.isSteady,
                ]
                if let goal = row.goal, let share = ratio(row, goal.beside) {
                    members["ratio"] = share
                    members["beside"] = goal.beside
                    members["must"] = goal.must
                }
                return members
            },
        ]
    }
}
