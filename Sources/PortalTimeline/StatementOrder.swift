package import PortalRecord

/// A fixed order of statements, and the handles of their versions.
package enum StatementOrder {
    /// Sorts by what the statements say, never by when they came (DESIGN P3).
    static func sort(_ entries: [RecordEntry]) -> [RecordEntry] {
        guard entries.count > 1 else { return entries }
        return entries.sorted { left, right in
            if left.origin.document != right.origin.document {
                return left.origin.document < right.origin.document
            }
            if left.origin.offset != right.origin.offset {
                return left.origin.offset < right.origin.offset
            }
            return left.id < right.id
        }
    }

    /// A version's handle: `v-` and 16 digits of what it states, wherever it stands.
    ///
    /// A copy sent again in another message is the same version.
    static func version(of entry: RecordEntry) -> String {
        Handle.version(number(of: entry))
    }

    private static func number(of entry: RecordEntry) -> UInt64 {
        if let known = entry.known.version { return known }
        return number(of: entry, written: (try? CanonicalJSON.encode(entry)) ?? [])
    }

    /// The number of a version's handle, of an entry that is written already.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - written: Its canonical JSON.
    /// - Returns: The number.
    package static func number(of entry: RecordEntry, written: [UInt8]) -> UInt64 {
        // Which page files came with an index is of the delivery, not of the statement.
        guard case .scannedDocument(let scanned) = entry.content else {
            return Handle.number(ofBytes: StatementBytes.withoutPlace(written))
        }
        var bare = entry
        bare.content = .scannedDocument(scanned.withoutReceivedFiles)
        let bytes = (try? CanonicalJSON.encode(bare)) ?? []
        return Handle.number(ofBytes: StatementBytes.withoutPlace(bytes))
    }

    /// The handle of a row that several versions make up together.
    static func version(ofSet versions: [String]) -> String {
        guard versions.count != 1 else { return versions[0] }
        return "v-" + ContentHash.handle(of: versions.sorted().joined(separator: ","))
    }
}
