import EDIFACTAdapters
import PortalIntake
import PortalTestKit

/// The adapters of the room, and the documents that show what each comes to.
enum Fixture {
    static let adapters: [any SourceAdapter] = [
        EDIFACTLabReportAdapter(), EDIFACTRadiologyReportAdapter(),
    ]

    static let all = FixtureFolder.all(
        of: "EDIFACTAdaptersTests",
        from: "laboratory",
        for: adapters
    )

    static func of(_ adapter: String) -> [FixtureFolder] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }
}
