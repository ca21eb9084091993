internal import PortalRecord

/// What the rules say of two source patients.
///
/// - Rule: STYLE B2 (`LinkDecision`); SAFETY S1.
public enum LinkDecision: String, Hashable, Sendable, Codable {
    /// One person, by rule.
    case linked
    /// Perhaps one person: a person decides.
    case possible
    /// Two people, as far as the rules see.
    case notLinked = "not linked"
    /// The same number for people who are not the same: kept apart, a person decides.
    case conflicting
}

/// Two source patients side by side.
public struct PairComparison: Sendable {
    /// What the rules say.
    public let decision: LinkDecision
    /// Why, in words, without any value.
    public let reasons: [String]
    /// Smaller is stronger: the order in which links are made.
    package let weight: Int
    /// Whether birth date or forename conflict.
    package let conflicts: Bool

    /// Compares two nodes that share a valid national number.
    ///
    /// - Rule: SAFETY S1: a number alone never links.
    package static func byNumber(_ one: IdentityNode, _ two: IdentityNode) -> PairComparison {
        let pair = Demographics(one, two)
        var reasons = ["same national number"]
        reasons += pair.reasons
        if pair.isConflict || pair.surname == .different && pair.sexConflicts {
            return PairComparison(.conflicting, reasons, weight: 9, conflicts: pair.isConflict)
        }
        let surnameHolds =
            pair.surname.agrees || pair.surname == .different && !pair.sexConflicts
        if pair.birthDate == .same, pair.forename.agrees, surnameHolds {
            return PairComparison(
                .linked,
                reasons,
                weight: pair.forename.rawValue + pair.surname.rawValue,
                conflicts: false
            )
        }
        return PairComparison(.possible, reasons, weight: 8, conflicts: false)
    }

    /// Compares two nodes filed under the same assigner and number.
    ///
    /// - Rule: SAFETY S1: one source patient, unless birth date or forename conflict.
    package static func byBase(_ one: IdentityNode, _ two: IdentityNode) -> PairComparison {
        let pair = Demographics(one, two)
        let reasons = ["same assigner and number"] + pair.reasons
        if pair.isConflict || pair.birthDate == .transposed {
            return PairComparison(.conflicting, reasons, weight: 9, conflicts: true)
        }
        let isSure = pair.birthDate == .same && pair.forename.agrees
        return PairComparison(
            .linked,
            reasons,
            weight: isSure ? pair.forename.rawValue : 5,
            conflicts: false
        )
    }

    private init(
        _ decision: LinkDecision,
        _ reasons: [String],
        weight: Int,
        conflicts: Bool
    ) {
        self.decision = decision
        self.reasons = reasons
        self.weight = weight
        self.conflicts = conflicts
    }
}

/// The levels of one pair.
struct Demographics {
    let birthDate: BirthDateLevel
    let forename: NameLevel
    let surname: NameLevel
    let sexConflicts: Bool

    init(_ one: IdentityNode, _ two: IdentityNode) {
        birthDate = BirthDateLevel.compare(one.birthDate, two.birthDate)
        let straight = (
            NameComparison.forename(one.given, two.given),
            NameComparison.surname(one.family, two.family)
        )
        let isExchanged =
            NameComparison.surname(one.given, two.family) == .exact
            && NameComparison.surname(one.family, two.given) == .exact
        if isExchanged, straight.0 == .different {
            (forename, surname) = (.near, .near)
        } else {
            (forename, surname) = straight
        }
        if let first = one.gender, let second = two.gender {
            sexConflicts = first.conflicts(with: second)
        } else {
            sexConflicts = false
        }
    }

    /// Birth date or forename differ: the twin, the wrong number, the baby under its mother's.
    var isConflict: Bool { birthDate == .different || forename == .different }

    var reasons: [String] {
        var words: [String] = []
        switch birthDate {
        case .same: words.append("same birth date")
        case .unsure: words.append("birth date missing or not in full")
        case .transposed: words.append("birth dates with day and month exchanged")
        case .different: words.append("different birth dates")
        }
        words.append(NameWords.words("forename", forename))
        words.append(NameWords.words("surname", surname))
        if birthDate == .same, forename == .different, surname.agrees {
            words.append("the pattern of twins")
        }
        if sexConflicts { words.append("different sex") }
        return words
    }
}

private enum NameWords {
    static func words(_ part: String, _ level: NameLevel) -> String {
        switch level {
        case .exact: "same " + part
        case .near: part + " nearly the same"
        case .missing: part + " missing"
        case .different: "different " + part + "s"
        }
    }
}
