import ExtractAdapters
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Laws over every fixture")
struct LawTests {
    @Test("P2: mapped + ignored + unmapped is the document", arguments: Fixture.all)
    func sums(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        for document in try fixture.documents() {
            guard let ledger = try? adapter.adapt(document).ledger else { continue }
            let sum = ledger.mapped + ledger.ignored + ledger.unmapped
            #expect(sum == document.bytes.count)
            #expect(ledger.mapped > 0)
        }
    }

    @Test("changing a byte marked mapped changes an entry or is held", arguments: Fixture.all)
    func honest(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        for document in try fixture.documents() where document.bytes.count < 5000 {
            #expect(adapter.dishonestOffsets(document) == [])
        }
    }

    @Test("only what could not be read, or has no name of ours, is unmapped in a success")
    func unmapped() throws {
        for fixture in Fixture.all where fixture.isSuccess {
            let adapter = try fixture.adapter()
            for document in try fixture.documents() {
                let ranges = try adapter.adapt(document).ledger.unmappedRanges
                let left: [String] = ranges.map {
                    String(decoding: Array(document.bytes)[$0], as: UTF8.self)
                }
                switch fixture.description {
                case "top-elements/success/unknown-members":
                    #expect(left.count == 5, "\(left)")
                    #expect(left.contains("\"shoe\":{\"size\":[1,{\"a\":2}]}"))
                case "gp-emergency-summary/success/unknown-members":
                    #expect(
                        left == [
                            "\"shoe\":{\"size\":7}", "\"system\":\"Vision\"", "\"batch\":\"X1\"",
                        ]
                    )
                default: #expect(left.isEmpty, "\(fixture): \(left)")
                }
            }
        }
    }

    @Test(
        "every truncation gives a report or is held, and counts its bytes",
        arguments: Fixture.all
    )
    func cuts(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        let own = type(of: adapter).name
        for document in try fixture.documents() {
            let bytes = Array(document.bytes)
            for end in bytes.indices {
                let cut = document.with(Array(bytes[..<end]))
                _ = adapter.recognises(cut)
                _ = adapter.companions(of: cut)
                do throws(IntakeError) {
                    let ledger = try adapter.adapt(cut).ledger
                    #expect(ledger.mapped + ledger.ignored + ledger.unmapped == end)
                    // A cut manifest and a cut line of JSON never pass for a whole one; of two
                    // manifests in one file the first is one.
                    guard own == "scanned-notes-manifest" || type(of: adapter).format == "jsonl",
                        !fixture.description.hasSuffix("two-manifests-in-one")
                    else { continue }
                    let isWhole = bytes[end...].allSatisfy { [0x0A, 0x0D, 0x2C].contains($0) }
                    #expect(isWhole, "cut at \(end)")
                } catch {
                    #expect(error.outcome == .held)
                }
            }
        }
    }

    // MARK: Privacy

    @Test("of social care nothing is kept but flag, dates, contact and person; all is counted")
    func planText() throws {
        let words = [
            "Neglect", "domestic", "refused", "partner", "Secret House", "conference", "reviewed",
            "twelfth", "Core assessment",
        ]
        for fixture in Fixture.of("social-care") {
            let adapter = try fixture.adapter()
            for document in try fixture.documents() {
                guard let report = try? adapter.adapt(document) else { continue }
                #expect(report.ledger.unmapped == 0, "\(fixture)")
                let said = try CanonicalJSON.text(report.entries)
                for word in words {
                    #expect(!said.contains(word), "\(fixture): \(word)")
                }
            }
        }
        let long = String(repeating: "The plan. ", count: 20)
        for place in [
            #""id":"X""#, #""from":"X""#, #""status":"X""#, #""labels":["X"]"#, #""version":"X""#,
            #""flag":"X""#, #""contact":"X""#, #""contact":{"name":"X"}"#, #""contact":["X"]"#,
            #""notes":{"a":["X"]}"#, #""updated":{"a":"X"}"#,
        ] {
            let line =
                #"{"extract":"social-care","patient":{"identifiers":[{"system":"CHI","value":"9990000018","n":"X"}],"name":{"family":"X","also":"X"},"gender":"X","birthDate":"X"},"#
                + (place.hasPrefix("\"flag") ? "" : #""flag":"CPP","#) + place + "}"
            let report = try SocialCareAdapter().adapt(document(line.replacing("X", with: long)))
            #expect(try !CanonicalJSON.text(report.entries).contains("The plan"), "\(place)")
            #expect(report.ledger.unmapped == 0)
            #expect(report.ledger.ignoredByRule[.planText] ?? 0 > long.utf8.count)
        }
    }

    private static let canary = "Zebedee"

    /// Nothing of a document is in what is said of it.
    private func isSilent(_ adapter: any SourceAdapter, _ document: SourceDocument) throws {
        do throws(IntakeError) {
            let report = try adapter.adapt(document)
            let said = report.diagnostics + report.entries.flatMap(\.findings)
            for finding in said {
                #expect(!"\(finding)".contains(Self.canary), "\(finding.code)")
            }
            #expect(report.entries.allSatisfy { !$0.origin.path.contains(Self.canary) })
        } catch {
            #expect(!"\(error) \(String(reflecting: error))".contains(Self.canary), "\(error.code)")
        }
    }

    @Test("a canary in every field of a table is in no error or diagnostic", arguments: Fixture.all)
    func tableCanaries(_ fixture: Fixture) throws {
        guard fixture.input.pathExtension == "csv" else { return }
        let adapter = try fixture.adapter()
        for document in try fixture.documents() {
            let text = String(decoding: document.bytes, as: UTF8.self)
            // Behind each delimiter and line end: in rows, in quotes, in the header too.
            for marks in [/([,;\t]"?)/, /([\r\n]+"?)/, /(^|[,;\t\r\n]"?)/, /(["A-Za-z0-9])/] {
                let marked = text.replacing(marks) { $0.output.1 + Self.canary }
                try isSilent(adapter, document.with(Array(marked.utf8)))
                guard let end = text.firstIndex(of: "\n") else { continue }
                let rows = text[end...].replacing(marks) { $0.output.1 + Self.canary }
                let trailer = rows.replacing(Self.canary + "TRAILER", with: "TRAILER")
                try isSilent(adapter, document.with(Array((text[..<end] + rows).utf8)))
                try isSilent(adapter, document.with(Array((text[..<end] + trailer).utf8)))
            }
        }
    }

    @Test("a canary in every text and name of JSON is in no error or diagnostic")
    func jsonCanaries() throws {
        for fixture in Fixture.lines {
            let adapter = try fixture.adapter()
            for document in try fixture.documents() where document.bytes.count < 5000 {
                let text = String(decoding: document.bytes, as: UTF8.self)
                let values = text.replacing(/:"/) { _ in ":\"" + Self.canary }
                    .replacing("\"type\":\"" + Self.canary, with: "\"type\":\"")
                    .replacing("\"extract\":\"" + Self.canary, with: "\"extract\":\"")
                // Each name in turn: the others keep their meaning.
                var variants = [values, String(values.dropLast()), String(values.dropLast(9))]
                for match in text.matches(of: /"[A-Za-z]+":/) {
                    var renamed = text
                    renamed.insert(
                        contentsOf: Self.canary,
                        at: renamed.index(after: match.range.lowerBound)
                    )
                    variants.append(renamed)
                }
                for variant in variants {
                    try isSilent(adapter, document.with(Array(variant.utf8)))
                    let inside = variant.replacing("\"text\":", with: "\"\(Self.canary)\":[{")
                    try isSilent(adapter, document.with(Array(inside.utf8)))
                }
            }
        }
    }
}
