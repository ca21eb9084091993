internal import Foundation
import GRDB
import PortalRecord
import PortalStore

extension Collection<UInt8> {
    /// The bytes as SQLite takes them.
    var blob: Data { Data(self) }
}

extension Row {
    /// A column's bytes.
    func bytes(_ column: String) -> [UInt8] { (self[column] as Data?).map(Array.init) ?? [] }

    /// The bytes of the column at a place.
    func bytes(_ place: Int) -> [UInt8] { (self[place] as Data?).map(Array.init) ?? [] }

    /// A column's SHA-256.
    func hash(_ column: String) throws -> ContentHash {
        guard let hash = ContentHash(bytes: bytes(column)) else {
            throw StoreError(code: "hash-broken", remedy: "restore the store from a backup")
        }
        return hash
    }

    /// A column's value, written as canonical JSON.
    func decoded<Value: Decodable>(_ column: String) throws -> Value {
        try CanonicalJSON.decode(from: bytes(column))
    }

    /// A column's texts, written as a canonical JSON array.
    func texts(_ column: String) throws -> [String] {
        try CanonicalJSON.decode(from: Array((self[column] as String? ?? "[]").utf8))
    }
}

extension ContentHash {
    /// The 32 bytes as SQLite takes them.
    var blob: Data { bytes.blob }
}
