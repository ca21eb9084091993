import PortalAdapterKit
import PortalBytes
import PortalIntake
import PortalRecord
import Synchronization
import Testing

@Suite("The kit finds what is wrong: one broken adapter for each promise")
struct BrokenAdapterTests {
    private func faults(
        _ adapter: any SourceAdapter,
        _ check: AdapterCheck,
        _ samples: [AdapterSample] = Self.samples
    ) -> [String] {
        AdapterConformance(adapter).check(samples, [check]).map(\.code)
    }

    static let samples = [
        AdapterSample("W|Ann|hello\nW|Bob|some more words\n", name: "two-lines"),
        AdapterSample("W|Eve|one line", name: "one-line"),
    ]

    @Test("an adapter with nothing wrong passes every check, also with the smallest samples")
    func sound() {
        let faults = AdapterConformance(Words()).check(
            Self.samples + [
                AdapterSample("W|A|b"),
                AdapterSample(Array("nothing of ours".utf8), isRefused: true),
            ]
        )
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test("naming: odd words, a report under another name, and no samples")
    func naming() {
        #expect(faults(Misnamed(), .naming).contains("name-malformed"))
        #expect(faults(Misnamed(), .naming).contains("format-malformed"))
        #expect(faults(Words { $0.adapterName = "other" }, .naming).contains("adapter-misnamed"))
        #expect(faults(Words(), .naming, []) == ["samples-missing"])
    }

    @Test("recognition: not its own, everything, and not always the same")
    func recognition() {
        #expect(
            faults(Words { $0.recognise = { _, _ in false } }, .recognition).contains(
                "not-recognised"
            )
        )
        #expect(
            faults(Words { $0.recognise = { _, _ in true } }, .recognition).contains(
                "recognises-anything"
            )
        )
        let atStart = Words {
            $0.recognise = { bytes, _ in bytes.startIndex == 0 && bytes.first == 0x57 }
        }
        #expect(faults(atStart, .recognition).contains("recognition-varies"))
        let once = Words { $0.recognise = { bytes, count in bytes.first == 0x57 && count < 36 } }
        #expect(!faults(once, .recognition).isEmpty)
    }

    @Test("companions: a file that nobody asks for")
    func companions() {
        let sample = AdapterSample(Array("W|Ann|hello".utf8), files: ["page.png": [1]])
        #expect(faults(Words(), .companions, [sample]) == ["companion-not-named"])
        let atStart = Words { $0.companions = { $0.startIndex == 0 ? ["page.png"] : [] } }
        #expect(faults(atStart, .companions, [sample]).contains("companions-vary"))
    }

    @Test("ledger: of another size, or with nothing mapped")
    func ledger() {
        #expect(faults(Words { $0.ledgerExtra = 1 }, .ledger).contains("ledger-differs"))
        #expect(faults(Words { $0.ledgerExtra = -1 }, .ledger).contains("ledger-differs"))
        #expect(faults(Words { $0.mapsNothing = true }, .ledger).contains("ledger-maps-nothing"))
    }

    @Test("honesty: a byte that is marked mapped and dropped is found, and its place named")
    func honesty() {
        let found = AdapterConformance(Words { $0.dropsLast = true }).check(
            Self.samples,
            [.honesty]
        )
        #expect(found.map(\.code).contains("ledger-dishonest"))
        #expect(found.first?.sample == "two-lines" && found.first?.offset == 10)
        #expect(found.first?.description.contains("byte 10") == true)
        // A finding is no entry: a byte that only a finding tells of is not honestly mapped.
        #expect(
            faults(
                Words {
                    $0.dropsLast = true; $0.notesLast = true
                },
                .honesty
            ).contains("ledger-dishonest")
        )
    }

    @Test("repetition: a counter, and a memory of what was read before")
    func repetition() {
        #expect(faults(Words { $0.counts = true }, .repetition).contains("reading-varies"))
        #expect(
            faults(Words { $0.remembers = true }, .repetition).contains("reading-depends-on-others")
        )
    }

    @Test("slicing: offsets of the buffer, bytes before and behind")
    func slicing() {
        #expect(faults(Words { $0.bufferOffsets = true }, .slicing).contains("slice-differs"))
        #expect(faults(Words { $0.readsBeyond = true }, .slicing).contains("slice-differs"))
    }

    @Test("origins: outside, empty, without a path, of another document")
    func origins() {
        #expect(faults(Words { $0.originShift = 5 }, .origins).contains("origin-outside"))
        #expect(faults(Words { $0.originShift = -20 }, .origins).contains("origin-outside"))
        #expect(faults(Words { $0.originEmpty = true }, .origins).contains("origin-empty"))
        #expect(faults(Words { $0.path = { _ in "" } }, .origins).contains("origin-without-path"))
        #expect(
            faults(Words { $0.ownHash = true }, .origins).contains("origin-of-another-document")
        )
    }

    @Test("shares: two people in the same bytes, nobody's share, nobody's file, no such bytes")
    func shares() {
        #expect(faults(Words(), .shares) == [])
        #expect(faults(Words { $0.isShared = true }, .shares).contains("shares-overlap"))
        let nobody = Words { $0.share = { _ in PatientShare(subject: .init(rawValue: "p-0")) } }
        #expect(faults(nobody, .shares).contains("share-of-nobody"))
        let outside = Words { $0.share = { PatientShare(subject: $0, ranges: [0..<900]) } }
        #expect(faults(outside, .shares).contains("share-outside"))
        let sample = AdapterSample(Array("W|Ann|hello".utf8), files: ["page.png": [1]])
        let asking = Words { $0.companions = { _ in ["page.png"] } }
        #expect(faults(asking, .shares, [sample]).contains("file-of-nobody"))
    }

    @Test("statements: refusals, silo, codes, places, S6")
    func statements() {
        let words = [AdapterSample("W|Ann|hello")]
        #expect(faults(Words(), .statements, [AdapterSample("X|")]) == ["sample-refused"])
        #expect(
            faults(Words(), .statements, [AdapterSample(Array("W|Ann|x".utf8), isRefused: true)])
                == ["refusal-missing"]
        )
        #expect(
            faults(Words { $0.source = "elsewhere" }, .statements, words).contains("source-wrong")
        )
        #expect(
            faults(Words { $0.code = { _ in "Bad thing!" } }, .statements, words).contains(
                "code-malformed"
            )
        )
        #expect(
            faults(Words { $0.location = { _ in "" } }, .statements, words).contains(
                "location-missing"
            )
        )
        #expect(
            faults(Words { $0.findingOffset = 99 }, .statements, words).contains("offset-outside")
        )
        #expect(
            faults(Words { $0.future = true }, .statements, words).contains("status-time-in-future")
        )
    }

    @Test("limits: not kept, silently cut, too strict, rejected, and findings without end")
    func limits() {
        #expect(faults(Words { $0.ignoresLimits = true }, .limits).contains("limit-not-kept"))
        #expect(faults(Words { $0.cutsSilently = true }, .limits).contains("limit-silent"))
        #expect(faults(Words { $0.strict = true }, .limits).contains("limit-too-strict"))
        #expect(faults(Words { $0.rejects = true }, .limits).contains("limit-rejects"))
        #expect(faults(Words { $0.findings = 300 }, .limits).contains("findings-unbounded"))
    }

    @Test("time: what is squared is found, what is not passes", arguments: [true, false])
    func time(isSlow: Bool) {
        var conformance = AdapterConformance(Words { $0.isSlow = isSlow })
        // Optimised, the square of what a debug build takes long over is through in no time.
        #if DEBUG
        conformance.growthBytes = 32 << 10
        #else
        conformance.growthBytes = 512 << 10
        #endif
        let found = conformance.check([AdapterSample("W|Eve|one line")], [.time]).map(\.code)
        #expect(found == (isSlow ? ["time-explodes"] : []))
    }

    @Test("privacy: text in a code, a place, a path or an error is found, and is in no fault")
    func privacy() {
        for broken in [
            Words { $0.location = { "value " + $0 } }, Words { $0.code = { $0 } },
            Words { $0.path = { "person " + $0 } }, Words { $0.errorQuotes = true },
        ] {
            let found = AdapterConformance(broken).check(Self.samples, [.privacy])
            #expect(found.contains { $0.code.hasSuffix("-leaks") })
            #expect(found.allSatisfy { !$0.description.contains("Ann") })
        }
        #expect(faults(Words { $0.path = { "person " + $0 } }, .privacy).contains("path-leaks"))
        #expect(faults(Words { $0.errorQuotes = true }, .privacy).contains("error-leaks"))
        let quotes = Words { $0.location = { "value " + $0 } }
        #expect(faults(quotes, .privacy).contains("diagnostic-leaks"))
        let wide: [UInt8] = Array("W|Ann|hello".utf8).flatMap { byte -> [UInt8] in [byte, 0] }
        #expect(
            faults(
                Words {
                    $0.location = { "v " + $0 }; $0.isWide = true
                },
                .privacy,
                [AdapterSample(wide)]
            )
            .contains("diagnostic-leaks")
        )
    }

    @Test("damage: an unsound report of a cut document is found")
    func damage() {
        var conformance = AdapterConformance(Words { $0.assumesSize = true })
        let found = conformance.check(Self.samples, [.damage, .origins]).filter { $0.offset != nil }
        #expect(found.contains { $0.code == "origin-outside" })
        conformance = AdapterConformance(Words { $0.isSlow = true })
        conformance.readingSecondsMax = 0
        #expect(conformance.check(Self.samples, [.damage]).map(\.code).contains("reading-slow"))
    }

    @Test("damage: a trap ends the run, and the last thing told is where")
    func trap() async {
        await #expect(processExitsWith: .failure) {
            _ = AdapterConformance(Words { $0.traps = true }).check(
                BrokenAdapterTests.samples,
                [.damage]
            )
        }
        await #expect(processExitsWith: .failure) {
            _ = AdapterConformance(Words { $0.trapsOnSlices = true })
                .check(BrokenAdapterTests.samples, [.slicing])
        }
        await #expect(processExitsWith: .success) {
            _ = AdapterConformance(Words()).check(BrokenAdapterTests.samples, [.damage, .slicing])
        }
        let told = Mutex<[Int]>([])
        var conformance = AdapterConformance(Words())
        conformance.willRead = { check, _, offset in
            told.withLock { if check == .damage { $0.append(offset) } }
        }
        _ = conformance.check([AdapterSample("W|A|b")], [.damage])
        #expect(told.withLock { Set($0).isSuperset(of: 0..<5) })
    }

    @Test("the same seed draws the same places, another seed others")
    func seeded() {
        func places(_ seed: UInt64) -> [Int?] {
            var conformance = AdapterConformance(Words { $0.dropsLast = true })
            conformance.seed = seed
            conformance.honestBytesMax = 20
            conformance.faultsMax = 1000
            let text = (0..<40).map { "W|Ann|word \($0) of many" }.joined(separator: "\n")
            return conformance.check([AdapterSample(text)], [.honesty]).map(\.offset)
        }
        let seeds = (1...6).map { places(UInt64($0)) }
        #expect(seeds == (1...6).map { places(UInt64($0)) })
        #expect(Set(seeds).count > 1)
    }
}

