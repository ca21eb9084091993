/// How alike two words are, letter by letter.
///
/// - Units: bytes of folded text, which are letters and digits almost always. Of longer words only the
///   first ``lengthMax`` are looked at.
enum Likeness {
    static let lengthMax = 48

    /// Optimal string alignment: letters inserted, left out, changed, or neighbours swapped; a number
    /// beyond `limit` where there are more.
    static func edits(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>,
        limit: Int
    ) -> Int {
        var start = 0
        var first = min(one.count, lengthMax)
        var second = min(two.count, lengthMax)
        guard abs(first - second) <= limit else { return limit + 1 }
        // What stands alike at either end is part of no edit.
        while first > 0, second > 0, one[first - 1] == two[second - 1] {
            first -= 1
            second -= 1
        }
        while start < first, start < second, one[start] == two[start] { start += 1 }
        first -= start
        second -= start
        guard first > 0, second > 0 else { return max(first, second) }
        // An edit changes at most which two letters a word has: most words are told apart by that.
        let others = letters(one, start, first) ^ letters(two, start, second)
        guard others.nonzeroBitCount <= 2 * limit else { return limit + 1 }
        let width = lengthMax + 1
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * width) { rows in
            var before = 0
            var last = width
            var now = 2 * width
            for column in 0...second { rows[last + column] = Int32(truncatingIfNeeded: column) }
            for row in 1..<(first + 1) {
                rows[now] = Int32(truncatingIfNeeded: row)
                var best = rows[now]
                let letter = one[start + row - 1]
                for column in 1..<(second + 1) {
                    let other = two[start + column - 1]
                    var cost = min(rows[last + column] &+ 1, rows[now + column - 1] &+ 1)
                    cost = min(cost, rows[last + column - 1] &+ (letter == other ? 0 : 1))
                    if row > 1, column > 1, letter == two[start + column - 2],
                        one[start + row - 2] == other
                    {
                        cost = min(cost, rows[before + column - 2] &+ 1)
                    }
                    rows[now + column] = cost
                    best = min(best, cost)
                }
                if best > limit { return limit + 1 }
                (before, last, now) = (last, now, before)
            }
            return Int(rows[last + second])
        }
    }

    /// Which letters and digits a stretch has, a bit for each.
    private static func letters(
        _ word: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ count: Int
    ) -> UInt64 {
        var letters: UInt64 = 0
        for place in start..<(start + count) { letters |= 1 << UInt64(word[place] & 63) }
        return letters
    }

    /// Jaro and Winkler: 1 for the same, 0 for nothing in common.
    ///
    /// - Rule: Winkler 1990: a common start of up to four letters counts a tenth of what is missing.
    static func jaroWinkler(
        _ one: UnsafeBufferPointer<UInt8>,
        _ two: UnsafeBufferPointer<UInt8>
    ) -> Double {
        let first = min(one.count, lengthMax)
        let second = min(two.count, lengthMax)
        guard first > 0, second > 0 else { return 0 }
        let window = max(0, max(first, second) / 2 - 1)
        var takenOne: UInt64 = 0
        var takenTwo: UInt64 = 0
        var common = 0
        for row in 0..<first {
            let low = max(0, row - window)
            let high = min(second - 1, row + window)
            guard low <= high else { continue }
            for column in low...high
            where takenTwo >> UInt64(column) & 1 == 0 && one[row] == two[column] {
                takenOne |= 1 << UInt64(row)
                takenTwo |= 1 << UInt64(column)
                common += 1
                break
            }
        }
        guard common > 0 else { return 0 }
        var swapped = 0
        var rest = takenTwo
        for row in 0..<first where takenOne >> UInt64(row) & 1 == 1 {
            let column = rest.trailingZeroBitCount
            rest &= rest &- 1
            if one[row] != two[column] { swapped += 1 }
        }
        let count = Double(common)
        let jaro =
            (count / Double(first) + count / Double(second) + (count - Double(swapped / 2)) / count)
            / 3
        var start = 0
        while start < min(4, first, second), one[start] == two[start] { start += 1 }
        return jaro + Double(start) * 0.1 * (1 - jaro)
    }

    /// The sound of a name: its first letter and three digits; nil for one without letters.
    ///
    /// - Rule: American Soundex (National Archives): letters of one sound that follow one another count
    ///   once, H and W between them change nothing, a vowel parts them.
    static func soundex(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard let first = name.first, (0x61...0x7A).contains(first) else { return nil }
        var code = UInt32(first)
        var digits = 0
        var last = sounds[Int(first - 0x61)]
        for letter in name.dropFirst() where digits < 3 {
            guard (0x61...0x7A).contains(letter) else { continue }
            if letter == 0x68 || letter == 0x77 { continue }
            let sound = sounds[Int(letter - 0x61)]
            if sound != 0, sound != last {
                code = code << 8 | UInt32(sound)
                digits += 1
            }
            last = sound
        }
        while digits < 3 {
            code <<= 8
            digits += 1
        }
        return code
    }

    /// A to Z.
    private static let sounds: [UInt8] = [
        0, 1, 2, 3, 0, 1, 2, 0, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 0, 2, 0, 2,
    ]
}
