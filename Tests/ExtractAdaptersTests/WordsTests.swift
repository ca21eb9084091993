import ExtractAdapters
import PortalBytes
import PortalIntake
import PortalRecord
import Testing

/// What the words of a letter, a date and a status come to, through the adapters.
@Suite("Letters in rich text, dates and statuses")
struct WordsTests {
    private func letter(_ rtf: [UInt8]) throws -> (text: String, findings: [String]) {
        let table = document(
            "letter,file,hospital_number\nL-1,one.rtf,100001\n",
            files: ["one.rtf": rtf]
        )
        let report = try LetterDropAdapter().adapt(table)
        guard case .clinicalDocument(let letter)? = report.entries.last?.content else {
            throw CancellationError()
        }
        return (letter.text, report.diagnostics.map(\.code))
    }

    private func text(_ rtf: String) throws -> String {
        try letter(Array(("{\\rtf1\\ansi " + rtf + "}").utf8)).text
    }

    @Test(
        "rich text (RTF 1.9.1)",
        arguments: [
            // Escapes and breaks.
            ("a\\\\b\\{c\\}d", "a\\b{c}d"), ("a\\par b\\line c\\tab d", "a\nb\nc\td"),
            ("a\\\nb\\\tc", "a\nb\tc"), ("a\r\nb", "ab"),
            ("5\\_10\\~mg opt\\-ional", "5-10 mg optional"),
            ("{\\trowd a\\cell b\\cell\\row}c", "a\tb\t\nc"),
            // Hexadecimal: two digits or none; a group's end is no digit.
            ("Zo\\'eb \\'80", "Zoë €"), ("{\\'+5}x", "+5x"), ("{a\\'}b", "ab"), ("a\\'4", "a4"),
            // Unicode: the fallback is left out, as many characters as \uc says.
            ("\\u8804?x", "≤x"), ("\\u8804\\'3fx", "≤x"), ("\\u8804 ?x", "≤x"),
            ("{\\uc0\\u8804 x}\\u8804?y", "≤x≤y"), ("\\uc2\\u8804??x", "≤x"),
            ("\\u8804\\bullet x", "≤x"), ("\\uc3\\u8804\\'3f?\\'3fx", "≤x"),
            ("{\\u8804}x", "≤x"), ("\\u8804\\par x", "≤\nx"), ("\\u8804\\u8805??x", "≤≥?x"),
            ("\\u-4051?x", "\u{F02D}x"), ("\\u-10179?\\u-8704?x", "😀x"),
            ("\\u55357?x", "\u{FFFD}x"), ("\\u-8704?x", "\u{FFFD}x"), ("\\u-10179?", "\u{FFFD}"),
            ("\\u99999999?x", "\u{FFFD}x"), ("\\u128512?x", "😀x"),
            // Destinations.
            ("{\\fonttbl{\\f0 Arial;}{\\f1 Times;}}x", "x"), ("{\\info{\\title T}}x", "x"),
            ("{\\headerr H}{\\footerf F}x", "x"), ("{\\*\\unknown y}x", "x"),
            ("{\\*\\bkmkstart b}x{\\*\\bkmkend b}", "x"),
            ("{\\field{\\*\\fldinst HYPERLINK}{\\fldrslt here}}", "here"),
            ("{\\footnote Note}x", "Notex"), ("{\\pict{\\*\\blipuid 00}ffd8}x", "x"),
            ("{\\listtext\\'b7\\tab}x", "·\tx"),
            (
                "{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn a}{\\sv b}}{\\shptxt box}}{\\shprslt old}}x",
                "boxx"
            ),
            ("{\\header{\\shp{\\*\\shpinst{\\shptxt box}}}}x", "x"),
            ("{\\object{\\*\\objdata 00}{\\result r}}x", "x"),
            // Binary content is passed over as it stands.
            ("{\\pict\\bin3 }}}}x", "x"), ("a\\bin0 b", "ab"), ("a\\bin-5 b", "ab"),
            ("a\\bin99999999 b", "a"),
            // What changes the meaning of words.
            ("10{\\super 9}/L", "10^9/L"), ("10\\super 9\\nosupersub /L", "10^9/L"),
            ("10\\super\\b 9\\plain /L", "10^9/L"), ("10{\\super {9}{7}}/L", "10^97/L"),
            ("10{\\super }/L", "10/L"), ("H{\\sub 2}O", "H2O"),
            ("{\\deleted not }well", "well"), ("\\deleted not \\deleted0 well", "well"),
            // Groups.
            ("a}}}b", "ab"), ("{{{a", "a"), ("a\\", "a}"),
        ]
    )
    func richText(_ source: String, _ expected: String) throws {
        #expect(try text(source) == expected)
    }

    @Test("groups stand as deep as they like, and what is left out stays out behind them")
    func deepGroups() throws {
        for depth in [200, 255, 256, 257, 300, 5000] {
            let open = String(repeating: "{", count: depth)
            let close = String(repeating: "}", count: depth)
            #expect(try text("a{\\pict \(open)b\(close)c}d\(open)e\(close)f") == "adef", "\(depth)")
        }
    }

    @Test("every cut of a rich text file is read, and no half word of control comes through")
    func cuts() throws {
        let source = Array(
            "{\\rtf1\\ansi{\\fonttbl{\\f0 A;}}Zo\\'eb \\u8804?\\u-10179?\\u-8704?{\\pict\\bin2 }}}x}"
                .utf8
        )
        for end in 5...source.count {
            let text = try letter(Array(source[..<end])).text
            #expect(!text.contains("\\") && !text.contains("{"), "\(end)")
        }
    }

