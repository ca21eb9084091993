import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import XMLAdapters

/// One folder of Fixtures: a document, and what it comes to.
struct Fixture: CustomStringConvertible, Sendable {
    let folder: URL
    var description: String { folder.lastPathComponent }
    var input: URL { folder.appendingPathComponent("input.xml") }
    var golden: URL { folder.appendingPathComponent("expected.json") }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: input)) }

    static let all: [Fixture] =
        SourceTree.files(below: SourceTree.url("Tests/XMLAdaptersTests/Fixtures"))
        .filter {
            // The referral's stand by themselves, other shapes' in a folder of the shape.
            $0.lastPathComponent == "input.xml" && !$0.path.contains("/success/")
                && !$0.path.contains("/failure/")
        }
        .map { Fixture(folder: $0.deletingLastPathComponent()) }
}

func document(_ bytes: [UInt8], hash: ContentHash? = nil) -> SourceDocument {
    SourceDocument(silo: "referrals", bytes: bytes[...], hash: hash)
}

func adapt(_ bytes: [UInt8]) throws -> IntakeReport {
    try SCIGatewayReferralAdapter().adapt(document(bytes))
}
