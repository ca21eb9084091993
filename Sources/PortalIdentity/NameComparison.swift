package import PortalRecord

/// How two names stand to each other.
///
/// - Rule: SAFETY S1. The near-levels are these and no others: case, diacritics, punctuation and
///   spacing folded; one part of a double name; the nickname table; an initial against the name it
///   starts; one edit in names of five letters or more.
package enum NameLevel: Int, Comparable, Sendable {
    case exact = 0
    case near = 1
    case missing = 2
    case different = 3

    package static func < (left: NameLevel, right: NameLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    package var agrees: Bool { self <= .near }
}

package enum NameComparison {
    /// Compares two forenames as written.
    package static func forename(_ one: String?, _ two: String?) -> NameLevel {
        level(one, two, isForename: true)
    }

    /// Compares two surnames as written.
    package static func surname(_ one: String?, _ two: String?) -> NameLevel {
        level(one, two, isForename: false)
    }

    private static func level(_ one: String?, _ two: String?, isForename: Bool) -> NameLevel {
        guard let one, let two else { return .missing }
        let first = NameFolding.fold(one)
        let second = NameFolding.fold(two)
        guard !first.isEmpty, !second.isEmpty else { return .missing }
        if first == second { return .exact }
        if isPartOfDouble(one, second) || isPartOfDouble(two, first) { return .near }
        if isForename {
            if NicknameTable.areSame(first, second) { return .near }
            if isInitial(first, of: second) || isInitial(second, of: first) { return .near }
        }
        if isOneEdit(Array(first.unicodeScalars), Array(second.unicodeScalars)) { return .near }
        return .different
    }

    private static func isPartOfDouble(_ name: String, _ folded: String) -> Bool {
        let parts = NameFolding.parts(name)
        return parts.count > 1 && parts.contains(folded) && folded.unicodeScalars.count > 1
    }

    private static func isInitial(_ letter: String, of name: String) -> Bool {
        letter.unicodeScalars.count == 1 && name.hasPrefix(letter)
    }

    /// One letter inserted, left out, changed, or two neighbours swapped; both names at least five
    /// letters long.
    static func isOneEdit(_ one: [Unicode.Scalar], _ two: [Unicode.Scalar]) -> Bool {
        guard one.count >= 5, two.count >= 5, abs(one.count - two.count) <= 1 else { return false }
        let prefix = zip(one, two).prefix { $0 == $1 }.count
        let restOne = one.dropFirst(prefix)
        let restTwo = two.dropFirst(prefix)
        if one.count == two.count {
            if restOne.dropFirst().elementsEqual(restTwo.dropFirst()) { return true }
            let headOne = Array(restOne.prefix(2))
            let headTwo = Array(restTwo.prefix(2))
            return headOne.count == 2 && headTwo.count == 2 && headOne[0] == headTwo[1]
                && headOne[1] == headTwo[0]
                && restOne.dropFirst(2).elementsEqual(restTwo.dropFirst(2))
        }
        return one.count > two.count
            ? restOne.dropFirst().elementsEqual(restTwo)
            : restTwo.dropFirst().elementsEqual(restOne)
    }
}

/// How two birth dates stand to each other.
package enum BirthDateLevel: Sendable {
    /// The same day, both stated in full.
    case same
    /// One is missing, or stated less precisely without contradiction.
    case unsure
    /// Day and month exchanged: a slip, or another person: never for automatic links (S1).
    case transposed
    case different

    package static func compare(_ one: PartialDate?, _ two: PartialDate?) -> BirthDateLevel {
        guard let one, let two, !Placeholder.isBirthDate(one), !Placeholder.isBirthDate(two)
        else { return .unsure }
        guard one.year == two.year else { return .different }
        guard let monthOne = one.month, let monthTwo = two.month else { return .unsure }
        guard let dayOne = one.day, let dayTwo = two.day else {
            return monthOne == monthTwo ? .unsure : .different
        }
        if monthOne == monthTwo, dayOne == dayTwo { return .same }
        if monthOne == dayTwo, dayOne == monthTwo { return .transposed }
        return .different
    }
}
