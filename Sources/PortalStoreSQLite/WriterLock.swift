internal import PortalAudit

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock file beside a database, held by whoever writes to it or moves its journal.
///
/// SQLite 3.7.0 to 3.51.2 can lose committed pages when two connections commit and checkpoint in
/// the same instant; holding this lock around every write leaves only one of them at it. Programs
/// that do not know of the lock (a shell, a backup by copying) must not be run beside the library.
///
/// - Rule: PITFALLS 0.2.
final class WriterLock: Sendable {
    private let descriptor: Int32
    private let timeout: Duration

    init(path: String, timeoutSeconds: Int) throws(AuditError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        timeout = .seconds(timeoutSeconds)
        guard descriptor >= 0 else { throw AuditError(.storeFailed, number: Int(errno)) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Runs a body while no other holder of the lock runs.
    ///
    /// INVARIANT: one thread at a time calls this on one instance (the database's writer queue),
    /// for the lock is the descriptor's and a second caller would be let in.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw AuditError(.storeFailed, number: Int(errno))
            }
            guard ContinuousClock.now < deadline else { throw AuditError(.storeBusy) }
            usleep(500)
        }
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }
}