/// `W|name|words` a line: sound, unless told what to break.
struct Words: SourceAdapter {
    static let name = "words"
    static let format = "words"

    /// What to break.
    struct Break: Sendable {
        var adapterName = Words.name
        var recognise: @Sendable (ArraySlice<UInt8>, Int) -> Bool = { bytes, _ in
            bytes.starts(with: "W|".utf8)
        }
        var companions: @Sendable (ArraySlice<UInt8>) -> [String] = { _ in [] }
        var ledgerExtra = 0
        var mapsNothing = false
        var dropsLast = false
        var notesLast = false
        var counts = false
        var remembers = false
        var bufferOffsets = false
        var readsBeyond = false
        var originShift = 0
        var originEmpty = false
        var ownHash = false
        var path: (@Sendable (String) -> String)?
        var source: String?
        var code: (@Sendable (String) -> String)?
        var location: (@Sendable (String) -> String)?
        var findingOffset: Int?
        var future = false
        var ignoresLimits = false
        var cutsSilently = false
        var strict = false
        var rejects = false
        var findings = 0
        var isSlow = false
        var errorQuotes = false
        var isWide = false
        var assumesSize = false
        var traps = false
        var trapsOnSlices = false
        var isShared = false
        var share: (@Sendable (SourcePatientID) -> PatientShare)?
    }

