import PortalRecord

/// What is said of the person, each thing once: a record of a hundred thousand messages says who it
/// is about as often, and nearly always the same.
///
/// Of one source's equal statements the last alone matters: it says again whatever the earlier ones
/// said.
struct PeopleStated: Sendable {
    private struct Statement: Sendable {
        let start: Int
        let document: ContentHash
        let seq: Int

        static func isLater(_ one: Statement, _ two: Statement) -> Bool {
            if one.start != two.start { return one.start > two.start }
            return two.document < one.document
        }
    }

    /// The last of each thing said, in unlabelled documents and in all.
    private var open: [UInt64: Statement] = [:]
    private var whole: [UInt64: Statement] = [:]
    private var labelled: Set<UInt64> = []
    private var documents: Set<UInt64> = []
    private var all: [(content: UInt64, statement: Statement)] = []
    private var before: [UInt64]?
    /// Whether a document was labelled after what it says of a person had been read.
    private var isOutdated = false

    mutating func insert(_ digest: StatementDigest) {
        let statement = Statement(
            start: digest.start ?? .min,
            document: digest.further.document,
            seq: digest.seq
        )
        all.append((digest.content, statement))
        documents.insert(Handle.number(digest.further.document))
        Self.put(statement, digest.content, in: &whole)
        if !isLabelled(statement) { Self.put(statement, digest.content, in: &open) }
    }

    private func isLabelled(_ statement: Statement) -> Bool {
        !labelled.isEmpty && labelled.contains(Handle.number(statement.document))
    }

    private static func put(
        _ statement: Statement,
        _ content: UInt64,
        in known: inout [UInt64: Statement]
    ) {
        if let last = known[content], !Statement.isLater(statement, last) { return }
        known[content] = statement
    }

    /// Notes that a document carries a label: it must not show itself by the name or number that it
    /// alone states.
    mutating func label(_ document: ContentHash) {
        let number = Handle.number(document)
        guard labelled.insert(number).inserted, documents.contains(number) else { return }
        isOutdated = true
    }

    /// The statements that say who the person is, by the store's numbers for them; nil where they
    /// say what they said the last time, in the same order.
    mutating func told() -> [Int]? {
        if isOutdated {
            open = [:]
            for (content, statement) in all where !isLabelled(statement) {
                Self.put(statement, content, in: &open)
            }
            isOutdated = false
        }
        let known = open.isEmpty ? whole : open
        let order = known.sorted { left, right in
            if Statement.isLater(right.value, left.value) { return true }
            if Statement.isLater(left.value, right.value) { return false }
            return left.key < right.key
        }
        let contents = order.map(\.key)
        guard contents != before else { return nil }
        before = contents
        return order.map(\.value.seq)
    }
}
