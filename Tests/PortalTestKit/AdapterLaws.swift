public import PortalIntake
import PortalRecord

/// What holds of every adapter and every document, said as the list of what breaks it: empty where
/// the law holds.
extension SourceAdapter {
    /// Whether mapped, ignored and unmapped bytes are the document, and some are mapped (P2).
    ///
    /// Nil for a document that is held.
    public func accounts(for document: SourceDocument) -> Bool? {
        guard let ledger = try? adapt(document).ledger else { return nil }
        return ledger.mapped > 0 && ledger.isWhole(document.bytes.count)
    }

    /// The stretches of a document that nothing accounts for, as text.
    ///
    /// - Throws: Where the document is held.
    public func unmapped(_ document: SourceDocument) throws(IntakeError) -> [String] {
        let bytes = Array(document.bytes)
        return try adapt(document).ledger.unmappedRanges.map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
    }

    /// Cuts of a document, `step` bytes apart, of which not every byte is counted, or that are
    /// refused otherwise than held.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - step: Bytes from one cut to the next.
    ///   - refusal: The code of what is no document of the format any more.
    /// - Returns: The places of the cuts, with what is wrong.
    public func unaccountedCuts(
        of document: SourceDocument,
        step: Int = 1,
        refusal: String
    ) -> [String] {
        let bytes = Array(document.bytes)
        var found: [String] = []
        for end in stride(from: 0, to: bytes.count, by: step) {
            let cut = document.with(Array(bytes[..<end]))
            _ = recognises(cut)
            do throws(IntakeError) {
                if try !adapt(cut).ledger.isWhole(end) { found.append("byte \(end): sum") }
            } catch {
                if error.outcome != .held, error.code != refusal {
                    found.append("byte \(end): \(error.code)")
                }
            }
        }
        return found
    }

    /// Damaged copies of a document of which not every byte is counted, by the round.
    public func unaccountedDamages(
        of document: SourceDocument,
        alphabet: [UInt8],
        rounds: Int = 40,
        _ random: inout SeededGenerator
    ) -> [Int] {
        var found: [Int] = []
        for round in 0..<rounds {
            var bytes = Array(document.bytes)
            for _ in 0..<random.number(1...4) where !bytes.isEmpty {
                let at = random.number(0...(bytes.count - 1))
                let byte = alphabet[random.number(0...(alphabet.count - 1))]
                switch random.number(0...2) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(byte, at: at)
                default: bytes[at] = byte
                }
            }
            let damaged = document.with(bytes)
            _ = recognises(damaged)
            guard let ledger = try? adapt(damaged).ledger else { continue }
            if !ledger.isWhole(bytes.count) { found.append(round) }
        }
        return found
    }

    /// What repeats a canary that was put behind each of the places, and behind all at once: codes
    /// of findings and errors, and places that name it.
    ///
    /// - Parameters:
    ///   - canary: The word.
    ///   - document: The document.
    ///   - places: Offsets of the bytes behind which a value begins.
    /// - Returns: Codes of findings and errors, and places, that name it.
    public func tales(
        of canary: String,
        in document: SourceDocument,
        behind places: [Int]
    ) -> [String] {
        let bytes = Array(document.bytes)
        let word = Array(canary.utf8)
        var all: [UInt8] = []
        var found: [String] = []
        var from = 0
        for place in places {
            all += bytes[from...place] + word
            from = place + 1
            let alone = bytes[...place] + word + bytes[(place + 1)...]
            found += tales(of: canary, in: document.with(Array(alone)))
        }
        all += bytes[from...]
        return found + tales(of: canary, in: document.with(all))
    }

    private func tales(of canary: String, in document: SourceDocument) -> [String] {
        do throws(IntakeError) {
            let report = try adapt(document)
            let findings = report.diagnostics + report.entries.flatMap(\.findings)
            return findings.filter { "\($0)".contains(canary) }.map(\.code)
                + report.entries.map(\.origin.path).filter { $0.contains(canary) }
        } catch {
            let said = "\(error) \(String(reflecting: error))"
            return said.contains(canary) ? [error.code] : []
        }
    }
}

extension ByteLedger {
    fileprivate func isWhole(_ count: Int) -> Bool { mapped + ignored + unmapped == count }
}
