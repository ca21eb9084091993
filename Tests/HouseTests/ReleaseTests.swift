import Foundation
import PortalTestKit
import Testing

@Suite("Nobody outside PortalAccess makes a Released value (DESIGN P5)")
struct ReleaseTests {
    private struct Compiled {
        let status: Int32
        let errors: String
    }

    /// Type-checks a file against the modules of this very build, as a backend would.
    private func compile(_ source: String, inPackage: Bool) throws -> Compiled? {
        let builds = [".build/debug/Modules", ".build-tests/debug/Modules"]
        guard
            let modules = builds.map({ SourceTree.url($0).path }).first(where: {
                FileManager.default.fileExists(atPath: $0 + "/PortalAccess.swiftmodule")
            })
        else {
            print("SKIPPED: the build's modules are not in .build/debug; forging was not tried")
            return nil
        }
        let file = NSTemporaryDirectory() + "forge-" + UUID().uuidString + ".swift"
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-I", modules]
            + (inPackage ? ["-package-name", "clinicalportal"] : []) + [file]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let errors = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Compiled(
            status: process.terminationStatus,
            errors: String(decoding: errors, as: UTF8.self)
        )
    }

    @Test("what may be done with one compiles, so that a refusal below means something")
    func control() throws {
        let source = """
            import PortalAccess
            func read(_ page: Released<TimelinePage>) -> TimelinePage { page.value }
            """
        guard let compiled = try compile(source, inPackage: false) else { return }
        #expect(compiled.status == 0, "\(compiled.errors)")
    }

    @Test(
        "every way to make one is refused, inside the package too",
        arguments: [
            "func f() -> Released<Int> { Released(1, auditEvent: \"\") }",
            "func f() -> Released<Int> { .init(1, auditEvent: \"\") }",
            "extension Released { init(mine: Value) { value = mine; auditEvent = \"\" } }",
            "extension Released { init(mine: Value) { self.init(mine, auditEvent: \"\") } }",
            "func f(_ r: Released<Int>) -> Released<Int> { r.map { $0 + 1 } }",
            "func f(_ r: inout Released<Int>) { r.value = 2 }",
            "import Foundation\nfunc f(_ d: Data) throws -> Released<Int> { try JSONDecoder().decode(Released<Int>.self, from: d) }",
        ],
        [false, true]
    )
    func forged(_ attempt: String, inPackage: Bool) throws {
        guard let compiled = try compile("import PortalAccess\n" + attempt, inPackage: inPackage)
        else { return }
        #expect(compiled.status != 0)
        #expect(compiled.errors.contains("error:"))
    }

    @Test("the store's reading verbs are not for backends")
    func storeIsClosed() throws {
        let source = """
            import PortalStore
            func f(_ storage: PortalStorage) throws { _ = try storage.base.patients(rules: .init()) }
            """
        guard let compiled = try compile(source, inPackage: false) else { return }
        #expect(compiled.status != 0)
    }
}
