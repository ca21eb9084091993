import PortalRecord
import Testing

@Suite("Words of a text")
struct SearchWordsTests {
    @Test(
        "are the same one by one and all at once",
        arguments: [
            "", "  ", "Dear Dr", "na\u{308}ive  caf\u{E9}-au-lait, 10 mg",
            "a\u{301}\u{301} 日本 x1y2",
            "O’Neill\tand\r\nSons…",
        ]
    )
    func line(_ text: String) {
        #expect(SearchWords.line(text) == SearchWords.words(text).joined(separator: " "))
    }
}
