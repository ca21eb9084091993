import PortalRecord

extension StatementMerge {
    /// What is told of a relative: each line says whose it is, wherever it is shown alone.
    static func family(
        _ history: FamilyMemberHistory,
        _ entry: RecordEntry,
        version: String
    ) -> TimelineRow {
        var row = TimelineRow(
            entry,
            version: version,
            what: "Family history (" + history.relative + ")"
        )
        let conditions = history.conditions.map(\.words).joined(separator: "; ")
        let said =
            !conditions.isEmpty
            ? conditions
            : history.isHealthUnknown ? "health not known" : "no condition stated"
        row.headline = "Relative (" + history.relative + "): " + said
        let state = history.isHealthUnknown || history.state == "completed" ? nil : history.state
        row.notes =
            [
                history.name.map { "Name: " + $0 }, history.sex.map { "Sex: " + $0 },
                history.born.map { "Born: " + $0 }, history.age.map { "Age: " + $0 },
                history.deceased.map { "Deceased: " + $0 }, state.map { "History: " + $0 },
                history.absentReason.map { "Not told: " + $0 },
            ].compactMap { $0 }
            + history.conditions.flatMap(\.notes) + history.reasons.map { "Why asked: " + $0 }
            + history.notes
        date(&row, entry.effective, entry)
        return row
    }

    static func careTeam(_ team: CareTeam, _ entry: RecordEntry, version: String) -> TimelineRow {
        let kind = team.category?.words.map { " (" + $0 + ")" } ?? ""
        var row = TimelineRow(entry, version: version, what: "Care team" + kind)
        let name = team.name ?? team.organisation ?? "name not stated"
        row.headline = team.state == "active" ? name : name + " (" + team.state + ")"
        if let ended = team.to { row.headline += "; until " + ended.clinical }
        row.notes =
            team.members.map(\.words)
            + [team.organisation.map { "Organisation: " + $0 }].compactMap { $0 }
            + team.telecoms + team.reasons.compactMap(\.words).map { "Reason: " + $0 } + team.notes
        date(&row, team.from, entry)
        return row
    }
}
