import PortalRecord

extension IntakeReport {
    /// Puts right what a silo's dialect says of whole documents: quality control, children under their
    /// mothers' numbers, and numbers that old reports were given anew.
    ///
    /// It goes by what the entries state, so that it holds for every format.
    ///
    /// - Throws: ``IntakeError`` `quality-control-sample` where what is sent is a control's: rejected, or
    ///   held where it stands beside a patient's.
    package mutating func settle(by dialect: Dialect) throws(IntakeError) {
        if !dialect.qualityControl.isEmpty { try refuseControls(dialect.qualityControl) }
        if !dialect.standIns.newborns.isEmpty { markNewborns() }
        guard !dialect.renumbered.isEmpty else { return }
        for index in entries.indices { entries[index].renumber(dialect.renumbered) }
    }

    private mutating func markNewborns() {
        for index in entries.indices
        where entries[index].kind == .patient && entries[index].subject.isNewborn {
            let finding = Diagnostic(
                code: "newborn-under-mothers-number",
                location: entries[index].origin.path,
                severity: .warning,
                offset: entries[index].origin.offset
            )
            entries[index].findings.append(finding)
            diagnostics.append(finding)
        }
    }

    private func refuseControls(_ patterns: [NamePattern]) throws(IntakeError) {
        let people = entries.compactMap { entry -> PatientStatement? in
            guard case .patient(let statement) = entry.content else { return nil }
            return statement
        }
        let controls = people.filter { person in
            patterns.contains { pattern in
                person.names.contains(where: pattern.fits)
                    || person.identifiers.contains { pattern.fits($0.value) }
            }
        }
        guard !controls.isEmpty else { return }
        throw .qualityControl(isAlone: controls.count == people.count)
    }
}

extension IntakeError {
    /// What is sent of a sample that is no patient's.
    ///
    /// - Parameters:
    ///   - isAlone: Whether nothing else is sent with it; a patient's result beside it must not be lost.
    ///   - location: What shows it.
    /// - Returns: The refusal: rejected, or held where it is not alone.
    package static func qualityControl(
        isAlone: Bool,
        at location: String = "patient"
    ) -> IntakeError {
        IntakeError(
            code: "quality-control-sample",
            location: location,
            remedy: isAlone
                ? "nothing: it is no patient's; if it is, change the silo's qualityControl or controlRoles"
                : "ask the laboratory to send its controls apart from patients' results",
            outcome: isAlone ? .rejected : .held
        )
    }
}

extension RecordEntry {
    /// Gives a report the number that it had before; the one that was sent is kept beside it.
    fileprivate mutating func renumber(_ prefixes: [String: String]) {
        guard case .diagnosticReport(var report) = content else { return }
        // The longest beginning is the one that was meant.
        let known = prefixes.keys.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        func former(_ number: String) -> String? {
            guard let new = known.first(where: { number.utf8.starts(with: $0.utf8) }),
                let old = prefixes[new]
            else { return nil }
            return old + String(decoding: number.utf8.dropFirst(new.utf8.count), as: UTF8.self)
        }
        guard key.isAssigned, let number = former(key.value) else { return }
        var other = other ?? [:]
        other["number as sent"] = key.value
        self.other = other
        key.value = number
        if let filler = report.fillerNumber, let old = former(filler.value) {
            report.fillerNumber?.value = old
            content = .diagnosticReport(report)
        }
    }
}
