import ExtractAdapters
import PortalBytes
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

/// TESTING (a): every input gives a report, or an error with a code and a place.
@Suite("Bad input")
struct BadInputTests {
    private static let tables: [(any SourceAdapter, String)] = [
        (ScannedNotesManifestAdapter(), "document,page,file,title,hospital_number"),
        (AppointmentListAdapter(), "appointment,start,end,place,hospital_number"),
        (LetterDropAdapter(), "letter,file,date,title,hospital_number"),
    ]

    private static let statement =
        "{\"type\":\"alert\",\"id\":\"1\",\"patient\":{\"identifiers\":[{\"system\":\"GRI\",\"value\":"
        + "\"100001\"}]},\"text\":"

    private func code(_ adapter: any SourceAdapter, _ bytes: [UInt8]) -> String {
        let input = document("").with(bytes)
        _ = adapter.recognises(input)
        _ = adapter.companions(of: input)
        do throws(IntakeError) {
            let ledger = try adapter.adapt(input).ledger
            #expect(ledger.mapped + ledger.ignored + ledger.unmapped == bytes.count)
            return "read"
        } catch {
            #expect(error.outcome == .held && !error.remedy.isEmpty)
            return error.code
        }
    }

    @Test("tables that are none are held, each with its code", arguments: 0..<3)
    func tables(_ index: Int) {
        let (adapter, header) = Self.tables[index]
        let row = header + "\n1,1,1,1,100001\n"
        for (text, expected) in [
            ("", "empty"), ("\n\r\n", "empty"), ("\u{FEFF}", "empty"), ("\0", "nul-byte"),
            (header + "\n1,\0,1,1,100001\n", "nul-byte"), (header + "\n1,1,1\n", "row-ragged"),
            (row + "1,1,1,1,1,1\n", "row-ragged"), (row + "\"1,1,1,1,1", "quote-unclosed"),
            (row + "\"1\"1,1,1,1,1\n", "quote-inside"),
            (header + "," + header + "\n", "column-repeated"),
            (header + ",HOSPITAL_NUMBER\n1,1,1,1,1,2\n", "column-repeated"),
            ("a,b\n1,2\n", "column-missing"), (String(repeating: ",", count: 9), "column-repeated"),
            ("\"", "quote-unclosed"), ("words and no table", "column-missing"),
        ] {
            #expect(code(adapter, Array(text.utf8)) == expected, "\(text.prefix(60))")
        }
        #expect(code(adapter, [UInt8](repeating: 0, count: 1000)) == "nul-byte")
        let utf16 = row.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(code(adapter, [0xFF, 0xFE] + utf16) == "nul-byte")
    }

    @Test(
        "a spreadsheet's rows are all read, and more than the limit are all held (Failures 2)",
        arguments: [65_535, 65_536, 65_537, 100_000, 100_001]
    )
    func manyRows(_ count: Int) {
        var bytes = Array("appointment,start,hospital_number\n".utf8)
        for number in 0..<count { bytes += Array("A\(number),2026-11-25,1\n".utf8) }
        let input = document("").with(bytes)
        do throws(IntakeError) {
            let entries = try AppointmentListAdapter().adapt(input).entries
            #expect(entries.count == 2 * count && count <= 100_000)
        } catch {
            #expect(error.code == "too-many-rows" && error.location == "row 100002")
            #expect(error.outcome == .held && count > 100_000)
        }
    }

    @Test("bytes of any character set are read, and each value keeps its bytes' letters")
    func wrongCharset() {
        for byte in UInt8(0x80)...UInt8(0xFF) {
            let head = Array("appointment,start,place,hospital_number\nA-1,2026,x".utf8)
            let bytes = head + [byte] + Array("y,100001\n".utf8)
            #expect(code(AppointmentListAdapter(), bytes) == "read", "\(byte)")
        }
    }

    @Test("many rows are read, and more rows in no more time each", .timeLimit(.minutes(20)))
    func manyRows() throws {
        func seconds(_ count: Int) throws -> Duration {
            let row = "A-1,2026-11-25T10:00,,CLINIC2,100001\n"
            let text =
                "appointment,start,end,place,hospital_number\n"
                + String(repeating: row, count: count)
            let input = document(text)
            let clock = ContinuousClock()
            let start = clock.now
            let entries = try AppointmentListAdapter().adapt(input).entries
            #expect(entries.count == 2 * count)
            return clock.now - start
        }
        let once = try seconds(5_000)
        let four = try seconds(20_000)
        // Other tests run beside this one: four times the rows would take sixteen times as long
        // where each looked at all.
        #expect(four < once * 12, "\(once), \(four)")
    }

