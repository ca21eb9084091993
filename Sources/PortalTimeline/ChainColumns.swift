package import PortalRecord

/// What policy, the first screen and the strip of silos ask of a chain.
///
/// Most chains of a record have the same: it is kept once for all of them, and what is decided of
/// it is decided once.
package final class ChainColumns: Sendable, Hashable, Codable {
    /// The silo.
    package let source: String
    /// The kind.
    package let kind: EntryKind
    /// The labels of all its versions together.
    package let labels: [SecurityLabel]
    /// Codes by which a restriction may name it.
    package let codes: [String]
    /// The senders' types and subtypes.
    package let types: [String]
    /// The source patients that its entries are about.
    package let subjects: [SourcePatientID]
    /// The organisations that sent it, folded.
    package let organisations: [String]
    private let hash: Int

    package init(_ chain: MergedChain) {
        source = chain.source
        kind = chain.kind
        labels = chain.labels
        codes = chain.codes
        types = chain.types
        subjects = chain.subjects
        organisations = chain.organisations
        hash = Self.hash(source, kind, labels, codes, types, subjects, organisations)
    }

    private init(_ other: ChainColumns, subjects: [SourcePatientID]) {
        source = other.source
        kind = other.kind
        labels = other.labels
        codes = other.codes
        types = other.types
        self.subjects = subjects
        organisations = other.organisations
        hash = Self.hash(source, kind, labels, codes, types, subjects, organisations)
    }

    /// The same of other source patients: what many people's chains have is kept once.
    package func about(_ subjects: [SourcePatientID]) -> ChainColumns {
        ChainColumns(self, subjects: subjects)
    }

    /// What several versions of one chain have together.
    init(_ all: [ChainColumns]) {
        func union<Element: Comparable & Hashable>(
            _ part: KeyPath<ChainColumns, [Element]>
        ) -> [Element] {
            Set(all.flatMap { $0[keyPath: part] }).sorted()
        }
        source = all.first?.source ?? ""
        kind = all.first?.kind ?? .patient
        labels = union(\.labels)
        codes = union(\.codes)
        types = union(\.types)
        subjects = union(\.subjects)
        organisations = union(\.organisations)
        hash = Self.hash(source, kind, labels, codes, types, subjects, organisations)
    }

    private static func hash(_ parts: any Hashable...) -> Int {
        var hasher = Hasher()
        for part in parts { hasher.combine(AnyHashable(part)) }
        return hasher.finalize()
    }

    package static func == (left: ChainColumns, right: ChainColumns) -> Bool {
        if left === right { return true }
        return left.hash == right.hash && left.source == right.source && left.kind == right.kind
            && left.labels == right.labels && left.codes == right.codes
            && left.types == right.types && left.subjects == right.subjects
            && left.organisations == right.organisations
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    private enum CodingKeys: String, CodingKey {
        case source, kind, labels, codes, types, subjects, organisations
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        source = try container.decode(String.self, forKey: .source)
        kind = try container.decode(EntryKind.self, forKey: .kind)
        labels = try container.decode([SecurityLabel].self, forKey: .labels)
        codes = try container.decode([String].self, forKey: .codes)
        types = try container.decode([String].self, forKey: .types)
        subjects = try container.decode([SourcePatientID].self, forKey: .subjects)
        organisations = try container.decode([String].self, forKey: .organisations)
        hash = Self.hash(source, kind, labels, codes, types, subjects, organisations)
    }
}
