/// Names brought to one spelling for comparison, never for display.
///
/// - Rule: SAFETY S1: "case, diacritics, punctuation and spacing folded".
package enum NameFolding {
    /// Lower-case letters of a name, without marks, punctuation or spacing: `O'Brien-Ní` gives
    /// `obrienni`. Letters of other scripts are lower-cased and kept.
    package static func fold(_ name: String) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in name.unicodeScalars { append(scalar, to: &folded) }
        return String(folded)
    }

    /// The folded parts of a double name: `Smith-Jones` gives `smith` and `jones`.
    package static func parts(_ name: String) -> [String] {
        name.split { $0 == "-" || $0 == " " || $0 == "\u{2010}" || $0 == "\u{2011}" }
            .map { fold(String($0)) }
            .filter { !$0.isEmpty }
    }

    private static func append(
        _ scalar: Unicode.Scalar,
        to folded: inout String.UnicodeScalarView
    ) {
        switch scalar.value {
        case 0x61...0x7A, 0x30...0x39: folded.append(scalar)
        case 0x41...0x5A:
            if let lower = Unicode.Scalar(scalar.value + 0x20) { folded.append(lower) }
        case 0..<0x80: return
        case 0xDF, 0x1E9E: folded.append(contentsOf: "ss".unicodeScalars)
        default: appendBeyondASCII(scalar, to: &folded)
        }
    }

    private static func appendBeyondASCII(
        _ scalar: Unicode.Scalar,
        to folded: inout String.UnicodeScalarView
    ) {
        guard scalar.properties.isAlphabetic else { return }
        // The character's own name tells its base letter: "LATIN SMALL LETTER E WITH ACUTE".
        if let name = scalar.properties.name, name.hasPrefix("LATIN ") {
            let words = name.split(separator: " ")
            if let at = words.firstIndex(of: "LETTER"), at + 1 < words.count,
                words[at + 1].utf8.count <= 2
            {
                folded.append(contentsOf: words[at + 1].lowercased().unicodeScalars)
                return
            }
        }
        folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
}
