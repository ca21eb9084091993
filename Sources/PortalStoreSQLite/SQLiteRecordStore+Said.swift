import GRDB
package import PortalPolicy
import PortalRecord
package import PortalStore

/// What people said that access and review rest on: kept as it was said, never changed.
extension SQLiteRecordStore {
    package func put(_ consent: Consent) throws { try say("consent", consent.person, consent) }

    package func put(_ review: OverrideReview) throws {
        try say("override review", review.token, review)
    }

    package func put(_ doubt: Doubt) throws { try say("doubt", doubt.id, doubt) }

    package func consents(of person: String) throws -> [Consent] {
        // An answer holds a week at most: nobody asks five hundred patients in one.
        try said("consent", about: person, latest: 500)
    }

    package func overrideReviews() throws -> [OverrideReview] { try said("override review") }

    package func doubts() throws -> [Doubt] { try said("doubt") }

    package func overrides() throws -> [EmergencyOverride] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT payload FROM override ORDER BY token")
                .map { try $0.decoded("payload") }
        }
    }

    private func say(_ kind: String, _ about: String, _ value: some Encodable) throws {
        let payload = try CanonicalJSON.encode(value)
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO said(kind, about, payload) VALUES(?, ?, ?)",
                arguments: [kind, about, payload.blob]
            )
        }
    }

    private func said<Value: Decodable>(
        _ kind: String,
        about: String? = nil,
        latest: Int = .max
    ) throws -> [Value] {
        try pool.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT payload FROM said WHERE kind = ? "
                        + (about == nil ? "" : "AND about = ? ") + "ORDER BY number DESC LIMIT ?"
                ),
                arguments: about.map { [kind, $0, latest] } ?? [kind, latest]
            ).reversed().map { try $0.decoded("payload") }
        }
    }
}