    private final class Memory: Sendable {
        let reads = Mutex(0)
        let asked = Mutex(0)
        let last = Mutex(0)
    }

    let broken: Break
    private let memory = Memory()

    init(_ change: (inout Break) -> Void = { _ in }) {
        var broken = Break()
        change(&broken)
        self.broken = broken
    }

    func recognises(_ document: SourceDocument) -> Bool {
        let count = memory.asked.withLock {
            $0 += 1; return $0
        }
        return broken.recognise(document.bytes, count)
    }

    func companions(of document: SourceDocument) -> [String] { broken.companions(document.bytes) }

    func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let start = broken.trapsOnSlices ? 0 : document.bytes.startIndex
        if broken.traps, document.bytes.count == 7 { _ = document.bytes[start + 7] }
        if broken.trapsOnSlices { _ = document.bytes[0] }
        var bytes = Array(document.bytes)
        if broken.isWide { bytes = bytes.filter { $0 != 0 } }
        let limits = document.limits
        if !broken.ignoresLimits, bytes.count > limits.messageBytesMax {
            throw held("file-too-large", "byte \(limits.messageBytesMax)")
        }
        if broken.strict, limits.messageBytesMax == bytes.count {
            throw held("file-too-large", "end")
        }
        guard bytes.starts(with: "W|".utf8) else {
            throw held(
                "header-missing",
                broken.errorQuotes ? String(decoding: bytes, as: UTF8.self) : "line 1"
            )
        }
        var ledger = ByteLedger(byteCount: max(document.bytes.count + broken.ledgerExtra, 0))
        var entries: [RecordEntry] = []
        var diagnostics: [Diagnostic] = []
        var at = 0
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            defer { at += line.count + 1 }
            number += 1
            if number > limits.segmentsMax, broken.cutsSilently { break }
            guard number <= limits.segmentsMax || broken.ignoresLimits else {
                throw held("too-many-lines", "line \(number)")
            }
            let fields = line.split(separator: 0x7C, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let name = String(decoding: fields[1], as: UTF8.self)
            let words = String(
                decoding: broken.dropsLast ? fields[2].dropLast() : fields[2],
                as: UTF8.self
            )
            if broken.errorQuotes, words.contains("Q") { throw held("words-odd", words) }
            if !broken.mapsNothing {
                let scale = broken.isWide ? 2 : 1
                for field in fields[1...] where !field.isEmpty {
                    for place in field.indices { ledger.map((place * scale)..<(place * scale + 1)) }
                }
            }
            entries.append(entry(document, name, words, at, line.count, number, bytes.count))
            let last = broken.notesLast ? String(words.utf8.count) + "-last" : "odd-words"
            if broken.code != nil || broken.location != nil || broken.findingOffset != nil
                || broken.notesLast
            {
                note(
                    &diagnostics,
                    limits,
                    broken.code?(name) ?? (broken.notesLast ? "w" + last : "odd"),
                    broken.location?(words) ?? "line \(number)"
                )
            }
        }
        for _ in 0..<broken.findings {
            diagnostics.append(Diagnostic(code: "more", location: "line 1", severity: .note))
        }
        if broken.isSlow { slow(bytes) }
        var report = IntakeReport(adapter: broken.adapterName, ledger: ledger)
        report.entries = entries
        report.diagnostics = diagnostics
        report.messageTime = PartialDate(year: 2020)
        let reads = memory.reads.withLock {
            $0 += 1; return $0
        }
        if broken.counts { report.messageID = String(reads) }
        let before = memory.last.withLock { last in
            defer { last = bytes.count }
            return last
        }
        if broken.remembers, before != bytes.count, before != 0 {
            report.messageID = String(before)
        }
        if let share = broken.share, let subject = entries.first?.subject.id {
            report.shares = [share(subject)]
        }
        if broken.readsBeyond { report.messageID = beyond(document.bytes) }
        return report
    }

    private func entry(
        _ document: SourceDocument,
        _ name: String,
        _ words: String,
        _ at: Int,
        _ length: Int,
        _ number: Int,
        _ size: Int
    ) -> RecordEntry {
        var statement = PatientStatement()
        statement.names = [HumanName(family: name)]
        let subject = SourcePatient(statement, silo: document.silo, document: document.hash)
        var offset = at + broken.originShift
        if broken.bufferOffsets { offset += document.bytes.startIndex }
        if broken.assumesSize { offset = max(0, 12 - length) }
        var entry = RecordEntry(
            source: broken.source ?? document.silo,
            content: .flag(Flag(code: CodeableConcept(text: words))),
            key: BusinessKey(assigner: nil, value: name),
            subject: subject,
            status: .final,
            origin: SourceReference(
                document: broken.ownHash ? ContentHash(of: document.bytes) : document.hash,
                path: broken.path?(name) ?? "line \(number)",
                offset: broken.isShared ? 0 : offset,
                length: broken.originEmpty ? 0 : broken.isShared ? size : length
            )
        )
        if broken.future { entry.statusTime = PartialDate(year: 2022) }
        return entry
    }

    private func held(_ code: String, _ location: String) -> IntakeError {
        IntakeError(
            code: code,
            location: location,
            remedy: "send less",
            outcome: broken.rejects ? .rejected : .held
        )
    }

    private func note(
        _ diagnostics: inout [Diagnostic],
        _ limits: Limits,
        _ code: String,
        _ location: String
    ) {
        guard diagnostics.count < limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(
                code: code,
                location: location,
                severity: .note,
                offset: broken.findingOffset
            )
        )
    }

    /// Looks at every byte once for every other.
    private func slow(_ bytes: [UInt8]) {
        var sum = 0
        for left in stride(from: 0, to: bytes.count, by: 4) {
            bytes.withUnsafeBufferPointer { buffer in
                for right in buffer { sum &+= Int(right) ^ left }
            }
        }
        if sum == 42 { memory.reads.withLock { $0 += 1 } }
    }

    /// The byte behind the slice, where its buffer has one.
    private func beyond(_ slice: ArraySlice<UInt8>) -> String {
        guard slice.startIndex > 0 else { return "" }
        // The buffer begins before the slice does: one step back is another's byte.
        return slice.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String($0[-1]) } ?? ""
        }
    }
}

/// An adapter whose words are none.
private struct Misnamed: SourceAdapter {
    static let name = "Words of Ours"
    static let format = ""

    func recognises(_ document: SourceDocument) -> Bool { Words().recognises(document) }

    func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        try Words().adapt(document)
    }
}
