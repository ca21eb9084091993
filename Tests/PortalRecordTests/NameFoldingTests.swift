import PortalRecord
import Testing

/// SAFETY S1: case, diacritics, punctuation and spacing folded; PITFALLS 0.5, 35.
@Suite("Name folding")
struct NameFoldingTests {
    @Test(
        "names that differ in case, marks, punctuation or spacing fold to one",
        arguments: [
            ("O'Brien", "obrien"), ("O\u{2019}BRIEN", "obrien"), ("O\u{2BC}Brien", "obrien"),
            ("Ní Dhónaill", "nidhonaill"), ("NI\u{301} DHO\u{301}NAILL", "nidhonaill"),
            ("Sørensen", "sorensen"), ("ØSTERGÅRD", "ostergard"), ("Strauß", "strauss"),
            ("STRAUẞ", "strauss"), ("Michał", "michal"), ("Łukasz", "lukasz"),
            ("Æthelred", "aethelred"), ("Œuvre", "oeuvre"), ("Nguyễn", "nguyen"),
            ("Dvořák", "dvorak"), ("Smith-Jones", "smithjones"), ("Mac Donald", "macdonald"),
            ("İpek", "ipek"), ("Işık", "isik"), ("\u{FB01}nn", "finn"), ("", ""), ("-'. ", ""),
            ("\u{301}", ""), ("Ann2", "ann2"),
        ]
    )
    func folded(name: String, expected: String) {
        #expect(NameFolding.fold(name).utf8.elementsEqual(expected.utf8))
    }

    @Test("letters of other scripts are lower-cased and kept")
    func otherScripts() {
        #expect(NameFolding.fold("ΑΝΝΑ") == "αννα")
        #expect(NameFolding.fold("Анна") == "анна")
        #expect(NameFolding.fold("王 小明") == "王小明")
        #expect(!NameFolding.fold("محمد").isEmpty)
    }

    @Test("one character or two for a letter with a mark make no difference (PITFALLS 0.5)")
    func composition() {
        for (one, two) in [
            ("\u{E9}", "e\u{301}"), ("\u{3AE}", "\u{3B7}\u{301}"), ("\u{439}", "\u{438}\u{306}"),
            ("\u{1EC5}", "e\u{302}\u{303}"), ("\u{38F}", "\u{3A9}\u{301}"),
        ] {
            #expect(NameFolding.fold(one) == NameFolding.fold(two))
            #expect(!NameFolding.fold(one).isEmpty)
        }
    }

    @Test("folding twice changes nothing")
    func idempotent() {
        for name in ["O'Brien-Ní", "Øß ł", "ΑΝΝΑ", "\u{438}\u{306}", "Œ", "Işık"] {
            let once = NameFolding.fold(name)
            #expect(NameFolding.fold(once) == once)
        }
    }

    @Test("a double name has its parts, whichever hyphen stands between them (PITFALLS 35)")
    func parts() {
        for hyphen in ["-", " ", "\u{2010}", "\u{2011}", "\u{2013}", "\u{A0}", " - "] {
            #expect(NameFolding.parts("Smith\(hyphen)Jones") == ["smith", "jones"])
        }
        #expect(NameFolding.parts("Smith-\u{301}Jones") == ["smith", "jones"])
        #expect(NameFolding.parts("").isEmpty)
    }
}
