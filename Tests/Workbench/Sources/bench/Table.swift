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
    }

    let rows: [Row]

    private func ratio(_ row: Row) -> Double {
        guard let first = rows.first, first.megabytesPerSecond > 0 else { return 0 }
        return row.megabytesPerSecond / first.megabytesPerSecond
    }

    func markdown() -> String {
        var lines = [
            "| work (same input, interleaved, median) | MB/s | × the first | fastest–slowest s | found |",
            "|---|---|---|---|---|",
        ]
        for row in rows {
            let seconds = row.seconds
            let found = row.isSteady ? String(row.samples.first?.units ?? 0) : "NOT STEADY"
            let speed =
                row.megabytesPerSecond > 0 ? String(format: "%.1f", row.megabytesPerSecond) : "–"
            let share = ratio(row) > 0 ? String(format: "%.3f", ratio(row)) : "–"
            let spread = String(format: "%.4f–%.4f", seconds.first ?? 0, seconds.last ?? 0)
            lines.append("| \(row.name) | \(speed) | \(share) | \(spread) | \(found) |")
        }
        return lines.joined(separator: "\n")
    }

    func json() throws -> String {
        let rows = rows.map { row -> [String: Any] in
            [
                "name": row.name, "medianSeconds": row.median, "found": row.samples[0].units,
                "megabytesPerSecond": row.megabytesPerSecond, "ratio": ratio(row),
                "isSteady": row.isSteady,
            ]
        }
        let data = try JSONSerialization.data(
            withJSONObject: rows,
            options: [.prettyPrinted, .sortedKeys]
        )
        return String(decoding: data, as: UTF8.self)
    }
}
