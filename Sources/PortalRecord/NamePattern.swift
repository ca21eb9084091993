/// Words that a site writes where a person's name would stand.
///
/// - Shape: one or more words, compared folded. A `*` at the end lets any further words follow, as in
///   `Unknown *`; one that touches the last word, as in `QC*`, lets that go on as well.
public struct NamePattern: Hashable, Sendable {
    /// The pattern as the profile writes it.
    public let text: String
    private let words: [String]
    private let isOpen: Bool
    /// Whether the last word may go on.
    private let isPrefix: Bool

    /// Takes a pattern; nil for one without a word, which would fit everybody, and for a `*` that is not
    /// its end.
    public init?(_ text: String) {
        let isOpen = text.utf8.last == UInt8(ascii: "*")
        let words = SearchWords.words(isOpen ? String(text.dropLast()) : text)
        guard !words.isEmpty, !(isOpen ? String(text.dropLast()) : text).contains("*") else {
            return nil
        }
        isPrefix = isOpen && text.dropLast().utf8.last != 0x20
        self.text = text
        self.words = words
        self.isOpen = isOpen
    }

    /// Whether a text is these words, whatever marks stand between them.
    package func fits(_ text: String) -> Bool { fits(words: SearchWords.words(text)) }

    /// Whether a name is these words, in either order of surname and forename.
    package func fits(_ name: HumanName) -> Bool {
        let given = SearchWords.words(
            [name.given, name.middle].compactMap { $0 }.joined(separator: " ")
        )
        let family = SearchWords.words(name.family ?? "")
        return fits(words: given + family) || fits(words: family + given)
    }

    /// Whether these words stand somewhere in a text, one behind the other.
    package func stands(in text: String) -> Bool {
        let own = SearchWords.words(text)
        guard own.count >= words.count else { return false }
        return (0...(own.count - words.count)).contains { own[$0...].starts(with: words) }
    }

    private func fits(words own: [String]) -> Bool {
        guard isPrefix, let last = words.last else {
            return isOpen ? own.starts(with: words) : own == words
        }
        return own.count >= words.count && own.starts(with: words.dropLast())
            && own[words.count - 1].hasPrefix(last)
    }
}

/// What a site writes where it does not know who a person is, or files a child under its mother.
///
/// Names and numbers that are written everywhere (`Unknown`, `Baby`, nines) are known without.
///
/// - Rule: SAFETY S1, S2 ("Never: blanks or placeholders matching each other").
public struct StandIns: Hashable, Sendable {
    /// Names of people whom nobody knows yet, such as `Unknown Male` or `Trauma *`: they match no name.
    public var people: [NamePattern] = []
    /// Numbers that stand for no number, such as `TEMP1`: nobody is filed under them.
    public var numbers: [NamePattern] = []
    /// Words in the name of a child that is sent under its mother's numbers, such as `B/O`: it is not
    /// filed as its mother, nor linked to her without a person's word.
    public var newborns: [NamePattern] = []

    /// Knows none.
    public init() {}

    /// Whether a number stands for none.
    package func isNumber(_ value: String) -> Bool { numbers.contains { $0.fits(value) } }

    /// What tells a child under its mother's numbers from others there, twins above all: its name as
    /// it is written, folded; nil where no name is such a child's.
    package func newborn(_ names: [HumanName]) -> String? {
        guard !newborns.isEmpty else { return nil }
        for name in names {
            let parts = [name.prefix, name.given, name.middle, name.family, name.suffix]
                .compactMap { $0 }
            guard parts.contains(where: { part in newborns.contains { $0.stands(in: part) } })
            else { continue }
            return SearchWords.words(parts.joined(separator: " ")).joined(separator: " ")
        }
        return nil
    }
}
