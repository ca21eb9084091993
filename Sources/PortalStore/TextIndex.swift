package import PortalIdentity
package import PortalRecord

/// What of an entry search looks at: titles and text of letters, titles of scanned paper.
package enum TextIndex {
    /// The text of an entry for search; nil for an entry that is no document.
    package static func text(_ entry: RecordEntry) -> String? {
        switch entry.content {
        case .clinicalDocument(let document): text(document)
        case .referral(let referral):
            [text(referral.letter), referral.reason?.words ?? "", referral.urgency ?? ""]
                .joined(separator: " ")
        case .scannedDocument(let scanned):
            [scanned.title ?? "", scanned.type.words ?? "", scanned.specialty?.words ?? ""]
                .joined(separator: " ")
        default: nil
        }
    }

    private static func text(_ document: ClinicalDocument) -> String {
        [document.title ?? "", document.type.words ?? "", document.text].joined(separator: " ")
    }
}

/// Whom a search for people asks for.
package struct PersonQuery: Hashable, Sendable {
    /// Folded words, each of which must start a part of a name.
    package var names: [String]
    /// The birth date, as far as stated.
    package var birthDate: PartialDate?
    /// Numbers, as written and as national numbers.
    package var numbers: [String]

    package init(names: [String], birthDate: PartialDate?, numbers: [String]) {
        self.names = names
        self.birthDate = birthDate
        self.numbers = numbers
    }

    /// Whether a source patient fits all that is asked.
    package func fits(_ node: IdentityNode) -> Bool {
        let parts = PersonQuery.parts(node.given, node.family)
        let hasNumber =
            numbers.isEmpty
            || node.identifiers.contains { identifier in
                numbers.contains(identifier.value)
                    || identifier.nationalNumber.map { numbers.contains($0.digits) } ?? false
            }
        return hasNumber
            && names.allSatisfy { name in parts.contains { $0.hasPrefix(name) } }
            && (birthDate.map { $0.in(.unknown) == node.birthDate } ?? true)
            && !(names.isEmpty && birthDate == nil && numbers.isEmpty)
    }

    /// Parts of a name, folded, that a query's words may start.
    package static func parts(_ given: String?, _ family: String?) -> [String] {
        [given, family].compactMap { $0 }.flatMap { name in
            NameFolding.parts(name) + [NameFolding.fold(name)]
        }
    }
}
