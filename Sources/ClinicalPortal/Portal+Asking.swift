public import PortalIntake
public import PortalPolicy
public import PortalRecord

extension Portal {
    /// Asks silos for what they hold of a patient, and files what they answer.
    ///
    /// All are asked at once. When the deadline passes, whoever has not answered is let go: a
    /// source that hangs delays nobody.
    ///
    /// - Parameters:
    ///   - sources: Whom to ask; each names a silo of the profile.
    ///   - patient: About whom.
    ///   - reader: Who asks: only for a patient whom they may know, and with an audit record.
    ///   - purpose: Why.
    ///   - deadline: How long an answer is waited for.
    ///   - now: The moment of asking.
    /// - Returns: What became of each, in the order asked.
    /// - Throws: ``AccessError``; the store's own errors.
    public func ask(
        _ sources: [any QuerySource],
        about patient: SourcePatientID?,
        as reader: Principal,
        purpose: Purpose = .directCare,
        deadline: Duration = .seconds(4),
        at now: Instant
    ) async throws -> [SourceOutcome] {
        let look = self.look(reader, purpose, now)
        let asked = try gate.question(about: patient, sources.map(\.silo), look).value
        let question = SourceQuestion(
            identifiers: asked.identifiers,
            person: reader.person,
            deadline: deadline
        )
        let answers = await Answers.gather(
            sources.enumerated().filter { asked.silos.contains($0.element.silo) },
            question
        )
        var outcomes: [SourceOutcome] = []
        for (place, source) in sources.enumerated() {
            guard asked.silos.contains(source.silo) else {
                outcomes.append(SourceOutcome(silo: source.silo, state: .optedOut))
                continue
            }
            switch answers[place] {
            case .some(.success(let documents)):
                let files = documents.map { bytes in
                    IncomingFile(name: "asked " + ContentHash(of: bytes).hex, bytes: bytes)
                }
                do {
                    let receipt = try receive(files, silo: source.silo, at: now)
                    // An answer that cannot be read is none, whatever came of the asking.
                    let isRead = receipt.held == 0 && receipt.rejected == 0
                    outcomes.append(
                        SourceOutcome(
                            silo: source.silo,
                            state: documents.isEmpty ? .nothingFound : isRead ? .answered : .failed,
                            documents: documents.count
                        )
                    )
                } catch is StoreError {
                    outcomes.append(SourceOutcome(silo: source.silo, state: .failed))
                }
            case .some(.failure):
                outcomes.append(SourceOutcome(silo: source.silo, state: .failed))
            case nil: outcomes.append(SourceOutcome(silo: source.silo, state: .late))
            }
        }
        return outcomes
    }
}

/// The answers as they come in, by the places of the sources: two sources may be of one silo.
private actor Answers {
    private var found: [Int: Result<[[UInt8]], any Error>] = [:]
    private var waiting: CheckedContinuation<Void, Never>?
    private let expected: Int

    private init(expected: Int) { self.expected = expected }

    static func gather(
        _ sources: [(offset: Int, element: any QuerySource)],
        _ question: SourceQuestion
    ) async -> [Int: Result<[[UInt8]], any Error>] {
        guard !sources.isEmpty else { return [:] }
        let answers = Answers(expected: sources.count)
        // Not a task group: it would wait for a child that does not heed its cancellation.
        let asking = sources.map { place, source in
            Task {
                do {
                    await answers.put(place, .success(try await source.ask(question)))
                } catch {
                    await answers.put(place, .failure(error))
                }
            }
        }
        let clock = Task {
            try? await Task.sleep(for: question.deadline)
            await answers.stop()
        }
        await answers.wait()
        clock.cancel()
        for task in asking { task.cancel() }
        return await answers.found
    }

    private func put(_ place: Int, _ answer: Result<[[UInt8]], any Error>) {
        found[place] = answer
        if found.count >= expected { stop() }
    }

    private var isStopped = false

    private func stop() {
        isStopped = true
        waiting?.resume()
        waiting = nil
    }

    private func wait() async {
        guard !isStopped else { return }
        await withCheckedContinuation { waiting = $0 }
    }
}
