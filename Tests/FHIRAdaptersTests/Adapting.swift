import FHIRAdapters
import PortalIntake
import PortalTestKit

/// The adapters of the room, and the documents that show what each comes to.
enum Fixture {
    static let adapters: [any SourceAdapter] = [
        FHIRBundleAdapter()
    ]

    static let all = FixtureFolder.all(of: "FHIRAdaptersTests", from: "fhir", for: adapters)

    static func of(_ adapter: String) -> [FixtureFolder] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }
}