    @Test("letters beyond ASCII of a code page that is not read are a finding")
    func codePages() throws {
        for (header, isKnown) in [
            ("\\ansi", true), ("\\ansi\\ansicpg1252", true), ("\\ansi\\ansicpg1251", false),
            ("\\mac", false), ("\\pca", false),
        ] {
            let findings = try letter(Array("{\\rtf1\(header) \\'e9}".utf8)).findings
            #expect(findings == (isKnown ? [] : ["letter-charset-unknown"]), "\(header)")
        }
    }

    // MARK: Dates

    private func start(_ text: String) throws -> String? {
        let report = try AppointmentListAdapter().adapt(
            document("appointment,start,hospital_number\nA-1,\"\(text)\",100001\n")
        )
        let date = report.entries.last?.effective
        #expect((date == nil) == report.diagnostics.contains { $0.code == "date-unreadable" })
        return date?.description
    }

    @Test(
        "dates as people type them, and never a guess",
        arguments: [
            ("2026", "2026"), ("2026-11", "2026-11"), ("2026-11-22", "2026-11-22"),
            ("2026-11-22T10:04", "2026-11-22T10:04"), ("2026-11-22 10:04", "2026-11-22T10:04"),
            ("2026-11-22 10:04:05.50Z", "2026-11-22T10:04:05.50Z"),
            ("2026-11-22T10:04+01:00", "2026-11-22T10:04+01:00"),
            ("2026-11-22T10:04-00:00", "2026-11-22T10:04Z"),
            ("22/11/2026", "2026-11-22"), ("2/1/2026", "2026-01-02"),
            ("02/01/2026 09:15", "2026-01-02T09:15"), ("02/01/2026 09", "2026-01-02T09"),
            ("02/01/2026 09:15:30+01:00", "2026-01-02T09:15:30+01:00"),
            ("29/02/2024", "2024-02-29"),
        ]
    )
    func dates(_ text: String, _ expected: String) throws { #expect(try start(text) == expected) }

    @Test(
        "what is no date, or could be two",
        arguments: [
            "29/02/2026", "11/22/2026", "22/11/26", "022/11/2026", "22/11/02026", "+2/11/2026",
            "22//11/2026", "22/11/2026/", "/22/11/2026", "22/11", "22.11.2026", "22-11-2026",
            "22/11/2026T10:04", "22/11/2026 10:04 PM", "22/11/2026 9:15", "22/11/2026  10:04",
            "22/11/2026 ", " 22/11/2026", "2026-11-22 ", "2026-11 10:04", "2026 10:04",
            "2026-11-22Z 10:04", "2026-11-22T10:04 +01:00", "2026-11-22T24:00", "2026-11-22T10:60",
            "2026-11-22T10:04:05.", "2026-11-22T1004", "20261122", "22 Nov 2026", "today", "0",
            "٢٢/١١/٢٠٢٦", "22/11/2026 +01:00",
        ]
    )
    func noDates(_ text: String) throws { #expect(try start(text) == nil) }

    // MARK: Statuses

    private func status(_ word: String) throws -> (ResultStatus?, [String]) {
        let report = try LetterDropAdapter().adapt(
            document("letter,file,hospital_number,status\nL-1,,100001,\"\(word)\"\n")
        )
        let codes = report.diagnostics.map(\.code).filter { $0 != "letter-file-missing" }
        return (report.entries.last?.status, codes)
    }

    @Test("words for a status, however they are written; an unknown one is said")
    func statuses() throws {
        for (word, expected) in [
            ("", ResultStatus.final), ("Final", .final), ("DRAFT", .preliminary),
            ("corrected", .corrected), ("Amended", .amended), ("Withdrawn", .withdrawn),
            ("cancelled", .withdrawn), ("Deleted", .withdrawn), ("Wrong Patient", .wrongPatient),
            ("wrong_patient", .wrongPatient), ("entered-in-error", .enteredInError),
            ("ENTERED IN ERROR", .enteredInError), (" entered  in error ", .enteredInError),
        ] {
            let (status, findings) = try status(word)
            #expect(status == expected && findings.isEmpty, "\(word)")
        }
        for word in ["replaced", "error", "not final", "x"] {
            let (status, findings) = try status(word)
            #expect(status == .final && findings == ["status-unknown"], "\(word)")
        }
    }

    @Test("findings are kept for each entry, however many others there are, and counted")
    func findingsOfManyRows() throws {
        var limits = Limits()
        limits.findingsMax = 5
        let rows = (0..<20).map { "A-\($0),never,10000\($0)" }
        let report = try AppointmentListAdapter().adapt(
            document(
                "appointment,start,hospital_number\n" + rows.joined(separator: "\n") + "\n",
                limits: limits
            )
        )
        #expect(report.diagnostics.count == 5)
        #expect(report.diagnostics.last?.code == "findings-left-out")
        #expect(report.diagnostics.last?.location == "16 more in this file")
        let bookings = report.entries.filter { $0.kind == .appointment }
        #expect(bookings.count == 20)
        #expect(bookings.allSatisfy { $0.findings.map(\.code) == ["date-unreadable"] })
    }
}
