import CBaseline

/// One thing that is timed: a row of the table.
///
/// Add a row by adding a conformer and naming it in ``Contests``.
protocol Measurement {
    /// The row's name, and what `--only` is matched against.
    var name: String { get }

    /// Does the work once and times it itself, so that a peer in another process can say what
    /// its own work took.
    mutating func run(_ input: Input) throws -> Sample
}

/// What one run took and how much it handled.
struct Sample {
    /// Wall time.
    let seconds: Double
    /// Bytes read; 0 where the work is not over the input's bytes.
    let bytes: Int
    /// What was found: delimiters, messages, entries.
    ///
    /// The same in every run, or the run is void.
    let units: Int
    /// How often memory was taken; 0 where that cannot be counted, or in another process.
    var allocations = 0
}

/// Every run reads these bytes.
struct Input {
    /// The bytes.
    let bytes: [UInt8]
    /// Where they stand on disk, for peers in another process.
    let path: String
}

/// Times some work.
func timed(_ bytes: Int, _ work: () throws -> Int) rethrows -> Sample {
    let clock = ContinuousClock()
    var units = 0
    let before = baseline_allocations()
    let duration = try clock.measure { units = try work() }
    let parts = duration.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    let allocations = Int(baseline_allocations() - before)
    return Sample(seconds: seconds, bytes: bytes, units: units, allocations: allocations)
}
