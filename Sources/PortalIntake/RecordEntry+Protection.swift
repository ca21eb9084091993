package import PortalRecord

extension RecordEntry {
    /// Puts the labels of a document or visit on a statement that came with it.
    ///
    /// What a person must never be given is no secret of a document, and who the person is is none
    /// either; a reader without the label would be harmed by missing it.
    ///
    /// - Rule: SAFETY S21.
    package mutating func protect(_ labels: Set<SecurityLabel>) {
        switch kind {
        case .patient, .allergyIntolerance: return
        case .encounter, .appointment, .diagnosticReport, .clinicalDocument, .referral,
            .scannedDocument, .condition, .procedure, .immunization, .serviceRequest,
            .relatedPerson, .flag, .carePlan, .medicationStatement, .familyMemberHistory, .careTeam:
            guard !labels.isEmpty else { return }
            self.labels = labels.union(self.labels).sorted()
        }
    }
}
