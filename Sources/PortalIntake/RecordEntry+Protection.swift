package import PortalRecord

extension RecordEntry {
    /// Puts the labels of the visit on a statement that came with it.
    ///
    /// Who someone is, their contacts, and what they must never be given are not the visit's.
    package mutating func protect(_ visit: Set<SecurityLabel>) {
        switch kind {
        case .patient, .allergyIntolerance, .relatedPerson, .flag, .carePlan, .medicationStatement:
            return
        case .encounter, .appointment, .diagnosticReport, .clinicalDocument, .referral,
            .scannedDocument, .condition, .procedure, .immunization, .serviceRequest:
            guard !visit.isEmpty else { return }
            labels = visit.union(labels).sorted()
        }
    }
}
