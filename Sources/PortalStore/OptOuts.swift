package import PortalIdentity
package import PortalPolicy
package import PortalRecord

/// Who has opted out of which silos' upload.
///
/// What a document of such a silo says of a person whose opted-out number it states is never kept:
/// of it hash and count stay. What is only linked to them, or filed under a number that such a
/// document named beside theirs, is withheld from every reader and stays on disk: a link may be
/// taken back (DESIGN P4), and a number alone never links (SAFETY S1).
///
/// - Rule: SAFETY S20; DESIGN P1 (of an opted-out patient only hash and count).
package struct OptOuts: Hashable, Sendable {
    /// One person's.
    package struct Item: Hashable, Sendable {
        /// The number, with whoever assigned it.
        package var number: String
        package var restriction: Restriction

        package init(_ identifier: Identifier, _ restriction: Restriction) {
            number = OptOuts.number(identifier)
            self.restriction = restriction
        }

        /// Whether what a silo sends is covered, at a moment.
        package func covers(_ silo: String, at moment: Instant) -> Bool {
            restriction.holds(at: moment)
                && (restriction.scope.silos.isEmpty || restriction.scope.silos.contains(silo))
        }
    }

    package let items: [Item]
    private let byNumber: [String: [Item]]

    package init(_ items: [Item] = []) {
        self.items = items
        byNumber = Dictionary(grouping: items, by: \.number)
    }

    /// What stands for a number: national numbers in one spelling.
    package static func number(_ identifier: Identifier) -> String {
        (identifier.nationalNumber?.identifier ?? identifier).token
    }

    /// The source patients that a document of a silo speaks of and that have opted out of it.
    package func patients(
        in entries: [RecordEntry],
        from silo: String,
        at moment: Instant
    ) -> [OptedOutPatient] {
        if items.isEmpty { return [] }
        var found: [OptedOutPatient] = []
        for entry in entries {
            guard case .patient(let statement) = entry.content else { continue }
            let numbers = Set(statement.identifiers.map(OptOuts.number))
            for number in numbers.sorted()
            where byNumber[number]?.contains(where: { $0.covers(silo, at: moment) }) ?? false {
                found.append(OptedOutPatient(subject: entry.subject, number: number))
            }
        }
        return found
    }
}

/// A source patient of a document, by the number under which they have opted out.
package struct OptedOutPatient: Hashable, Sendable {
    package var id: SourcePatientID
    package var number: String
    /// An opaque handle of what they are filed under: later documents may state no other number.
    package var base: String

    package init(subject: SourcePatient, number: String) {
        id = subject.id
        self.number = number
        base = OptedOutPatient.base(subject.base)
    }

    package static func base(_ text: String) -> String { ContentHash.handle(of: "base " + text) }
}

extension Filing {
    /// What is left of a filing once the parts of some source patients are cut from it.
    package struct Remainder: Sendable {
        package var entries: [RecordEntry]
        package var assertions: [LinkAssertion]
        package var bytes: [UInt8]
        package var companions: [CompanionBytes]
        package var shares: [PatientShare]
        /// Whether the document spoke of nobody else.
        package var isNothing: Bool { entries.isEmpty }
    }

    /// Cuts the parts of some source patients.
    package func cut(
        _ patients: Set<SourcePatientID>,
        _ entries: [RecordEntry],
        _ assertions: [LinkAssertion]
    ) -> Remainder {
        let left = entries.filter { !patients.contains($0.subject.id) }
        let kept = shares.filter { !patients.contains($0.subject) }
        let keptFiles = Set(kept.flatMap(\.files))
        let gone = Set(shares.flatMap(\.files)).subtracting(keptFiles)
        return Remainder(
            entries: left,
            assertions: left.isEmpty ? [] : assertions,
            bytes: left.isEmpty
                ? [] : Redaction.blank(bytes, Redaction.ranges(of: patients, entries, shares)),
            companions: companions.filter {
                left.isEmpty ? keptFiles.contains($0.hash) : !gone.contains($0.hash)
            },
            shares: kept
        )
    }
}

/// Takes stretches out of a document without moving what stands beside them.
package enum Redaction {
    /// The bytes with stretches blanked; line ends stay, so that rows keep their numbers.
    package static func blank(
        _ bytes: some Collection<UInt8>,
        _ ranges: [Range<Int>]
    ) -> [UInt8] {
        var blanked = Array(bytes)
        for range in ranges {
            for index in range.clamped(to: blanked.indices)
            where blanked[index] != 0x0A && blanked[index] != 0x0D {
                blanked[index] = 0x20
            }
        }
        return blanked
    }

    /// What is left of a document: nothing where all of it is one stretch.
    package static func left(of bytes: ArraySlice<UInt8>, _ ranges: [Range<Int>]) -> [UInt8] {
        ranges == [0..<bytes.count] ? [] : blank(bytes, ranges)
    }

    /// Where a document speaks of some source patients: as its adapter says, else where their
    /// entries stand.
    package static func ranges(
        of patients: Set<SourcePatientID>,
        _ entries: [RecordEntry],
        _ shares: [PatientShare]
    ) -> [Range<Int>] {
        let own = shares.filter { patients.contains($0.subject) }
        let told = Set(own.map(\.subject))
        let untold = entries.filter {
            patients.contains($0.subject.id) && !told.contains($0.subject.id)
        }
        return own.flatMap(\.ranges)
            + untold.map { entry in
                let start = max(0, entry.origin.offset)
                let end = start.addingReportingOverflow(max(0, entry.origin.length))
                return start..<(end.overflow ? Int.max : end.partialValue)
            }
    }
}
