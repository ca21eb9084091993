// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target (CONTRIBUTING.md, "House rules").
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

/// One room of the library: a folder under Sources with the rooms it may look into.
func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: house)
}

/// The tests of one room, or of a law that spans rooms.
///
/// `fixtures` are files and folders that the tests read from the source tree.
func tests(
    _ name: String,
    _ imports: [Target.Dependency],
    fixtures: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: imports + ["PortalTestKit"],
        exclude: fixtures,
        swiftSettings: house
    )
}

let package = Package(
    name: "ClinicalPortal",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ClinicalPortal", targets: ["ClinicalPortal"]),
        .library(name: "PortalStoreSQLite", targets: ["PortalStoreSQLite"]),
        .library(
            name: "PortalReading",
            targets: [
                "PortalBytes", "PortalRecord", "HL7v2Syntax", "EDIFACTSyntax", "JSONSyntax",
                "DelimitedSyntax", "XMLSyntax", "PortalIntake", "HL7v2Adapters",
                "EDIFACTAdapters", "ExtractAdapters", "FHIRAdapters", "XMLAdapters",
            ]
        ),
        .library(name: "PortalAdapterKit", targets: ["PortalAdapterKit"]),
        .executable(name: "portal", targets: ["portal"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        room("PortalBytes"),
        room("PortalRecord", [crypto]),
        room("HL7v2Syntax", ["PortalBytes"]),
        room("EDIFACTSyntax", ["PortalBytes"]),
        room("JSONSyntax", ["PortalBytes"]),
        room("DelimitedSyntax", ["PortalBytes"]),
        // Only links libxml2: its headers, which include ICU's, are seen by CLibXML2's C alone.
        .systemLibrary(
            name: "CLibXML2System",
            pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]
        ),
        .target(name: "CLibXML2", dependencies: ["CLibXML2System"]),
        room("XMLSyntax", ["CLibXML2", "PortalBytes"]),
        room("PortalIntake", ["PortalBytes", "PortalRecord"]),
        room("PortalAdapterKit", ["PortalBytes", "PortalIntake", "PortalRecord"]),
        room("HL7v2Adapters", ["HL7v2Syntax", "PortalBytes", "PortalIntake", "PortalRecord"]),
        room(
            "EDIFACTAdapters",
            ["EDIFACTSyntax", "PortalBytes", "PortalIntake", "PortalRecord"]
        ),
        .target(
            name: "XMLAdapters",
            dependencies: ["PortalBytes", "PortalIntake", "PortalRecord", "XMLSyntax"],
            exclude: [
                "GPEmergencySummary.xsd", "SCIGatewayReferral.xsd", "SCIStoreDocument.xsd",
                "SCIStoreResult.xsd",
            ],
            swiftSettings: house
        ),
        .target(
            name: "ExtractAdapters",
            dependencies: [
                "DelimitedSyntax", "JSONSyntax", "PortalBytes", "PortalIntake", "PortalRecord",
            ],
            exclude: [
                "gp-emergency-summary.schema.json", "palliative-summary.schema.json",
                "social-care.schema.json", "top-elements.schema.json",
            ],
            swiftSettings: house
        ),
        room(
            "FHIRAdapters",
            ["JSONSyntax", "PortalBytes", "PortalIntake", "PortalRecord", "XMLSyntax"]
        ),
        room("PortalIdentity", ["PortalRecord"]),
        room("PortalTimeline", ["PortalIdentity", "PortalRecord"]),
        room("PortalPolicy", ["PortalRecord"]),
        room("PortalAudit", ["PortalRecord", crypto]),
        room(
            "PortalStore",
            [
                "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalTimeline",
            ]
        ),
        room(
            "PortalAccess",
            [
                "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalStore",
                "PortalTimeline",
            ]
        ),
        room("PortalViews", ["PortalAccess", "PortalRecord", "PortalTimeline"]),
        room(
            "PortalStoreSQLite",
            [
                "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalStore",
                "PortalTimeline",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        room(
            "ClinicalPortal",
            [
                "DelimitedSyntax", "EDIFACTAdapters", "EDIFACTSyntax", "ExtractAdapters",
                "FHIRAdapters", "HL7v2Adapters", "HL7v2Syntax", "JSONSyntax", "XMLAdapters",
                "XMLSyntax",
                "PortalAccess", "PortalAudit", "PortalBytes", "PortalIdentity", "PortalIntake",
                "PortalPolicy", "PortalRecord", "PortalStore",
                "PortalTimeline", "PortalViews",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "portal",
            dependencies: [
                "ClinicalPortal", "DelimitedSyntax", "PortalIdentity", "PortalStoreSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Samples/portal",
            swiftSettings: house
        ),
        .target(
            name: "PortalTestKit",
            dependencies: ["PortalIntake", "PortalRecord"],
            path: "Tests/PortalTestKit",
            swiftSettings: house
        ),
        tests(
            "PortalAuditTests",
            [
                "PortalAudit", "PortalRecord", "PortalStoreSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        tests(
            "HL7v2SyntaxTests",
            ["HL7v2Syntax", "PortalBytes"],
            fixtures: ["FailCases", "Fixtures"]
        ),
        tests(
            "HL7v2AdaptersTests",
            ["HL7v2Adapters", "PortalIntake", "PortalRecord"],
            fixtures: ["Fixtures"]
        ),
        tests(
            "EDIFACTSyntaxTests",
            ["EDIFACTSyntax", "PortalBytes"],
            fixtures: ["FailCases", "Fixtures"]
        ),
        tests(
            "EDIFACTAdaptersTests",
            [
                "ClinicalPortal", "EDIFACTAdapters", "EDIFACTSyntax", "PortalAdapterKit",
                "PortalBytes", "PortalIntake", "PortalRecord",
            ],
            fixtures: ["Fixtures"]
        ),
        tests("JSONSyntaxTests", ["JSONSyntax", "PortalBytes"], fixtures: ["FailCases"]),
        tests(
            "DelimitedSyntaxTests",
            ["DelimitedSyntax", "PortalBytes"],
            fixtures: ["FailCases"]
        ),
        tests(
            "XMLSyntaxTests",
            ["CLibXML2", "PortalBytes", "XMLSyntax"],
            fixtures: ["FailCases"]
        ),
        tests(
            "XMLAdaptersTests",
            ["PortalBytes", "PortalIntake", "PortalRecord", "XMLAdapters", "XMLSyntax"],
            fixtures: ["Fixtures"]
        ),
        tests(
            "ExtractAdaptersTests",
            ["ExtractAdapters", "PortalBytes", "PortalIntake", "PortalRecord"],
            fixtures: ["Fixtures"]
        ),
        tests(
            "FHIRAdaptersTests",
            ["FHIRAdapters", "PortalBytes", "PortalIntake", "PortalRecord"],
            fixtures: ["Fixtures"]
        ),
        tests(
            "PortalAdapterKitTests",
            [
                "ClinicalPortal", "HL7v2Syntax", "PortalAdapterKit", "PortalBytes", "PortalIntake",
                "PortalRecord",
            ]
        ),
        tests("PortalRecordTests", ["PortalRecord"]),
        tests("PortalPolicyTests", ["PortalPolicy", "PortalRecord"]),
        tests("PortalIdentityTests", ["ClinicalPortal", "PortalIdentity", "PortalRecord"]),
        tests("PortalTimelineTests", ["PortalRecord", "PortalTimeline"]),
        tests(
            "ClinicalPortalTests",
            [
                "ClinicalPortal", "HL7v2Adapters", "PortalAccess", "PortalAudit", "PortalIdentity",
                "PortalIntake", "PortalPolicy", "PortalRecord", "PortalStore", "PortalStoreSQLite",
                "PortalTimeline", "PortalViews", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        tests("HouseTests", ["ClinicalPortal", "PortalRecord"]),
    ]
)
