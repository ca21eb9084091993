import ClinicalPortal
import Foundation
import PortalAdapterKit
import PortalTestKit
import Testing

@Suite("The article keeps its word: its adapter compiles, passes the kit and feeds a portal")
struct ArticleTests {
    private static let article =
        "Sources/PortalAdapterKit/PortalAdapterKit.docc/WriteASourceAdapter.md"
    private static let header = "DISP|PH01|2026-03-02T10:15\n"
    private static let line =
        "D|D1001|dispensed|2026-03-02T10:05|1|9990000018|LEE|Ann|1951-03-03"
        + "|Amoxicillin 500 mg capsules|one three times a day\n"

    private static var dialect: Dialect {
        var dialect = Dialect()
        dialect.localAuthority = "GRI"
        return dialect
    }

    private static let samples: [AdapterSample] = [
        AdapterSample(header + line, name: "one-line"),
        AdapterSample(
            header + line + line.replacing("|LEE|Ann|1951-03-03|", with: "|LEE||-|"),
            name: "birth-date-cleared",
            dialect: dialect
        ),
        AdapterSample(
            header.replacing("\n", with: "\r\n") + "D|||soon||9990000019|||||\r\nX|1\r\n\r\nD\r\n"
                + "D|D2|lost|2029-01-01|||Lée|||Codeine",
            name: "lines-that-make-little-sense"
        ),
        AdapterSample("DISP|PH01", name: "header-alone"),
        AdapterSample(Array(line.utf8), name: "header-missing", isRefused: true),
    ]

    private func adapt(_ text: String) throws -> IntakeReport {
        try DispensingAdapter().adapt(
            SourceDocument(silo: "pharmacy", bytes: Array(text.utf8)[...], dialect: Self.dialect)
        )
    }

    @Test("the article's code is the code that runs, and its lines are the lines that are read")
    func isTheSame() throws {
        let text = String(decoding: try SourceTree.bytes(Self.article), as: UTF8.self)
        let source = String(
            decoding: try SourceTree.bytes("Tests/PortalAdapterKitTests/DispensingAdapter.swift"),
            as: UTF8.self
        )
        let begin = try #require(source.range(of: "// ARTICLE begins\n"))
        let end = try #require(source.range(of: "// ARTICLE ends"))
        let code = source[begin.upperBound..<end.lowerBound]
        #expect(code.utf8.count > 4000)
        #expect(text.contains("## The whole adapter\n\n```swift\n" + code + "```\n"))
        #expect(text.contains("```\n" + Self.header + Self.line + "```"))
    }

    @Test("the article's adapter passes the kit")
    func passes() {
        let faults = AdapterConformance(DispensingAdapter()).check(Self.samples)
        #expect(faults.isEmpty, "\(faults.map(\.description).joined(separator: "\n"))")
    }

    @Test("absent and empty say nothing, and the mark for cleared clears")
    func threeFacts() throws {
        func born(_ field: String) throws -> PatientStatement? {
            let line = Self.line.replacing("1951-03-03", with: field)
            let entry = try adapt(Self.header + line).entries.first
            guard case .patient(let statement)? = entry?.content else { return nil }
            return statement
        }
        #expect(try born("1951-03-03")?.birthDate == PartialDate(year: 1951, month: 3, day: 3))
        #expect(try born("")?.birthDate == nil && born("")?.cleared == [])
        #expect(try born("-")?.birthDate == nil && born("-")?.cleared == ["birthDate"])
        let short = try adapt(Self.header + "D|D1|dispensed\n").entries.first
        guard case .patient(let statement)? = short?.content else {
            Issue.record("no person")
            return
        }
        #expect(statement.cleared.isEmpty && statement.birthDate == nil)
    }

    @Test("a status time beyond the file's own counts as missing, and the value keeps it")
    func future() throws {
        let report = try adapt(
            Self.header + Self.line.replacing("2026-03-02T10:05", with: "2029-01-01")
        )
        let entry = try #require(report.entries.last)
        #expect(entry.statusTime == nil && entry.effective?.year == 2029)
        #expect(report.diagnostics.map(\.code) == ["status-time-in-future"])
    }

    @Test("a portal takes the adapter by its name or by the bytes, and not without being told")
    func portal() throws {
        func kinds(_ profile: String, adapters: [any SourceAdapter]) throws -> [EntryKind] {
            let profile = try SiteProfile(yaml: profile)
            let portal = Portal(
                profile: profile,
                storage: .inMemory(),
                journal: MemoryAuditJournal(),
                adapters: adapters
            )
            let now = Instant(milliseconds: 1_772_500_000_000)
            let receipt = try portal.receive(
                Array((Self.header + Self.line).utf8),
                silo: "pharmacy",
                name: "one.txt",
                at: now
            )
            guard receipt.filed == 1, let reader = profile.person("dr.lee") else { return [] }
            let page = try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: reader,
                at: now
            )
            return page.value.sections.flatMap(\.rows).map(\.kind)
        }
        func profile(_ adapter: String) -> String {
            """
            silos:
              pharmacy: {label: Pharmacy, localAuthority: GRI\(adapter)}
            access:
              roles:
                duty-doctor: {may: [know, read], needsRelationship: false}
            people:
              dr.lee: {roles: [duty-doctor]}
            """
        }
        let ours: [any SourceAdapter] = [DispensingAdapter()] + Portal.libraryAdapters
        #expect(try kinds(profile(""), adapters: ours) == [.medicationStatement])
        let named = profile(", adapter: pharmacy-dispensing")
        #expect(try kinds(named, adapters: ours) == [.medicationStatement])
        #expect(try kinds(profile(""), adapters: Portal.libraryAdapters) == [])
    }

    @Test("an inspection takes the adapter too, also for bytes of no format that the library knows")
    func inspection() {
        let file = Array((Self.header + Self.line).utf8)
        let adapters: [any SourceAdapter] = [DispensingAdapter()]
        #expect(Inspection(file, adapters: adapters).adapters == ["pharmacy-dispensing"])
        #expect(Inspection(file).outcome == .rejected)
        // A control character in its first line makes it no table.
        let odd = Array("DISP|PH\u{01}\n".utf8)
        #expect(Inspection(odd, adapters: adapters).outcome == .adapted)
        #expect(
            Inspection(odd, adapter: "pharmacy-dispensing", adapters: adapters).outcome == .adapted
        )
        #expect(Inspection(odd).outcome == .rejected)
        #expect(Inspection(Array("\u{01}\n".utf8), adapters: adapters).outcome == .rejected)
    }

    /// Tests may see what is for the package alone; whoever follows the article may not.
    @Test("the article's adapter compiles outside the package")
    func outside() throws {
        let builds = [".build/debug/Modules", ".build-tests/debug/Modules"]
        guard
            let modules = builds.map({ SourceTree.url($0).path }).first(where: {
                FileManager.default.fileExists(atPath: $0 + "/PortalAdapterKit.swiftmodule")
            })
        else {
            print("SKIPPED: the build's modules are not in .build/debug; nothing was compiled")
            return
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-I", modules,
            SourceTree.url("Tests/PortalAdapterKitTests/DispensingAdapter.swift").path,
        ]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let errors = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: errors, as: UTF8.self))")
    }
}
