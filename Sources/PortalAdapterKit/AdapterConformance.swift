public import PortalIntake

/// Examines an adapter: whether it keeps what every adapter promises a portal.
///
///     let faults = AdapterConformance(DispensingAdapter()).check([
///         AdapterSample("DISP|PH01|2026-03-02T10:15\nD|1|dispensed\n", name: "one-line"),
///     ])
///     #expect(faults.isEmpty, "\(faults)")
///
/// The same seed draws the same places, so that a fault is found again. An adapter is a pure
/// function, so that it may be read as often as this does: some thousand times a sample.
///
/// - Shape: each sample a few kilobytes; the kit makes the large ones itself.
/// - Rule: DESIGN P2, P3; SAFETY S6; House rule "Errors carry a code, a place and a remedy, and
///   nothing that stood in the document".
public struct AdapterConformance: Sendable {
    /// What is examined.
    public let adapter: any SourceAdapter
    /// What every draw starts from.
    public var seed: UInt64 = 1
    /// Mapped bytes changed in each sample, one at a time; all where there are no more.
    public var honestBytesMax = 400
    /// Samples up to so many bytes are cut behind every byte, longer ones at as many places.
    public var cutsMax = 2048
    /// Flips, tears and repeats tried in each sample.
    public var damagesMax = 400
    /// Values of each sample that a canary is put in.
    public var canariesMax = 48
    /// How often a sample is read again.
    public var repeatsMax = 6
    /// Bytes of the larger of the two documents that ``AdapterCheck/time`` compares.
    public var growthBytes = 256 << 10
    /// Seconds that one reading of a sample, damaged or whole, may take.
    public var readingSecondsMax = 10
    /// Faults reported of one code in one sample.
    public var faultsMax = 3
    /// Told before each reading of damaged bytes, where they were damaged: print it to learn which
    /// reading trapped.
    public var willRead: (@Sendable (AdapterCheck, _ sample: String, _ offset: Int) -> Void)?

    /// Takes an adapter.
    public init(_ adapter: any SourceAdapter) { self.adapter = adapter }

    /// Examines the adapter with some samples.
    ///
    /// - Parameters:
    ///   - samples: Documents of its format, each with one behaviour; without any there is nothing
    ///     to examine, which is a fault too.
    ///   - checks: The promises to examine.
    /// - Returns: The broken promises, sample by sample; empty where it keeps all.
    public func check(
        _ samples: [AdapterSample],
        _ checks: Set<AdapterCheck> = Set(AdapterCheck.allCases)
    ) -> [AdapterFault] {
        var faults: [AdapterFault] = []
        var whole = Examination(of: self, AdapterSample([]), checks, seed: seed)
        whole.naming(samples)
        whole.recognisesNothingElse()
        faults += whole.faults
        for (index, given) in samples.enumerated() {
            var sample = given
            if sample.name.isEmpty { sample.name = "sample \(index + 1)" }
            // Each sample draws for itself: one more sample changes nothing of the others.
            var examination = Examination(of: self, sample, checks, seed: seed)
            examination.run(among: samples)
            faults += examination.faults
        }
        if checks.contains(.time) {
            var growth = Examination(of: self, AdapterSample([]), checks, seed: seed)
            growth.growth(samples)
            faults += growth.faults
        }
        return faults
    }
}
