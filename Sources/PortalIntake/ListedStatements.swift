package import PortalRecord

/// Builds the entries of one sending of a list that is always sent whole, whatever its format.
///
/// - Rule: SAFETY S5, S20; see `WholeList`.
package struct ListedStatements {
    /// What holds for the sending as a whole.
    package struct Sending {
        package var list: WholeList
        /// When the sender made it: the clock of all its statements.
        package var made: PartialDate?
        /// The sender's number for this version of the list.
        package var sequence: Int?
        /// The practice that sends, in words: whose silence it ends (SAFETY S17).
        package var organisation: String?
        /// Who gives the numbers of the statements.
        package var assigner: String?
        package var labels: Set<SecurityLabel> = []

        package init(list: WholeList) { self.list = list }
    }

    /// One statement as its adapter read it.
    package struct Statement {
        package var content: EntryContent
        /// What it is about, where it has no number: its versions are gathered by that.
        package var identity: String
        /// The sender's number.
        package var number: String?
        /// Its own status; the list's where it has none.
        package var status: ResultStatus?
        package var statusCode: String?
        package var labels: [SecurityLabel] = []
        package var recorded: PartialDate?
        package var author: String?
        package var other: [String: String] = [:]
        package var origin: SourceReference

        package init(_ content: EntryContent, identity: String, origin: SourceReference) {
            self.content = content
            self.identity = identity
            self.origin = origin
        }
    }

    private let source: String
    private let sending: Sending
    private let person: RecordEntry
    private var counts: [String: Int] = [:]
    /// The person, then the statements in the order in which they were added.
    package private(set) var entries: [RecordEntry]

    package init(_ sending: Sending, of source: String, about person: RecordEntry) {
        self.source = source
        self.sending = sending
        self.person = person
        entries = []
        var person = person
        stamp(&person)
        entries = [person]
    }

    private func stamp(_ entry: inout RecordEntry) {
        entry.wholeList = sending.list
        entry.issued = sending.made
        entry.statusTime = sending.made
        entry.sequence = sending.sequence
        entry.organisation = sending.organisation
    }

    /// Adds a statement.
    ///
    /// - Returns: Whether its number or name stands in the list for the first time; another one is
    ///   a statement of its own, and nothing of either is lost.
    package mutating func add(_ statement: Statement) -> Bool {
        let value = statement.number ?? statement.identity
        let place = statement.content.kind.rawValue + "\u{1F}" + value
        let count = counts[place, default: 0] + 1
        counts[place] = count
        // A list that is taken back takes back each of its statements.
        let own = sending.list.status.isRetraction ? nil : statement.status
        var entry = RecordEntry(
            source: source,
            content: statement.content,
            key: BusinessKey(
                assigner: sending.assigner,
                value: value,
                part: count == 1 ? nil : "#" + String(count)
            ),
            subject: person.subject,
            status: own ?? sending.list.status,
            origin: statement.origin
        )
        stamp(&entry)
        entry.statusCode = statement.statusCode
        entry.recorded = statement.recorded
        if let author = statement.author {
            entry.participants = [
                Practitioner(name: HumanName(family: author), role: "author")
            ]
        }
        entry.labels = statement.labels
        entry.protect(sending.labels)
        entry.other = statement.other.isEmpty ? nil : statement.other
        entries.append(entry)
        return count == 1
    }
}
