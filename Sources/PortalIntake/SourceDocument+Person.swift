package import PortalRecord

extension SourceDocument {
    /// Whom a statement of this document describes, as its silo knows them.
    ///
    /// - Parameters:
    ///   - statement: What it says of them.
    ///   - part: The part of the document that stands for them where they have no number; nil where
    ///     all without one are the same.
    /// - Returns: A patient known by the statement's identifiers, or by this document where it has none.
    package func subject(_ statement: PatientStatement, part: Int? = nil) -> SourcePatient {
        let name = part.map { ContentHash(of: (hash.hex + "/" + String($0)).utf8) }
        return SourcePatient(
            statement,
            silo: silo,
            document: name ?? hash,
            localSystem: dialect.localSystem,
            standIns: dialect.standIns
        )
    }

    /// What this document says of a person, as an entry.
    ///
    /// - Parameters:
    ///   - statement: What it says.
    ///   - subject: Of whom: ``subject(_:)`` of the statement, as a rule.
    ///   - origin: Where it says it.
    /// - Returns: A final entry under the subject's own key.
    package func person(
        _ statement: PatientStatement,
        as subject: SourcePatient,
        origin: SourceReference
    ) -> RecordEntry {
        RecordEntry(
            source: silo,
            content: .patient(statement),
            key: BusinessKey(assigner: nil, value: subject.base),
            subject: subject,
            status: .final,
            origin: origin
        )
    }
}
