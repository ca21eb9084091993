/// Compares two records column by column.
///
/// - Shape: the levels of all columns packed into one number, four bits each, the first column lowest.
final class EvidenceComparison: Sendable {
    /// One column where it is quick to reach: what every pair is asked for.
    private struct Column {
        let field: EvidenceField
        let numbers: UnsafeBufferPointer<Int32>
        let bytes: UnsafeBufferPointer<UInt8>
        let ends: UnsafeBufferPointer<UInt32>

        func value(_ number: Int32) -> UnsafeBufferPointer<UInt8> {
            let number = Int(number)
            let start = number > 0 ? Int(ends[number - 1]) : 0
            return UnsafeBufferPointer(rebasing: bytes[start..<Int(ends[number])])
        }
    }

    // INVARIANT: copies of the table's own, never written, let go with the comparison alone.
    private nonisolated(unsafe) let columns: [Column]
    private let given: Int?
    private let surname: Int?
    private let nicknames: [Int32: Set<Int>]
    /// The columns from the quickest to compare to the slowest.
    let order: [Int]

    /// As many levels as four bits tell apart.
    static let levelsMax = 16

    init(_ table: EvidenceTable) {
        func copy<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
            let room = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
            _ = room.initialize(from: elements)
            return UnsafeBufferPointer(room)
        }
        columns = table.columns.map {
            Column(
                field: $0.field,
                numbers: copy($0.numbers),
                bytes: copy($0.values.bytes),
                ends: copy($0.values.ends)
            )
        }
        given = table.columns.firstIndex { $0.field == .givenName }
        surname = table.columns.firstIndex { $0.field == .surname }
        var nicknames: [Int32: Set<Int>] = [:]
        if let given {
            let values = table.columns[given].values
            for number in 0..<Int32(truncatingIfNeeded: values.count) {
                if let groups = NicknameTable.groups(of: values.text(number)) {
                    nicknames[number] = groups
                }
            }
        }
        self.nicknames = nicknames
        func cost(_ column: Int) -> Int {
            switch table.columns[column].field.kind {
            case .word: 0
            case .date: 1
            case .code: 2
            case .name, .forename: 3
            case .text: 4
            }
        }
        order = table.columns.indices.sorted { (cost($0), $0) < (cost($1), $1) }
    }

    deinit {
        for column in columns {
            column.numbers.deallocate()
            column.bytes.deallocate()
            column.ends.deallocate()
        }
    }

    static func level(_ pattern: UInt64, _ column: Int) -> Int {
        Int(truncatingIfNeeded: pattern >> UInt64(4 * column) & 15)
    }

    func pattern(_ one: Int, _ two: Int) -> UInt64 {
        var pattern: UInt64 = 0
        for index in columns.indices {
            let level = quickLevel(index, one, two) ?? level(index, one, two)
            pattern |= UInt64(truncatingIfNeeded: level) << UInt64(4 * index)
        }
        return exchanged(pattern, one, two)
    }

    /// The place of the level where it is seen at once: the same, or one missing; nil where letters have
    /// to be compared.
    @inline(__always)
    func quickLevel(_ index: Int, _ one: Int, _ two: Int) -> Int? {
        let first = columns[index].numbers[one]
        let second = columns[index].numbers[two]
        if first == EvidenceTable.missing || second == EvidenceTable.missing {
            return EvidenceLevel.missingPlace
        }
        return first == second ? EvidenceLevel.exactPlace : nil
    }

    /// The place of the level of two values that are stated and differ.
    func level(_ index: Int, _ one: Int, _ two: Int) -> Int {
        let column = columns[index]
        let first = column.numbers[one]
        let second = column.numbers[two]
        return level(column, first, second).place
    }

    private func level(_ column: Column, _ first: Int32, _ second: Int32) -> EvidenceLevel {
        let left = column.value(first)
        let right = column.value(second)
        switch column.field.kind {
        case .forename:
            let level = Self.name(left, right)
            guard level == .different || level == .partial || level == .similar else {
                return level
            }
            if left.count == 1 && left[0] == right[0] || right.count == 1 && left[0] == right[0] {
                return .nickname
            }
            if let groups = nicknames[first], let others = nicknames[second],
                !groups.isDisjoint(with: others)
            {
                return .nickname
            }
            return level
        case .name, .text: return Self.name(left, right)
        case .date: return Self.date(left, right)
        case .code:
            let level = Self.code(left, right)
            guard level == .different, column.field == .postcode else { return level }
            return Self.isSameDistrict(left, right) ? .partial : .different
        case .word:
            // A code of a letter or two has no spelling to miss.
            return min(left.count, right.count) > 2 && Likeness.edits(left, right, limit: 1) <= 1
                ? .near : .different
        }
    }

    private static func name(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>
    ) -> EvidenceLevel {
        let likeness = Likeness.jaroWinkler(one, two)
        if likeness < 0.6 { return .different }
        if Likeness.edits(one, two, limit: 1) <= 1, min(one.count, two.count) > 2 { return .near }
        if likeness >= 0.9
            || Likeness.edits(one, two, limit: 2) <= 2 && min(one.count, two.count) > 5
        {
            return .similar
        }
        if let sound = Likeness.soundex(one), sound == Likeness.soundex(two) { return .similar }
        return likeness >= 0.8 ? .partial : .different
    }

    private static func code(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>
    ) -> EvidenceLevel {
        switch Likeness.edits(one, two, limit: 2) {
        case 0, 1: .near
        case 2: min(one.count, two.count) > 3 ? .similar : .different
        default: .different
        }
    }

    /// The same part of a British postcode before its last three signs: `EH3` of `EH3 9YL`.
    private static func isSameDistrict(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard one.count == two.count, one.count > 4, one[0] > 0x39 else { return false }
        return one.dropLast(3).elementsEqual(two.dropLast(3))
    }

    /// Year, month and day as eight digits; of another form, as a code.
    private static func date(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>
    ) -> EvidenceLevel {
        guard one.count == 8, two.count == 8 else { return code(one, two) }
        func same(_ range: Range<Int>) -> Bool { range.allSatisfy { one[$0] == two[$0] } }
        if same(0..<4), one[4] == two[6], one[5] == two[7], one[6] == two[4], one[7] == two[5] {
            return .dayMonthExchanged
        }
        switch Likeness.edits(one, two, limit: 2) {
        case 0, 1: return .near
        case 2: return .similar
        default: return same(0..<4) || same(4..<8) ? .partial : .different
        }
    }

    /// Forename in the place of the surname, and the other way about.
    func exchanged(_ pattern: UInt64, _ one: Int, _ two: Int) -> UInt64 {
        guard let given, let surname,
            Self.level(pattern, given) >= EvidenceLevel.partialPlace,
            Self.level(pattern, surname) >= EvidenceLevel.partialPlace
        else { return pattern }
        let there = isSame(columns[given].numbers[one], columns[surname].numbers[two])
        let back = isSame(columns[given].numbers[two], columns[surname].numbers[one])
        // Where the other half is missing, one is enough.
        let isMissing =
            Self.level(pattern, given) == EvidenceLevel.missingPlace
            || Self.level(pattern, surname) == EvidenceLevel.missingPlace
        guard there && back || isMissing && (there || back) else { return pattern }
        let place = UInt64(truncatingIfNeeded: EvidenceLevel.exchanged.place)
        var changed = pattern
        for column in [given, surname] {
            changed &= ~(15 << UInt64(4 * column))
            changed |= place << UInt64(4 * column)
        }
        return changed
    }

    private func isSame(_ forename: Int32, _ name: Int32) -> Bool {
        guard let given, let surname, forename != EvidenceTable.missing,
            name != EvidenceTable.missing
        else { return false }
        let left = columns[given].value(forename)
        let right = columns[surname].value(name)
        if left.count == right.count, left.elementsEqual(right) { return true }
        return min(left.count, right.count) > 4 && Likeness.edits(left, right, limit: 1) <= 1
    }
}
