import DelimitedSyntax
import Testing

@Suite("Delimited files")
struct DelimitedSyntaxTests {
    private func table(_ text: String) throws -> [[String]] {
        let bytes = Array(text.utf8)
        let table = try DelimitedTable.read(bytes[...])
        return table.rows.map { $0.map(table.text) }
    }

    private func code(_ text: String) -> String? {
        do throws(DelimitedSyntaxError) {
            _ = try DelimitedTable.read(Array(text.utf8)[...])
            return nil
        } catch {
            return error.code.description + " " + String(error.row)
        }
    }

    @Test("quotes hold delimiters, line ends and doubled quotes (RFC 4180)")
    func quotes() throws {
        #expect(
            try table("a,b\n\"1,2\",\"x\ny\"\n\"say \"\"yes\"\"\",\"\"\n")
                == [["1,2", "x\ny"], ["say \"yes\"", ""]]
        )
    }

    @Test(
        "any line end, a byte order mark, blank lines, and the usual delimiters",
        arguments: [
            "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n\n1,2", "\u{FEFF}a,b\n1,2\n", "a;b\n1;2\n",
            "a\tb\n1\t2\n", "a|b\n1|2\n",
        ]
    )
    func lines(_ text: String) throws { #expect(try table(text) == [["1", "2"]]) }

    @Test(
        "a damaged table is refused with its row, for its values may stand in wrong columns",
        arguments: [
            ("", "empty 0"), ("a,b\n1\n", "row-ragged 2"), ("a,b\n1,2,3\n", "row-ragged 2"),
            ("a,b\n\"1,2\n", "quote-unclosed 2"), ("a,b\n\"1\"x,2\n", "quote-inside 2"),
            ("a,a\n1,2\n", "column-repeated 1"), ("a,b\n1,\0\n", "nul-byte 2"),
        ]
    )
    func damaged(_ text: String, _ expected: String) { #expect(code(text) == expected) }

    @Test("formulas are text, and a row of 65,536 and one more are read (Failures 2)")
    func rows() throws {
        #expect(try table("a,b\n=1+1,@x\n") == [["=1+1", "@x"]])
        for count in [65_535, 65_536, 65_537] {
            let text = "a,b\n" + String(repeating: "1,2\n", count: count)
            #expect(try table(text).count == count)
        }
    }

    @Test("every truncation is read or refused, never a trap")
    func truncated() {
        let text = "a,b\r\n\"x\"\"y\",2\r\n3,\"4\n\"\r\n"
        for length in 0..<text.utf8.count {
            _ = code(String(decoding: Array(text.utf8).prefix(length), as: UTF8.self))
        }
    }
}
