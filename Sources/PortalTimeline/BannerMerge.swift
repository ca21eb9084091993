import PortalRecord

/// Who the person is, from all statements of the cluster's source patients.
///
/// - Rule: SAFETY S8 (demographics by EVN-2), S25 (absent says nothing, `""` clears what the same
///   source said before).
enum BannerMerge {
    static func merge(_ entries: [RecordEntry]) -> PatientBanner {
        var banner = PatientBanner(
            name: nil,
            birthDate: nil,
            gender: nil,
            identifiers: [],
            deceasedAt: nil,
            isDeceased: false,
            postcode: nil,
            generalPractice: []
        )
        // Dated statements come last and so hold; undated ones fill the gaps.
        let ordered = entries.sorted { left, right in
            let one = left.statusTime?.span.start ?? Int.min
            let two = right.statusTime?.span.start ?? Int.min
            if one != two { return one < two }
            return left.origin.document < right.origin.document
        }
        var identifiers: Set<Identifier> = []
        var sources: [String: PatientBanner] = [:]
        for entry in ordered {
            guard case .patient(let statement) = entry.content else { continue }
            identifiers.formUnion(statement.identifiers)
            var own = sources[entry.source] ?? banner.emptied
            own.apply(statement)
            sources[entry.source] = own
        }
        // The source that spoke last leads, field by field.
        var order: [String] = []
        for entry in ordered.reversed() where !order.contains(entry.source) {
            order.append(entry.source)
        }
        for source in order { if let own = sources[source] { banner.fill(from: own) } }
        banner.identifiers = identifiers.sorted { left, right in
            [left.token, left.type ?? "", left.verification ?? ""]
                .lexicographicallyPrecedes(
                    [right.token, right.type ?? "", right.verification ?? ""]
                )
        }
        return banner
    }
}

extension PatientBanner {
    fileprivate var emptied: PatientBanner {
        PatientBanner(
            name: nil,
            birthDate: nil,
            gender: nil,
            identifiers: [],
            deceasedAt: nil,
            isDeceased: false,
            postcode: nil,
            generalPractice: []
        )
    }

    /// One source's next word.
    fileprivate mutating func apply(_ statement: PatientStatement) {
        if statement.cleared.contains("name") { name = nil }
        if statement.cleared.contains("birthDate") { birthDate = nil }
        if statement.cleared.contains("gender") { gender = nil }
        if statement.cleared.contains("deceasedAt") { deceasedAt = nil }
        if statement.cleared.contains("deceased") || statement.cleared.contains("deceasedAt") {
            isDeceased = false
        }
        if statement.cleared.contains("address") { postcode = nil }
        name = statement.name ?? name
        birthDate = statement.birthDate ?? birthDate
        gender = statement.gender ?? gender
        deceasedAt = statement.deceasedAt ?? deceasedAt
        if let flag = statement.isDeceased { isDeceased = flag }
        if statement.deceasedAt != nil { isDeceased = true }
        postcode = statement.addresses.lazy.compactMap(\.postcode).first ?? postcode
        if !statement.generalPractice.isEmpty { generalPractice = statement.generalPractice }
    }

    /// What another source says where this one is silent.
    ///
    /// Death is believed from any source.
    fileprivate mutating func fill(from other: PatientBanner) {
        name = name ?? other.name
        birthDate = birthDate ?? other.birthDate
        gender = gender ?? other.gender
        deceasedAt = deceasedAt ?? other.deceasedAt
        isDeceased = isDeceased || other.isDeceased
        postcode = postcode ?? other.postcode
        if generalPractice.isEmpty { generalPractice = other.generalPractice }
    }
}
