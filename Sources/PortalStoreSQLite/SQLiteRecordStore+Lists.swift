import GRDB
import PortalIdentity
import PortalRecord
package import PortalStore
import PortalTimeline

/// The index of stays and bookings, kept with the facts in the same transaction.
extension SQLiteRecordStore {
    package func episodes(
        _ query: EpisodeQuery,
        rules: RecordRules
    ) throws -> [ListedEpisode] {
        let keys = query.places.map { "place " + $0 } + query.clinicians.map { "clinician " + $0 }
        return try pool.read { database in
            var rows: [Row] = []
            if keys.isEmpty {
                rows = try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT handle, payload FROM episode
                            WHERE (?1 IS NULL OR list = ?1) AND (start IS NULL OR start <= ?2)
                              AND (finish IS NULL OR finish >= ?3)
                            """
                    ),
                    arguments: [
                        query.lists.count == 1 ? query.lists[0] : nil, query.to, query.from,
                    ]
                )
            }
            for key in keys {
                rows += try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT episode.handle, episode.payload FROM episode_key
                            JOIN episode ON episode.handle = episode_key.handle
                              AND episode.number = episode_key.number
                            WHERE episode_key.key = ?1
                              AND (episode.start IS NULL OR episode.start <= ?2)
                              AND (episode.finish IS NULL OR episode.finish >= ?3)
                            """
                    ),
                    arguments: [key, query.to, query.from]
                )
            }
            var seen: Set<ListedEpisode> = []
            return try rows.compactMap { row in
                let listed = ListedEpisode(
                    patient: SourcePatientID(rawValue: row["handle"]),
                    episode: try row.decoded("payload")
                )
                return query.covers(listed.episode) && seen.insert(listed).inserted ? listed : nil
            }
        }
    }

    /// Writes a person's stays and bookings anew; those of members that were people of their own
    /// go with them.
    func index(_ cluster: PatientCluster, _ database: Database) throws {
        var entries: [RecordEntry] = []
        for member in cluster.members {
            try database.cachedStatement(sql: "DELETE FROM episode WHERE handle = ?")
                .execute(arguments: [member.rawValue])
            entries += try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT payload FROM entry WHERE patient = ?
                          AND kind IN ('encounter', 'appointment')
                        """
                ),
                arguments: [member.rawValue]
            ).map { try $0.decoded("payload") }
        }
        guard !entries.isEmpty else { return }
        for (number, episode) in RecordAssembly.episodes(entries).enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO episode(handle, number, list, state, start, finish, payload)
                    VALUES(?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    cluster.handle.rawValue, number, episode.list, episode.state,
                    episode.from?.span.start, episode.to?.span.end,
                    try CanonicalJSON.encode(episode).blob,
                ]
            )
            let keys =
                episode.places.map { "place " + $0 } + episode.clinicians.map { "clinician " + $0 }
            for key in keys {
                try database.cachedStatement(
                    sql: "INSERT INTO episode_key(key, handle, number) VALUES(?, ?, ?)"
                ).execute(arguments: [key, cluster.handle.rawValue, number])
            }
        }
    }
}
