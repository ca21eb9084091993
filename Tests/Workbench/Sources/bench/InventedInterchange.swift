/// An interchange of invented MEDRPT NHS003 laboratory reports.
///
/// - Shape: 10,000 messages make about 12 MB: parties, patient, one specimen, five to fifteen results with
///   range and status; every segment on a line.
struct InventedInterchange {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let tests = [
        ("423..", "Haemoglobin estimation", "g/L", 130, 180),
        ("44I4.", "Serum potassium", "mmol/L", 3, 5),
        ("44I5.", "Serum sodium", "mmol/L", 133, 146),
        ("44J3.", "Serum creatinine", "umol/L", 59, 104),
        ("44CS.", "C reactive protein level", "mg/L", 0, 5),
    ]

    func bytes(messages: Int) -> [UInt8] {
        var random = random
        var text =
            "UNA:+.? '\r\n"
            + "UNB+UNOC:3+5000000000001:14+5000000000002:14+261122:1015+1++MEDRPT'\r\n"
        for index in 1...max(1, messages) {
            let segments = Self.message(index, &random)
            text += segments.joined(separator: "'\r\n")
            text += "'\r\nUNT+\(segments.count + 1)+\(index)'\r\n"
        }
        text += "UNZ+\(messages)+1'\r\n"
        return Array(text.utf8)
    }

    private static func message(_ index: Int, _ random: inout SplitMix64) -> [String] {
        let day = "2026" + String(random.number(1001...1028))
        var segments = [
            "UNH+\(index)+MEDRPT:0:1:RT:NHS003", "BGM+LSR", "DTM+137:\(day)1000:203", "S01+01",
            "NAD+PO+G9990001:900++DR R GREENE", "SPR+PRO", "S01+01", "NAD+MR+Z99901:901",
            "SPR+ORG", "S01+01", "NAD+SLA+++HAEMATOLOGY", "SPR+DPT", "S02+02", "GIS+N",
            "RFF+SRI:26H\(index)", "STS++FI", "DTM+ISR:\(day)0930:203", "S06+06",
            "ADR++US:FLAT \(random.number(1...90)):5 ST JAMES?'S STREET::MILLPORT:++KA28 0XX",
            "S07+07", "PNA+PAT+\(9_990_000_000 + index):OPI+++SU:INVENTED+FO:ANNA+MI:B+TI:MRS",
            "DTM+329:19\(random.number(1020...1099).description.suffix(2))0303:102",
            "PDI+\(random.number(1...2))", "S16+16", "SEQ++1", "SPC+TSP+:::VENOUS BLOOD",
            "RFF+STI:26H\(index)A", "DTM+SCO:\(day)0815:203", "DTM+SRI:\(day)0910:203",
        ]
        for number in 0..<random.number(5...15) {
            let test = tests[random.number(0...(tests.count - 1))]
            let value = random.number((test.3 * 8)...(test.4 * 12))
            segments += [
                "GIS+N", "INV+MQ+\(test.0):911::\(test.1)", "SEQ++\(number + 1)",
                "RSL+NV+\(value / 10).\(value % 10)++:::\(test.2)"
                    + (value > test.4 * 10 ? "+HI" : ""),
                "RFF+ASL:1", "S20+20", "RND+U+\(test.3)+\(test.4)",
            ]
        }
        return segments
    }
}
