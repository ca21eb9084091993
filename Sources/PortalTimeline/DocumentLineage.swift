import PortalRecord

/// Which documents add to which, and which replace which, by their numbers and registries' names.
///
/// - Rule: SAFETY S8 (MDM T05/T06 add, T09/T10 replace); HL7 v2 TXA-12 and TXA-13.
struct DocumentLineage {
    /// Numbers of addenda: whatever is sent under one is of the addendum, an edit or a
    /// cancellation too.
    private(set) var addenda: Set<String> = []
    private var parents: [String: Set<String>] = [:]
    private var replacing: [String: Set<String>] = [:]
    private let alone: Set<Int>
    private let numbers: [String]

    init(_ statements: [(number: String, facts: DocumentFacts)]) {
        alone = Set(statements.indices.filter { statements[$0].facts.relation == .appends })
        numbers = statements.map(\.number)
        // A parent may be named as the registry calls it. Of two that claim a name the lower number
        // has it, whichever came first.
        var named: [String: String] = [:]
        for statement in statements {
            guard let name = statement.facts.registryName else { continue }
            named[name] = min(named[name] ?? statement.number, statement.number)
        }
        for statement in statements {
            let number = statement.number
            guard let relation = statement.facts.relation,
                let written = statement.facts.parent?.value
            else { continue }
            let parent = named[written] ?? written
            guard parent != number else { continue }
            parents[number, default: []].insert(parent)
            if relation == .appends { addenda.insert(number) }
            if relation == .replaces { replacing[number, default: []].insert(parent) }
        }
        // What replaces an addendum is one.
        var found = true
        while found {
            let more = replacing.filter {
                !addenda.contains($0.key) && !addenda.isDisjoint(with: $0.value)
            }.keys
            found = !more.isEmpty
            addenda.formUnion(more)
        }
    }

    func isAddendum(_ index: Int) -> Bool {
        alone.contains(index) || addenda.contains(numbers[index])
    }

    /// What a number replaces, and what that replaces.
    func replaced(by number: String) -> Set<String> {
        reach(replacing[number] ?? []) { replacing[$0] ?? [] }
    }

    /// The letters that an addendum is added to, through other addenda where it is one's.
    func roots(of number: String) -> Set<String> {
        guard addenda.contains(number) else { return [number] }
        return reach(parents[number] ?? []) { addenda.contains($0) ? parents[$0] ?? [] : [] }
            .subtracting(addenda)
    }

    private func reach(
        _ start: Set<String>,
        _ next: (String) -> Set<String>
    ) -> Set<String> {
        var found = start
        var open = start
        while let one = open.popFirst() {
            for more in next(one) where found.insert(more).inserted { open.insert(more) }
        }
        return found
    }
}
