import GRDB
package import PortalIdentity
import PortalRecord
package import PortalStore

/// What a filing touched, and so what has to be settled before it is committed.
struct Touched {
    var patients: Set<SourcePatientID> = []
    var numbers: Set<String> = []
    /// Those of whom a stay or booking was filed or taken out.
    var attended: Set<SourcePatientID> = []
    /// The next number for a digest, where one was asked for.
    var seq: Int?
    /// Documents of which only the hash is left, or not everyone's part.
    var optedOut: Set<ContentHash> = []
}

extension SQLiteRecordStore {
    package func append(_ assertion: LinkAssertion, rules: RecordRules) throws {
        try pool.write { database in
            let exists = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS(SELECT 1 FROM assertion WHERE id = ?)",
                arguments: [assertion.id]
            )
            guard exists == false else {
                throw StoreError(code: "assertion-exists", remedy: "give a new id")
            }
            try insert(assertion, nil, database)
            var touched = Touched()
            touched.patients.formUnion(assertion.patients)
            if case .retract(let target) = assertion.verb {
                let log = try self.log(database)
                var ids = [target]
                // A retraction of a retraction touches what that one touched.
                while let id = ids.popLast() {
                    guard let found = log.first(where: { $0.id == id }) else { continue }
                    touched.patients.formUnion(found.patients)
                    if case .retract(let next) = found.verb { ids.append(next) }
                    touched.patients.formUnion(
                        try patients(sharing: found.candidateKeys, database)
                    )
                }
            }
            try settle(touched, rules, database)
        }
    }

    package func assertions() throws -> [LinkAssertion] { try pool.read { try log($0) } }

    func log(_ database: Database) throws -> [LinkAssertion] {
        try Row.fetchAll(database, sql: "SELECT payload FROM assertion ORDER BY time, id")
            .map { try $0.decoded("payload") }
    }

    func insert(_ assertion: LinkAssertion, _ filing: Filing?, _ database: Database) throws {
        let verb =
            switch assertion.verb {
            case .link: "link"
            case .doNotLink: "do not link"
            case .mergeEvent: "merge event"
            case .retract: "retract"
            }
        try database.execute(
            sql: """
                INSERT INTO assertion(id, time, verb, silo, document, payload)
                VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                assertion.id, assertion.time.milliseconds, verb, filing?.silo,
                filing?.document.blob,
                try CanonicalJSON.encode(assertion).blob,
            ]
        )
        let keys = assertion.candidateKeys + assertion.patients.map { "patient " + $0.rawValue }
        for key in keys {
            try database.execute(
                sql: """
                    INSERT INTO assertion_key(key, assertion) VALUES(?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [key, assertion.id]
            )
        }
    }

    func insertNodes(
        _ nodes: [IdentityNode],
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        for var node in nodes {
            let id = node.patient.id
            touched.patients.insert(id)
            let known = try String.fetchOne(
                database.cachedStatement(sql: "SELECT node FROM source_patient WHERE id = ?"),
                arguments: [id.rawValue]
            )
            if let known {
                let before: IdentityNode = try CanonicalJSON.decode(from: Array(known.utf8))
                node.add(before)
                if node == before { continue }
            }
            try database.cachedStatement(
                sql: """
                    INSERT INTO source_patient(id, node) VALUES(?, ?)
                    ON CONFLICT(id) DO UPDATE SET node = excluded.node
                    """
            ).execute(arguments: [id.rawValue, try CanonicalJSON.text(node)])
            for key in node.candidateKeys {
                try database.cachedStatement(
                    sql: "INSERT INTO candidate(key, patient) VALUES(?, ?) ON CONFLICT DO NOTHING"
                ).execute(arguments: [key, id.rawValue])
            }
            for part in Set(PersonQuery.parts(node.given, node.family)) {
                try database.cachedStatement(
                    sql:
                        "INSERT INTO person_name(part, patient) VALUES(?, ?) ON CONFLICT DO NOTHING"
                ).execute(arguments: [part, id.rawValue])
            }
            if let birth = node.birthDate?.description {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO person_birth(birth, patient) VALUES(?, ?)
                        ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [birth, id.rawValue])
            }
            let numbers = node.identifiers.map(\.value) + node.nationalNumbers.map(\.digits)
            for value in Set(numbers) {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO identifier(value, patient) VALUES(?, ?) ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [value, id.rawValue])
            }
        }
    }

    // MARK: Settling

    /// Brings clusters up to date and drops what was arranged before.
    func settle(_ touched: Touched, _ rules: RecordRules, _ database: Database) throws {
        guard !touched.patients.isEmpty || !touched.numbers.isEmpty else { return }
        let component = try component(of: touched.patients, database)
        let nodes = try nodes(component, database)
        let resolution = IdentityResolution(
            nodes: nodes,
            log: try log(of: nodes, database),
            rules: rules.identity
        )
        for cluster in resolution.clusters {
            let possible = try CanonicalJSON.text(cluster.possibleOthers)
            var isChanged = false
            for member in cluster.members {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO cluster(patient, handle, possible) VALUES(?, ?, ?)
                        ON CONFLICT(patient) DO UPDATE
                        SET handle = excluded.handle, possible = excluded.possible
                        WHERE handle != excluded.handle OR possible != excluded.possible
                        """
                ).execute(
                    arguments: [
                        member.rawValue, cluster.handle.rawValue, possible,
                    ]
                )
                isChanged = isChanged || database.changesCount > 0
            }
            isChanged = try isChanged || hadOthers(cluster, database)
            if isChanged {
                // A record of the same members that was arranged before they were others' would not
                // know what was filed for those meanwhile.
                for member in cluster.members { try reshape(member, database) }
            }
            // Of people whose stays and links are as they were there is nothing to index.
            if isChanged || !touched.attended.isDisjoint(with: cluster.members) {
                try index(cluster, database)
            }
        }
        // Others who use the same numbers see a marker come and go.
        for number in touched.numbers {
            let holders = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT DISTINCT entry.patient, cluster.handle FROM entry
                        JOIN cluster USING(patient) WHERE entry.number = ?
                        """
                ),
                arguments: [number]
            )
            guard Set(holders.map { $0["handle"] as String }).count > 1 else { continue }
            for holder in holders { try reshape(.init(rawValue: holder["patient"]), database) }
        }
    }

    /// Whether people who are no longer of the cluster still stand under its handle.
    private func hadOthers(_ cluster: PatientCluster, _ database: Database) throws -> Bool {
        let count = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count(*) FROM cluster WHERE handle = ?"),
            arguments: [cluster.handle.rawValue]
        )
        return count != cluster.members.count
    }

    /// Notes that a patient's record is no longer what it was and something added.
    func reshape(_ patient: SourcePatientID, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO shape(patient, number) VALUES(?, 1)
                ON CONFLICT(patient) DO UPDATE SET number = number + 1
                """
        ).execute(arguments: [patient.rawValue])
    }

    /// Everyone who shares a candidate key with someone of the set, directly or in a chain.
    func component(
        of patients: Set<SourcePatientID>,
        _ database: Database
    ) throws -> [SourcePatientID] {
        var seen = patients
        var frontier = Array(patients)
        var seenKeys: Set<String> = []
        while let patient = frontier.popLast() {
            var keys = try String.fetchAll(
                database.cachedStatement(sql: "SELECT key FROM candidate WHERE patient = ?"),
                arguments: [patient.rawValue]
            )
            keys.append("patient " + patient.rawValue)
            for key in keys where seenKeys.insert(key).inserted {
                for other in try patientsByKey(key, database) where seen.insert(other).inserted {
                    frontier.append(other)
                }
            }
        }
        return seen.sorted()
    }

    private func patients(
        sharing keys: [String],
        _ database: Database
    ) throws -> Set<SourcePatientID> {
        var found: Set<SourcePatientID> = []
        for key in keys { found.formUnion(try patientsByKey(key, database)) }
        return found
    }

    /// Source patients that hold a key, and those that an assertion ties to it.
    private func patientsByKey(_ key: String, _ database: Database) throws -> [SourcePatientID] {
        let direct = try String.fetchAll(
            database.cachedStatement(sql: "SELECT patient FROM candidate WHERE key = ?"),
            arguments: [key]
        )
        let tied = try String.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT candidate.patient FROM assertion_key AS own
                    JOIN assertion_key AS other ON other.assertion = own.assertion
                    JOIN candidate ON candidate.key = other.key
                    WHERE own.key = ?1
                    UNION
                    SELECT substr(other.key, 9) FROM assertion_key AS own
                    JOIN assertion_key AS other ON other.assertion = own.assertion
                    WHERE own.key = ?1 AND other.key LIKE 'patient %'
                    """
            ),
            arguments: [key]
        )
        return (direct + tied).map { SourcePatientID(rawValue: $0) }
    }

    func nodes(_ patients: [SourcePatientID], _ database: Database) throws -> [IdentityNode] {
        try patients.compactMap { patient in
            try String.fetchOne(
                database.cachedStatement(sql: "SELECT node FROM source_patient WHERE id = ?"),
                arguments: [patient.rawValue]
            ).map { try CanonicalJSON.decode(from: Array($0.utf8)) }
        }
    }

    /// The assertions that tie nodes, and every retraction.
    func log(of nodes: [IdentityNode], _ database: Database) throws -> [LinkAssertion] {
        var log: [String: LinkAssertion] = [:]
        for node in nodes {
            let keys = node.candidateKeys + ["patient " + node.patient.id.rawValue]
            for key in keys {
                let rows = try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT assertion.id, assertion.payload FROM assertion_key
                            JOIN assertion ON assertion.id = assertion_key.assertion
                            WHERE assertion_key.key = ?
                            """
                    ),
                    arguments: [key]
                )
                for row in rows {
                    let id: String = row["id"]
                    if log[id] == nil { log[id] = try row.decoded("payload") }
                }
            }
        }
        guard !log.isEmpty else { return [] }
        let retractions = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT payload FROM assertion WHERE verb = 'retract'"
            )
        )
        return log.values.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
            + (try retractions.map { try $0.decoded("payload") })
    }
}