    @Test("one document of many pages, and a manifest without rows", .timeLimit(.minutes(20)))
    func manyPages() throws {
        let rows = (1...5000).map { "S-1,\($0),,,100001\n" }.joined()
        let header = "document,page,file,title,hospital_number\n"
        let whole = try ScannedNotesManifestAdapter().adapt(
            document(header + rows + "TRAILER,1,5000\n")
        )
        #expect(whole.entries.count == 2)
        #expect(
            try ScannedNotesManifestAdapter().adapt(document(header + "TRAILER,0,0\n")).entries
                .isEmpty
        )
    }

    @Test("ten megabytes in one field", .timeLimit(.minutes(20)))
    func largeField() {
        let field = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
        let head = Array("appointment,start,place,hospital_number\nA-1,2026,\"".utf8)
        #expect(code(AppointmentListAdapter(), head + field + Array("\",100001\n".utf8)) == "read")
        #expect(code(AppointmentListAdapter(), head + field) == "quote-unclosed")
        let json = Array((Self.statement + "\"").utf8)
        #expect(code(TopElementsAdapter(), json + field + Array("\"}".utf8)) == "read")
        #expect(code(TopElementsAdapter(), json + field) == "end-missing")
    }

    @Test("more than the limits take is held")
    func limits() {
        var limits = Limits()
        limits.messageBytesMax = 100
        for adapter in Fixture.adapters {
            let text = String(repeating: "a", count: 101)
            do throws(IntakeError) {
                _ = try adapter.adapt(document(text, limits: limits))
                Issue.record("read")
            } catch {
                #expect(["file-too-large", "document-too-large"].contains(error.code))
            }
        }
        limits = Limits()
        limits.delimitersMax = 8
        do throws(IntakeError) {
            _ = try AppointmentListAdapter().adapt(
                document("appointment,start,a,b\n1,2,3,4\n1,2,3,4\n", limits: limits)
            )
            Issue.record("read")
        } catch { #expect(error.code == "too-many-fields") }
    }

    @Test("lines of JSON that are none are held, each with its code")
    func json() {
        let deep = String(repeating: "[", count: 100_000)
        let start = Self.statement
        for (text, expected) in [
            ("", "empty"), (" ", "empty"), ("\0", "unexpected-byte"), ("{}", "type-unknown"),
            (deep, "too-deep"), (start + deep, "too-deep"),
            (start + String(repeating: "{\"a\":", count: 100_000), "too-deep"),
            (start + "\"a\",\"text\":\"b\"}", "key-repeated"),
            (start + "\"a\",\"\\u0074ext\":\"b\"}", "key-repeated"),
            (start + "\"\\ud83d\"}", "surrogate-alone"),
            (start + "\"\\ude00\"}", "surrogate-alone"),
            (start + "\"\\ud83d\\u0041\"}", "surrogate-alone"),
            (start + "\"a\n\"}", "control-character"),
            (start + "\"a\"}x", "trailing-bytes"),
            (start + "\"a\"}" + start + "\"a\"}", "trailing-bytes"),
            (start + "01}", "number-malformed"), (start + "NaN}", "unexpected-byte"),
            (start + "'a'}", "unexpected-byte"), (start + "\"a\",}", "unexpected-byte"),
        ] {
            #expect(code(TopElementsAdapter(), Array(text.utf8)) == expected, "\(text.suffix(30))")
        }
        for bytes in [[0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF]]
            as [[UInt8]]
        {
            let text = Array((start + "\"").utf8) + bytes + Array("\"}".utf8)
            #expect(code(TopElementsAdapter(), text) == "not-utf8")
        }
    }

    @Test("a line of ten megabytes, of many members and elements", .timeLimit(.minutes(20)))
    func longLine() throws {
        let members = (0..<100_000).map { ",\"m\($0)\":[{\"a\":\($0)}]" }.joined()
        let line = Self.statement + "\"a\"" + members + "}"
        let report = try TopElementsAdapter().adapt(document(line))
        #expect(report.ledger.unmapped > members.utf8.count - 200_000)
        #expect(report.diagnostics.count == Limits.standard.findingsMax)
        let labels = String(repeating: "\"V\",", count: 100_000)
        let labelled = Self.statement + "\"a\",\"labels\":[" + labels + "\"V\"]}"
        #expect(try TopElementsAdapter().adapt(document(labelled)).entries.last?.labels.count == 1)
    }

    @Test("random damage gives a report or is held")
    func damage() throws {
        var random = SeededGenerator(seed: 11)
        let alphabet = Array(",;\"\n\r\t{}[]:\\u0dT/-\0é".utf8)
        for fixture in Fixture.all {
            let adapter = try fixture.adapter()
            for input in try fixture.documents() {
                for _ in 0..<40 {
                    var bytes = Array(input.bytes)
                    for _ in 0..<random.number(1...4) where !bytes.isEmpty {
                        let at = random.number(0...(bytes.count - 1))
                        switch random.number(0...2) {
                        case 0: bytes.remove(at: at)
                        case 1:
                            bytes.insert(alphabet[random.number(0...(alphabet.count - 1))], at: at)
                        default: bytes[at] = alphabet[random.number(0...(alphabet.count - 1))]
                        }
                    }
                    let damaged = input.with(bytes)
                    _ = adapter.recognises(damaged)
                    _ = adapter.companions(of: damaged)
                    guard let report = try? adapter.adapt(damaged) else { continue }
                    let ledger = report.ledger
                    let sum = ledger.mapped + ledger.ignored + ledger.unmapped
                    #expect(sum == bytes.count, "\(fixture), seed \(random.seed)")
                }
            }
        }
    }
}
