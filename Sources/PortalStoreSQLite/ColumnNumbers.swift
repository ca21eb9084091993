import GRDB
import PortalTimeline
import Synchronization

/// The numbers of columns that were seen, so that they are not looked up for each entry.
final class ColumnNumbers: Sendable {
    private static let knownMax = 20_000

    private let known = Mutex<[ChainColumns: Int]>([:])

    func number(of columns: ChainColumns, _ database: Database) throws -> Int {
        let bare = columns.about([])
        if let number = known.withLock({ $0[bare] }) { return number }
        let number = try StoredDigest.number(of: bare, database)
        known.withLock { known in
            if known.count >= Self.knownMax { known = [:] }
            known[bare] = number
        }
        return number
    }

    /// Forgets all: a step that failed may have taken back what it had numbered.
    func forget() { known.withLock { $0 = [:] } }
}
