internal import PortalRecord

/// Numbers that a site gives to everybody, so that they name nobody.
extension IdentitySolver {
    /// From so many source patients of so many birth dates on, one number is a crowd's: no person's
    /// records differ so.
    private static let crowdFrom = 32
    private static let datesFrom = 8

    func isCrowd(_ group: [Int]) -> Bool {
        group.count >= Self.crowdFrom
            && Set(group.compactMap { nodes[$0].birthDate?.description }).count >= Self.datesFrom
    }

    /// The pairs of a group that are worth comparing.
    ///
    /// All, or in a crowd those of one birth date: no others are linked by any number. Of the crowd
    /// itself there is one case, and each of it is marked beside one or a few others.
    ///
    /// - Rule: PITFALLS 38, 65: a default number that a site gives to everybody costs each document
    ///   as much as there are people, never as there are pairs of them.
    mutating func comparable(_ group: [Int]) -> [Pair] {
        guard isCrowd(group) else { return pairs(of: group) }
        var born: [String: [Int]] = [:]
        for node in group {
            born[nodes[node].birthDate?.description ?? "", default: []].append(node)
        }
        let dates = born.sorted { $0.key < $1.key }.map(\.value)
        for (date, next) in zip(dates, dates.dropFirst()) {
            crowded += next.map { Pair(date[0], $0) } + date.dropFirst().map { Pair($0, next[0]) }
        }
        open(
            .conflictingIdentity,
            Pair(dates[0][0], dates[1][0]),
            [
                "one number stands for \(group.count) source patients of \(dates.count) birth dates"
            ]
        )
        return born.sorted { $0.key < $1.key }.filter { !$0.key.isEmpty }
            .flatMap { pairs(of: $0.value) }
    }

    private func pairs(of group: [Int]) -> [Pair] {
        group.enumerated().flatMap { place, one in group[(place + 1)...].map { Pair(one, $0) } }
    }
}
