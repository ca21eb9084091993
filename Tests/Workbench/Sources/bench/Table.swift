import Foundation

/// Medians of the samples, and each row's speed as a share of the first row's.
struct Table {
    struct Row {
        let name: String
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

    let rows: [Row]

    private func ratio(_ row: Row) -> Double {
        guard let first = rows.first, first.megabytesPerSecond > 0 else { return 0 }
        return row.megabytesPerSecond / first.megabytesPerSecond
    }

    func markdown() -> String {
        var lines = [
            "| work (same input, interleaved, median) | MB/s | × the first | fastest–slowest s | allocations | found |",
            "|---|---|---|---|---|---|",
        ]
        for row in rows {
            let seconds = row.seconds
            let found = row.isSteady ? String(row.samples.first?.units ?? 0) : "NOT STEADY"
            let speed =
                row.megabytesPerSecond > 0 ? String(format: "%.1f", row.megabytesPerSecond) : "–"
            let share = ratio(row) > 0 ? String(format: "%.3f", ratio(row)) : "–"
            let spread = String(format: "%.4f–%.4f", seconds.first ?? 0, seconds.last ?? 0)
            let taken = row.allocations > 0 ? String(row.allocations) : "–"
            lines.append("| \(row.name) | \(speed) | \(share) | \(spread) | \(taken) | \(found) |")
        }
        return lines.joined(separator: "\n")
    }

    func json() -> [[String: Any]] {
        rows.map { row in
            [
                "name": row.name, "medianSeconds": row.median, "found": row.samples[0].units,
                "megabytesPerSecond": row.megabytesPerSecond, "ratio": ratio(row),
                "allocations": row.allocations, "isSteady": row.isSteady,
            ]
        }
    }
}
