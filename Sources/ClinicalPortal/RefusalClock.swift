#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Makes refusals take alike, so that how long one takes does not tell whether there was anything.
///
/// A record that may not be known is opened before it is refused, and nobody's is not: without this
/// the difference could be measured (DESIGN P6; TESTING (d) 20).
enum RefusalClock {
    /// Waits until a whole number of quanta has gone by since a look began.
    static func settle(since start: ContinuousClock.Instant, to quantum: Duration) {
        let length = nanoseconds(quantum)
        guard length > 0 else { return }
        let gone = max(0, nanoseconds(start.duration(to: .now)))
        let rest = length - gone % length
        var wanted = timespec(tv_sec: rest / 1_000_000_000, tv_nsec: rest % 1_000_000_000)
        var left = timespec()
        // A signal may wake it early.
        while nanosleep(&wanted, &left) == -1, errno == EINTR { wanted = left }
    }

    private static func nanoseconds(_ duration: Duration) -> Int {
        let parts = duration.components
        return Int(clamping: parts.seconds) * 1_000_000_000
            + Int(clamping: parts.attoseconds / 1_000_000_000)
    }
}
