import PortalIntake
import PortalRecord

/// The specimens of a report, and which of its order groups are made of which.
struct Specimens {
    private let all: [ReadSpecimen]
    /// Indices by the numbers that results name them by.
    private var byNumber: [String: Int] = [:]
    /// Those that some result names.
    private var named: Set<Int> = []

    init(_ all: [ReadSpecimen]) {
        self.all = all
        for (index, specimen) in all.enumerated() where byNumber[specimen.number] == nil {
            byNumber[specimen.number] = index
        }
    }

    /// Notes which specimens some results name.
    mutating func link(_ order: OrderGroups.Group) {
        let numbers = order.specimens + order.members.flatMap(\.specimens)
        named.formUnion(numbers.compactMap { byNumber[$0] })
    }

    /// Whether a number names one of them.
    func has(_ number: String) -> Bool { byNumber[number] != nil }

    /// Puts an order group's specimens into its report, and says of each observation of which it
    /// is where there are several.
    ///
    /// - Returns: The observations, repeats of one code numbered (SAFETY S5).
    func place(
        _ order: OrderGroups.Group,
        into report: inout DiagnosticReport,
        isFirst: Bool
    ) -> [Observation] {
        var chosen: [Int] = []
        var isChosen: Set<Int> = []
        func choose(_ index: Int) {
            if isChosen.insert(index).inserted { chosen.append(index) }
        }
        for member in order.members {
            for number in member.specimens { byNumber[number].map(choose) }
        }
        for number in order.specimens { byNumber[number].map(choose) }
        // A report of one specimen need not name it; one that no result names stands once.
        if chosen.isEmpty, all.count == 1 { choose(0) }
        if isFirst { for index in all.indices where !named.contains(index) { choose(index) } }
        report.collected = chosen.lazy.compactMap { all[$0].collected }.first
        report.specimenReceived = chosen.lazy.compactMap { all[$0].received }.first
        for index in chosen {
            var specimen = all[index].specimen
            if let time = all[index].collected, time != report.collected {
                specimen.other["collected"] = time.description
            }
            if let time = all[index].received, time != report.specimenReceived {
                specimen.other["received"] = time.description
            }
            report.specimens.append(specimen)
        }
        return number(order.members, of: chosen.count, report.collected)
    }

    private func number(
        _ members: [ReadResult],
        of count: Int,
        _ collected: PartialDate?
    ) -> [Observation] {
        var counts: [String: Int] = [:]
        return members.map { member in
            var observation = member.observation
            let key = observation.code.identityText
            counts[key, default: 0] += 1
            observation.occurrence = counts[key, default: 1]
            let own = member.specimens.lazy.compactMap { byNumber[$0] }.first.map { all[$0] }
            if count > 1, let own {
                let words = [own.specimen.type?.words, own.specimen.identifier?.value]
                observation.other["specimen"] = words.compactMap { $0 }.joined(separator: ", ")
            }
            if let time = own?.collected, time != collected { observation.effective = time }
            return observation
        }
    }
}
