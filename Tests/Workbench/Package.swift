// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks, in a package of their own so that no user of the library resolves what they need.
///
/// The fuzz targets (Sources/…Fuzz) are built by the script `fuzz`, which needs the compiler's own
/// flags, and are no targets here.
let package = Package(
    name: "Workbench",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "ClinicalPortal", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibXML2Headers", pkgConfig: "libxml-2.0"),
        .target(
            name: "CBaseline",
            dependencies: ["CLibXML2Headers"],
            cSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CBaseline",
                .product(name: "ClinicalPortal", package: "ClinicalPortal"),
                .product(name: "PortalReading", package: "ClinicalPortal"),
                .product(name: "PortalStoreSQLite", package: "ClinicalPortal"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "mutations",
            dependencies: [
                .product(name: "ClinicalPortal", package: "ClinicalPortal"),
                .product(name: "PortalReading", package: "ClinicalPortal"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "board",
            dependencies: [
                .product(name: "ClinicalPortal", package: "ClinicalPortal"),
                .product(name: "PortalReading", package: "ClinicalPortal"),
                .product(name: "PortalStoreSQLite", package: "ClinicalPortal"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "record",
            dependencies: [
                .product(name: "ClinicalPortal", package: "ClinicalPortal"),
                .product(name: "PortalReading", package: "ClinicalPortal"),
                .product(name: "PortalStoreSQLite", package: "ClinicalPortal"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "access",
            dependencies: [
                .product(name: "ClinicalPortal", package: "ClinicalPortal"),
                .product(name: "PortalStoreSQLite", package: "ClinicalPortal"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        ),
    ]
)
