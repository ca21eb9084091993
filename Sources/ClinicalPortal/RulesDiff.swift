import PortalPolicy
public import PortalRecord

/// What a change of the rules would reveal or withhold, found by asking both for sample readers.
///
/// Every person of either profile, and one invented reader of each role, is asked about every kind of
/// entry of every silo, with each label, for each purpose: of a patient in their care, of one who is
/// not, and at the patient's own door.
public struct RulesDiff: Sendable {
    /// Answers that would change alike, for one reader: every combination of what is listed.
    public struct Change: Sendable, Hashable, Codable {
        /// A person of the profile, or `role: …`.
        public var reader: String
        /// `reveals` or `withholds`.
        public var effect: String
        /// The operations.
        public var operations: [String]
        /// The purposes.
        public var purposes: [String]
        /// `in care`, `not in care`, `own record`.
        public var situations: [String]
        /// The labels; the empty one stands for entries without any.
        public var labels: [String]
        /// The silos; the empty one stands for every silo that no rule names.
        public var silos: [String]
        /// The kinds.
        public var kinds: [String]

        /// A line for people.
        public var text: String {
            func list(_ words: [String], _ empty: String) -> String {
                words.map { $0.isEmpty ? empty : $0 }.joined(separator: ", ")
            }
            let with = labels == [""] ? "" : " · labelled " + list(labels, "with nothing")
            let from = silos == [""] ? "" : " · from " + list(silos, "any other silo")
            return reader + (effect == "reveals" ? " would " : " would no longer ")
                + operations.joined(separator: ", ") + ": " + kinds.joined(separator: ", ") + " · "
                + situations.joined(separator: ", ") + " · for " + purposes.joined(separator: ", ")
                + with + from
        }
    }

    /// What would change, in a fixed order.
    public let changes: [Change]
    /// How many questions were asked of both.
    public let asked: Int

    /// Compares two profiles.
    public init(from old: SiteProfile, to new: SiteProfile, at moment: Instant) {
        var asked = 0
        var found: [Change] = []
        // Silos that no rule names are alike: one question is for them all.
        let silos = Set((old.silosOfRules + new.silosOfRules)).sorted() + [""]
        let labels =
            [""]
            + Set(SecurityLabel.known + (old.access.labels + new.access.labels).map(\.label))
            .map(\.rawValue).sorted()
        let profiles = [old, new]
        var entries: [[EntryFacts]] = [[], []]
        var names: [(kind: EntryKind, silo: String, label: String)] = []
        for kind in EntryKind.allCases {
            for silo in silos {
                for label in labels {
                    names.append((kind, silo, label))
                    for (index, profile) in profiles.enumerated() {
                        entries[index].append(Self.entry(kind, silo, label, profile, moment))
                    }
                }
            }
        }
        for reader in Self.readers(old, new) {
            for situation in Self.situations {
                for purpose in Purpose.known {
                    let policies = [
                        Self.policy(old, reader.old, situation, purpose, moment),
                        Self.policy(new, reader.new, situation, purpose, moment),
                    ]
                    for operation in Operation.allCases {
                        for (number, name) in names.enumerated() {
                            asked += 1
                            let was = policies[0].permits(operation, on: entries[0][number])
                            let isNow = policies[1].permits(operation, on: entries[1][number])
                            guard was != isNow else { continue }
                            found.append(
                                Change(
                                    reader: reader.name,
                                    effect: isNow ? "reveals" : "withholds",
                                    operations: [operation.rawValue],
                                    purposes: [purpose.rawValue],
                                    situations: [situation],
                                    labels: [name.label],
                                    silos: [name.silo],
                                    kinds: [name.kind.rawValue]
                                )
                            )
                        }
                    }
                }
            }
        }
        for path in [
            \Change.silos, \.kinds, \.labels, \.situations, \.purposes, \.operations,
        ] as [WritableKeyPath<Change, [String]> & Sendable] {
            found = Self.merged(found, path)
        }
        changes = found
        self.asked = asked
    }

    /// Puts together what differs in one respect alone, in the order of the first of each.
    private static func merged(
        _ changes: [Change],
        _ path: WritableKeyPath<Change, [String]>
    ) -> [Change] {
        var order: [Change] = []
        var values: [Change: [String]] = [:]
        for change in changes {
            var key = change
            key[keyPath: path] = []
            if values[key] == nil { order.append(key) }
            values[key, default: []] += change[keyPath: path]
        }
        return order.map { key in
            var change = key
            change[keyPath: path] = values[key] ?? []
            return change
        }
    }

    private static let situations = ["in care", "not in care", "own record"]
    private static let number = Identifier(system: "urn:clinicalportal:sample", value: "1")

    /// Who is asked about: as each profile knows them.
    private static func readers(
        _ old: SiteProfile,
        _ new: SiteProfile
    ) -> [(name: String, old: Principal, new: Principal)] {
        let handles = Set((old.people + new.people).map(\.person)).sorted()
        var readers = handles.map { handle in
            let nobody = Principal(person: handle, roles: [])
            return (
                name: handle, old: old.person(handle) ?? nobody,
                new: new.person(handle) ?? nobody
            )
        }
        let roles = Set((old.access.grants + new.access.grants).map(\.role)).sorted()
        readers += roles.map { role in
            let sample = Principal(person: "sample", roles: [role])
            return (name: "role: " + role, old: sample, new: sample)
        }
        return readers
    }

    private static func policy(
        _ profile: SiteProfile,
        _ person: Principal,
        _ situation: String,
        _ purpose: Purpose,
        _ moment: Instant
    ) -> AccessPolicy {
        var person = person
        let isOwn = situation == "own record"
        if isOwn { person.ownIdentifiers.append(number) }
        let basis = profile.access.relationships.first?.basis ?? .attendance
        return AccessPolicy(
            rules: profile.access,
            situation: AccessSituation(
                principal: person,
                purpose: purpose,
                moment: moment,
                memberships: profile.memberships,
                relationships: situation == "in care"
                    ? [
                        Relationship(
                            holder: .person(person.person),
                            basis: basis,
                            from: nil,
                            to: nil
                        )
                    ] : [],
                mandates: profile.mandates,
                identifiers: [number]
            )
        )
    }

    /// An entry that happened long ago: delays have passed.
    ///
    /// It stands under the first element that
    /// shows its kind from its silo.
    private static func entry(
        _ kind: EntryKind,
        _ silo: String,
        _ label: String,
        _ profile: SiteProfile,
        _ moment: Instant
    ) -> EntryFacts {
        EntryFacts(
            kind: kind,
            // The empty silo would stand for any: a name that is no silo's stands for all others.
            silo: silo.isEmpty ? " other" : silo,
            labels: label.isEmpty ? [] : [SecurityLabel(rawValue: label)],
            element: profile.access.namesElements
                ? TopElement.index(
                    in: profile.elements,
                    kind: kind,
                    silo: silo,
                    types: [],
                    codes: []
                ).map { profile.elements[$0.element].name } : nil,
            start: moment.milliseconds - 20 * 365 * 86_400_000
        )
    }
}

extension SiteProfile {
    /// The silos that some rule names.
    fileprivate var silosOfRules: [String] {
        access.grants.flatMap(\.silos) + access.permission.silos + access.blocked.flatMap(\.silos)
    }
}
