import GRDB
package import PortalRecord
package import PortalStore

/// When silos, and the organisations whose records they gather, were last heard.
///
/// - Rule: SAFETY S17.
extension SQLiteRecordStore {
    package func silos(asOf: Instant?) throws -> [SiloReceipts] {
        try pool.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    // From silo to silo along the index: a store has many receipts of few silos.
                    sql: """
                        WITH RECURSIVE sender(silo) AS (
                          SELECT min(silo) FROM receipt
                          UNION ALL
                          SELECT (SELECT min(silo) FROM receipt WHERE silo > sender.silo)
                          FROM sender WHERE sender.silo IS NOT NULL),
                        -- Materialized: else every held message asks for it anew.
                        read AS MATERIALIZED (
                          SELECT silo,
                            (SELECT max(received) FROM receipt WHERE receipt.silo = sender.silo
                               AND outcome = 'filed' AND received <= :moment) AS filed,
                            -- A file that could not be read and comes again is still not read.
                            (SELECT received FROM receipt WHERE receipt.silo = sender.silo
                               AND outcome = 'repeated' AND received <= :moment
                               AND NOT EXISTS(SELECT 1 FROM held
                                 WHERE held.silo = receipt.silo
                                   AND held.document = receipt.document)
                             ORDER BY received DESC LIMIT 1) AS repeated
                          FROM sender WHERE silo IS NOT NULL),
                        since AS MATERIALIZED (
                          SELECT silo, max(coalesce(filed, repeated), coalesce(repeated, filed))
                            AS last FROM read)
                        SELECT silo, last,
                          (SELECT min(received) FROM receipt WHERE receipt.silo = since.silo
                             AND outcome = 'held' AND received <= :moment
                             AND (last IS NULL OR received > last)) AS held_since,
                          (SELECT min(received) FROM receipt WHERE receipt.silo = since.silo
                             AND outcome = 'rejected' AND received <= :moment
                             AND (last IS NULL OR received > last)) AS rejected_since,
                          (SELECT count(*) FROM receipt WHERE receipt.silo = since.silo
                             AND outcome = 'held' AND received <= :moment) AS held
                        FROM since ORDER BY silo
                        """
                ),
                arguments: ["moment": asOf?.milliseconds ?? Int.max]
            ).compactMap { row in
                let last: Int? = row["last"]
                let failing = [row["held_since"] as Int?, row["rejected_since"] as Int?]
                    .compactMap { $0 }.min()
                guard last != nil || failing != nil else { return nil }
                return SiloReceipts(
                    silo: row["silo"],
                    lastHeard: last.map { Instant(milliseconds: $0) },
                    failingSince: failing.map { Instant(milliseconds: $0) },
                    held: row["held"]
                )
            }
        }
    }

    package func lastHeard(
        _ silo: String,
        of organisations: Set<String>,
        asOf: Instant?
    ) throws -> Instant? {
        try pool.read { database in
            try organisations.compactMap { organisation in
                try Int.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT max(received) FROM heard
                            WHERE silo = ? AND organisation = ? AND received <= ?
                            """
                    ),
                    arguments: [silo, organisation, asOf?.milliseconds ?? Int.max]
                )
            }.max().map { Instant(milliseconds: $0) }
        }
    }
}
