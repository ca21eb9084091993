internal import PortalRecord

extension ArrangedRecord {
    /// A day's grace: what happens around a death is written in more than one clock.
    private static let grace = 86_400_000

    /// Attendances that began after the person is said to have died.
    ///
    /// The death is another's, or the attendance is: a person decides, and nothing is hidden meanwhile.
    ///
    /// - Throws: As ``merged(_:)``.
    func attendedAfterDeath() throws -> [OpenCase] {
        guard let death = banner.deceasedAt?.span.end else { return [] }
        var cases: [OpenCase] = []
        // Newest first: from the first that is older on, all are.
        for chain in chains {
            guard let start = chain.start, start - Self.grace >= death else { break }
            guard chain.kind == .encounter, let row = try merged(chain).current.first,
                row.markers.allSatisfy({ $0 != .withdrawn && $0 != .wrongPatient })
            else { continue }
            cases.append(
                OpenCase(
                    reviewCase: ReviewCase(
                        kind: .attendedAfterDeath,
                        between: [
                            .version(
                                entry: Handle.entry(chain.entry),
                                version: Handle.version(chain.version)
                            )
                        ],
                        why: ["an attendance began after the person is said to have died"],
                        documents: try entries(of: chain).map(\.origin.document)
                    ),
                    group: nil
                )
            )
        }
        return cases
    }
}
