public import PortalIntake

/// A document that an adapter is examined with: the smallest that shows one behaviour.
///
/// Only invented people, with numbers of the test range (999 000 …).
public struct AdapterSample: Sendable {
    /// What faults call it; its place in the list where it is empty.
    public var name: String
    /// The whole document.
    public var bytes: [UInt8]
    /// How the silo writes.
    public var dialect: Dialect
    /// The files that come beside it, by the names that it gives them.
    public var files: [String: [UInt8]]
    /// Whether the adapter must hold or reject it; else it must give a report.
    public var isRefused: Bool

    /// Takes a document.
    public init(
        _ bytes: [UInt8],
        name: String = "",
        dialect: Dialect = Dialect(),
        files: [String: [UInt8]] = [:],
        isRefused: Bool = false
    ) {
        self.name = name
        self.bytes = bytes
        self.dialect = dialect
        self.files = files
        self.isRefused = isRefused
    }

    /// Takes a document's text.
    public init(_ text: String, name: String = "", dialect: Dialect = Dialect()) {
        self.init(Array(text.utf8), name: name, dialect: dialect)
    }
}
