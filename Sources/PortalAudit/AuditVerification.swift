/// What verifying a log found.
public struct AuditVerification: Hashable, Sendable {
    /// How many leaves were read.
    public let size: Int
    /// How many events still waited for their leaves.
    public let pendingCount: Int
    /// The largest size at which a signed checkpoint agreed; leaves after it are not yet vouched for.
    public let vouchedSize: Int
    /// The largest size at which a checkpoint kept outside agreed: beyond it a cut tail or a log
    /// rewritten by who holds the key would not be seen.
    public let witnessedSize: Int
    /// How many events were erased, their leaves left; each is in a later event.
    public let erasedCount: Int
    /// What is wrong, in the order found.
    public let findings: [AuditFinding]

    package init(
        size: Int,
        pendingCount: Int,
        vouchedSize: Int,
        witnessedSize: Int,
        erasedCount: Int = 0,
        findings: [AuditFinding]
    ) {
        self.size = size
        self.pendingCount = pendingCount
        self.vouchedSize = vouchedSize
        self.witnessedSize = witnessedSize
        self.erasedCount = erasedCount
        self.findings = findings
    }

    /// Whether nothing was altered, as far as ``vouchedSize`` and ``witnessedSize`` reach.
    ///
    /// Events that only wait for their leaves do not count against it.
    public var isIntact: Bool { findings.allSatisfy { $0.code == .eventUnsequenced } }
}
