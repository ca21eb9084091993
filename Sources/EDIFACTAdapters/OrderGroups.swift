import PortalIntake
import PortalRecord

/// The results of one report and person, put into order groups.
///
/// - Shape: a result with a number in SEQ is a battery, and those that name it by RFF+ARL are its
///   members; a battery within a battery is a member of the outermost. In radiology each
///   examination is a group. Results of no battery are one group, where the first of them stands.
struct OrderGroups {
    /// One order group.
    struct Group {
        /// The battery's name; nil for the results of none.
        var code: CodeableConcept?
        var place: Int
        var status: ResultStatus?
        var statusCode: String?
        var notes: [String] = []
        var other: [String: String] = [:]
        /// The specimens that the battery itself names.
        var specimens: [String] = []
        var members: [ReadResult] = []
    }

    private(set) var groups: [Group] = []
    private let reading: EDIFACTReading
    private let results: [ReadResult]
    /// The batteries, by their numbers.
    private var batteries: [String: Int] = [:]

    init(
        _ results: [ReadResult],
        _ grammar: ReportGroups.Grammar,
        _ reading: EDIFACTReading
    ) {
        self.results = results
        self.reading = reading
        if grammar == .radiology {
            groups = results.map { examination in
                var group = Group(code: examination.observation.code, place: examination.place)
                group.members = [examination]
                return group
            }
            return
        }
        for (index, result) in results.enumerated() {
            guard let number = result.number else { continue }
            if batteries[number] == nil {
                batteries[number] = index
            } else {
                reading.note("battery-number-repeated", result.place)
            }
        }
        var places: [Int: Int] = [:]
        for (index, result) in results.enumerated() {
            let root = root(index)
            if let at = places[root] {
                // The battery itself was taken when its group was opened.
                if index != root { groups[at].members.append(result) }
                continue
            }
            places[root] = groups.count
            groups.append(open(root, result, index))
        }
    }

    /// The outermost battery of a result; -1 for one that is of none.
    private func root(_ index: Int) -> Int {
        var at = index
        // Batteries nest once or twice; one that names itself does not end.
        for _ in 0..<16 {
            guard let parent = results[at].parent else {
                return results[at].number == nil ? -1 : at
            }
            guard let next = batteries[parent] else {
                if at == index { reading.note("battery-missing", results[index].place) }
                return results[at].number == nil ? -1 : at
            }
            at = next
        }
        reading.note("battery-of-itself", results[index].place)
        return -1
    }

    private func open(_ root: Int, _ result: ReadResult, _ index: Int) -> Group {
        guard root >= 0 else {
            var group = Group(place: result.place)
            group.members = [result]
            return group
        }
        let battery = results[root]
        var group = Group(code: battery.observation.code, place: battery.place)
        group.specimens = battery.specimens
        if battery.hasValue || !battery.observation.flags.isEmpty
            || battery.observation.unit != nil || battery.observation.referenceRange != nil
        {
            // It states more than its name: it is an observation as well.
            group.members.append(battery)
        } else {
            group.notes = battery.observation.notes
            group.other = battery.observation.other
            group.status = battery.observation.statusCode == nil ? nil : battery.observation.status
            group.statusCode = battery.observation.statusCode
        }
        if index != root { group.members.append(result) }
        return group
    }
}
