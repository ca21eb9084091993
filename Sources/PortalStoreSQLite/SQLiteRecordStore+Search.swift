import GRDB
import PortalIdentity
package import PortalRecord
package import PortalStore

/// Finding people by name, birth date and number, and documents by their words.
extension SQLiteRecordStore {
    package func patients(matching query: PersonQuery) throws -> [SourcePatientID] {
        try pool.read { database in
            // The rarest fact first: a number, a birth date, a name.
            var found: [String] = []
            for number in query.numbers {
                found += try String.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT patient FROM identifier WHERE value = ?"
                    ),
                    arguments: [number]
                )
            }
            if query.numbers.isEmpty, let birth = query.birthDate?.in(.unknown).description {
                found = try String.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT patient FROM person_birth WHERE birth = ?"
                    ),
                    arguments: [birth]
                )
            } else if query.numbers.isEmpty, let name = query.names.max(by: { $0.count < $1.count })
            {
                found = try String.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT patient FROM person_name WHERE part >= ? AND part < ?"
                    ),
                    arguments: [name, name + "\u{10FFFF}"]
                )
            }
            let handles = Set(found).sorted().map { SourcePatientID(rawValue: $0) }
            return try nodes(handles, database).filter(query.fits).map(\.patient.id)
        }
    }

    package func entries(
        withWords words: [String]
    ) throws -> [(patient: SourcePatientID, entry: EntryID)] {
        guard !words.isEmpty else { return [] }
        // The words hold letters and digits only, so that no quote can end the phrase.
        let phrase = words.map { "\"" + $0.filter { $0 != "\"" } + "\"*" }.joined(separator: " ")
        return try pool.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT patient, entry FROM words WHERE words MATCH ? ORDER BY rowid"
                ),
                arguments: [phrase]
            ).map {
                (SourcePatientID(rawValue: $0["patient"]), EntryID(rawValue: $0["entry"]))
            }
        }
    }
}
