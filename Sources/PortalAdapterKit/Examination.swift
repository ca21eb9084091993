import PortalBytes
import PortalIntake
import PortalRecord

/// The examination of one adapter with one sample.
struct Examination {
    let conformance: AdapterConformance
    let adapter: any SourceAdapter
    var sample: AdapterSample
    let checks: Set<AdapterCheck>
    var random: SeededNumbers
    var faults: [AdapterFault] = []
    /// What the sample comes to, read alone.
    private(set) var first: Outcome = .failure(Examination.unread)

    init(
        of conformance: AdapterConformance,
        _ sample: AdapterSample,
        _ checks: Set<AdapterCheck>,
        seed: UInt64
    ) {
        self.conformance = conformance
        adapter = conformance.adapter
        self.sample = sample
        self.checks = checks
        random = SeededNumbers(seed: seed)
    }

    private static var unread: IntakeError {
        IntakeError(code: "unread", location: "byte 0", remedy: "read it")
    }

    /// Every check of a sample, in their order.
    mutating func run(among samples: [AdapterSample]) {
        first = read(document())
        recognition()
        companions()
        expectation()
        if case .success(let report) = first {
            examine(report, document())
            honesty(report)
        }
        repetition(among: samples)
        slicing()
        limits()
        privacy()
        damage()
    }

    /// A sample that is meant to be read is read, and one that is meant to be refused is not.
    private mutating func expectation() {
        switch first {
        case .success where sample.isRefused:
            fault(.statements, "refusal-missing", "it gives a report; the sample is to be refused")
        case .failure(let error) where !sample.isRefused:
            fault(
                .statements,
                "sample-refused",
                at: error.offset,
                "it throws \(AdapterWords.code(error.code)); the sample is to be read"
            )
        default: break
        }
    }

    mutating func fault(
        _ check: AdapterCheck,
        _ code: String,
        at offset: Int? = nil,
        _ words: String
    ) {
        guard checks.contains(check),
            faults.count(where: { $0.code == code && $0.check == check }) < conformance.faultsMax
        else { return }
        faults.append(
            AdapterFault(
                check: check,
                code: code,
                sample: sample.name,
                offset: offset,
                words: words
            )
        )
    }

    // MARK: Reading

    /// What reading came to.
    typealias Outcome = Result<IntakeReport, IntakeError>

    /// A document of the sample's silo.
    ///
    /// - Parameters:
    ///   - bytes: The document; nil for the sample itself.
    ///   - hash: Its name; nil for the hash of the bytes.
    ///   - limits: How much to take.
    ///   - files: The files beside it; nil for the sample's own.
    /// - Returns: The document.
    func document(
        _ bytes: ArraySlice<UInt8>? = nil,
        hash: ContentHash? = nil,
        limits: Limits = .standard,
        files: [String: [UInt8]]? = nil
    ) -> SourceDocument {
        SourceDocument(
            silo: "adapter-kit",
            bytes: bytes ?? sample.bytes[...],
            hash: hash,
            dialect: sample.dialect,
            limits: limits,
            files: (files ?? sample.files).mapValues { CompanionFile($0[...]) }
        )
    }

    func read(_ document: SourceDocument) -> Outcome {
        do throws(IntakeError) {
            return .success(try adapter.adapt(document))
        } catch {
            return .failure(error)
        }
    }

    /// Numbers up to a bound: all where there are few, as many as asked drawn by the seed else.
    mutating func places(below bound: Int, atMost count: Int) -> [Int] {
        guard bound > count else { return Array(0..<max(bound, 0)) }
        var drawn: Set<Int> = []
        while drawn.count < count { drawn.insert(random.number(below: bound)) }
        return drawn.sorted()
    }
}

/// Random numbers that a seed repeats: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from zero to one below the bound; zero where there is none.
    mutating func number(below bound: Int) -> Int {
        bound > 0 ? Int(next() % UInt64(bound)) : 0
    }
}

/// Words that carry nothing of a document.
enum AdapterWords {
    /// Whether a text is a word of small letters, digits and hyphens, as codes and names are.
    static func isWellFormed(_ text: String) -> Bool {
        guard let head = text.utf8.first, (0x61...0x7A).contains(head), text.utf8.count <= 64,
            text.utf8.last != 0x2D
        else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
    }

    /// A code as a fault may name it: one that is no word may hold anything.
    static func code(_ code: String) -> String { isWellFormed(code) ? code : "an odd code" }
}
