import PortalRecord

/// Resolves the versions of one order group, observation by observation.
///
/// - Rule: SAFETY S5 (the unit is one observation of an order group), S9, S10.
struct ReportMerge {
    /// One sending of the report, copies of it left out.
    private struct Statement {
        let entry: RecordEntry
        let report: DiagnosticReport
        let version: String
        /// Where each unit stands in the report: a report may have very many.
        let places: [UnitKey: Int]

        init(_ entry: RecordEntry, _ report: DiagnosticReport, version: String) {
            self.entry = entry
            self.report = report
            self.version = version
            places = Dictionary(
                report.observations.enumerated().map { (UnitKey($1), $0) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// Code and sub-id: what S5 calls one observation.
    private struct UnitName: Hashable {
        let code: String
        let subID: String

        init(_ observation: Observation) {
            let coding = observation.code.codings.first
            code =
                coding?.code.map { (coding?.system ?? "") + "|" + $0 }
                ?? observation.code.words ?? ""
            subID = observation.subID ?? ""
        }
    }

    /// A unit, and which of its repeats within one report: repeats without a sub-id are shown each
    /// for itself, for real repeats on one day stay two.
    private struct UnitKey: Hashable {
        let name: UnitName
        let occurrence: Int
        var code: String { name.code }

        init(_ observation: Observation) {
            name = UnitName(observation)
            occurrence = observation.occurrence
        }
    }

    private let statements: [Statement]
    private let entries: [RecordEntry]
    /// Codes and sub-ids of which some sending takes something back.
    private var retracted: Set<UnitName> = []
    /// Each sending as a version of the report.
    private var reportVersions: [UnitVersion] = []

    static func merge(_ entries: [RecordEntry]) -> ChainOutcome {
        ReportMerge(entries).outcome()
    }

    private init(_ entries: [RecordEntry]) {
        self.entries = entries
        var seen: Set<String> = []
        var statements: [Statement] = []
        for entry in entries {
            guard case .diagnosticReport(let report) = entry.content else { continue }
            let version = StatementOrder.version(of: entry)
            guard seen.insert(version).inserted else { continue }
            statements.append(Statement(entry, report, version: version))
        }
        self.statements = statements
        reportVersions = statements.indices.map(reportVersion)
        for statement in statements {
            for observation in statement.report.observations
            where observation.status.isRetraction {
                retracted.insert(UnitName(observation))
            }
        }
    }

    private func outcome() -> ChainOutcome {
        guard let first = leading(nil) else { return ChainOutcome() }
        var chain = MergedChain(entries)
        var outcome = ChainOutcome()
        let resolved = Dictionary(
            uniqueKeysWithValues: unitOrder(first).map { ($0, resolve($0)) }
        )
        // Date, status and document are those of a sending that is shown.
        let shown = Set(resolved.values.flatMap { $0.shown.map(\.version.statement) })
        let lead = leading(shown) ?? first
        let resolutions = unitOrder(lead).compactMap { unit in
            resolved[unit].map { (unit, $0) }
        }
        let versions = statements.map(\.version)
        var row = row(statements[lead], version: StatementOrder.version(ofSet: versions))
        for (unit, resolution) in resolutions {
            row.values += values(unit, resolution)
            row.findings += resolution.findings.map {
                Diagnostic(code: $0, location: unit.code, severity: .warning)
            }
            for kind in resolution.cases {
                outcome.cases.append(open(kind, row: row, unit, resolution))
            }
        }
        finish(&row, resolutions.map(\.1))
        let before = statements.indices.filter { $0 != lead || !isWhole(lead, resolved) }
        row.supersedes = before.map { statements[$0].version }.sorted()
        chain.eventKey = SameEvent.key(statements[lead].report)
        chain.likeKeys = SameEvent.likeKeys(statements[lead].report)
        chain.current = [row]
        chain.earlier = earlier(before, resolutions)
        outcome.chains = [chain]
        if let ground = RecallGround(statements.map(\.entry), what: row.what, current: [row]) {
            outcome.recalls = [ground]
        }
        return outcome
    }

    // MARK: The report's own version

    /// Whether the current row shows every observation of a sending as it stands there.
    private func isWhole(_ index: Int, _ resolved: [UnitKey: UnitResolution]) -> Bool {
        statements[index].report.observations.allSatisfy { observation in
            resolved[UnitKey(observation)]?.shown.contains {
                $0.valueStatement == index && ($0.showsValue || observation.statesNothing)
            } ?? false
        }
    }

    /// Which sending gives the row its date, status and document: of some, or of all.
    private func leading(_ among: Set<Int>?) -> Int? {
        let versions = reportVersions.filter { among?.contains($0.statement) ?? true }
        let order = VersionOrder(versions)
        let live = versions.filter {
            !$0.status.isRetraction && $0.status != .couldNotBeObtained
        }
        let pool = live.isEmpty ? versions : live
        let unbeaten = order.unbeaten(pool)
        // Of several the display takes the latest, then the corrected, then the smallest handle.
        return unbeaten.max { left, right in
            let one = rank(left)
            let two = rank(right)
            return one < two
        }?.statement
    }

    private func rank(_ version: UnitVersion) -> (Int, Int, String) {
        (
            version.time?.start ?? Int.min, version.status.isCorrection ? 1 : 0,
            statements[version.statement].version
        )
    }

    private func reportVersion(_ index: Int) -> UnitVersion {
        let entry = statements[index].entry
        var status = entry.status
        if case .diagnosticReport(let report) = entry.content, !status.isRetraction,
            !report.observations.isEmpty, report.observations.allSatisfy(\.status.isRetraction)
        {
            status = report.observations[0].status
        }
        return UnitVersion(
            content: [],
            isEmpty: true,
            status: status,
            time: entry.statusTime?.span,
            sequence: entry.sequence,
            statement: index
        )
    }

    // MARK: Units

    /// The observations in the leading report's order, then those that only others hold.
    private func unitOrder(_ lead: Int) -> [UnitKey] {
        var seen: Set<UnitKey> = []
        var order: [UnitKey] = []
        for index in [lead] + statements.indices.filter({ $0 != lead }) {
            for observation in statements[index].report.observations {
                let key = UnitKey(observation)
                if seen.insert(key).inserted { order.append(key) }
            }
        }
        return order
    }

    private func observation(_ unit: UnitKey, in statement: Int) -> Observation? {
        statements[statement].places[unit].map { statements[statement].report.observations[$0] }
    }

    private func resolve(_ unit: UnitKey) -> UnitResolution {
        var versions: [UnitVersion] = []
        for index in statements.indices {
            let entry = statements[index].entry
            if let observation = observation(unit, in: index) {
                versions.append(
                    UnitVersion(
                        // Of one sending there is nothing to compare.
                        content: statements.count == 1 ? [] : UnitContent.bytes(observation),
                        isEmpty: observation.statesNothing,
                        isCleared: observation.isCleared,
                        status: observation.status,
                        time: entry.statusTime?.span,
                        sequence: entry.sequence,
                        statement: index
                    )
                )
            } else if let status = outcome(unit, of: index) {
                versions.append(
                    UnitVersion(
                        content: [],
                        isEmpty: true,
                        status: status,
                        time: entry.statusTime?.span,
                        sequence: entry.sequence,
                        statement: index
                    )
                )
            }
        }
        var resolution = UnitResolution(versions)
        if isLeftOut(unit) {
            for index in resolution.shown.indices where resolution.shown[index].showsValue {
                resolution.shown[index].markers.insert(.notRepeated)
            }
        }
        return resolution
    }

    /// What a sending says of a unit that it does not hold.
    ///
    /// A report that is taken back as a whole takes its observations with it, where OBR-25 says so
    /// and not its observations alone. What takes back one of several repeats of a code and sub-id
    /// takes back all: nothing tells them apart (SAFETY S5, S10).
    private func outcome(_ unit: UnitKey, of index: Int) -> ResultStatus? {
        let statement = statements[index]
        if statement.entry.status.isRetraction, statement.entry.statusCode != nil {
            return statement.entry.status
        }
        if retracted.contains(unit.name) {
            let repeats = statement.report.observations.first {
                $0.status.isRetraction && UnitName($0) == unit.name
            }
            if let repeats { return repeats.status }
        }
        let isBare = statement.report.observations.isEmpty
        return isBare && statement.entry.status == .couldNotBeObtained ? .couldNotBeObtained : nil
    }

    /// Whether a later corrected report of a source that sends snapshots leaves the unit out.
    private func isLeftOut(_ unit: UnitKey) -> Bool {
        guard statements.count > 1 else { return false }
        let versions = reportVersions
        let order = VersionOrder(versions)
        let holding = statements.indices.filter {
            observation(unit, in: $0)?.status.finality != nil
        }
        return statements.indices.contains { index in
            let statement = statements[index]
            guard statement.report.completeness == .snapshot, statement.places[unit] == nil
            else { return false }
            let corrects =
                statement.entry.status.isCorrection
                || statement.report.observations.contains(where: \.status.isCorrection)
            var correction = versions[index]
            if corrects, !correction.status.isCorrection { correction.status = .corrected }
            return corrects && holding.allSatisfy { order.beats(correction, versions[$0]) }
        }
    }

    // MARK: Rows

    private func row(_ statement: Statement, version: String) -> TimelineRow {
        let report = statement.report
        var row = TimelineRow(
            statement.entry,
            version: version,
            what: report.code.words ?? "Report"
        )
        row.notes = report.notes
        row.specimen = report.specimens.lazy.compactMap { $0.type?.words }.first
        return row
    }

    private func values(_ unit: UnitKey, _ resolution: UnitResolution) -> [RowValue] {
        resolution.shown.compactMap { shown in
            guard
                var stated = observation(unit, in: shown.version.statement)
                    ?? anyObservation(unit)
            else { return nil }
            if shown.valueStatement != shown.version.statement,
                let source = observation(unit, in: shown.valueStatement)
            {
                stated.values = source.values
                stated.unit = stated.unit ?? source.unit
                stated.referenceRange = stated.referenceRange ?? source.referenceRange
                if stated.flags.isEmpty { stated.flags = source.flags }
                if stated.notes.isEmpty { stated.notes = source.notes }
            }
            stated.status = shown.version.status
            return RowValue(
                stated,
                markers: shown.markers,
                showsValue: shown.showsValue,
                isWrongPatient: !shown.showsValue && resolution.hidesEarlierValues
            )
        }
    }

    private func anyObservation(_ unit: UnitKey) -> Observation? {
        statements.indices.lazy.compactMap { observation(unit, in: $0) }.first
    }

    /// Status, markers and headline of the row as a whole.
    private func finish(_ row: inout TimelineRow, _ resolutions: [UnitResolution]) {
        let sets = row.values.map { Set($0.markers) }
        var shared = sets.first ?? []
        for set in sets.dropFirst() { shared.formIntersection(set) }
        if row.values.contains(where: { $0.markers.contains(.corrected) }) {
            shared.insert(.corrected)
        }
        let withdrawnMarkers: Set<Marker> = [.withdrawn, .wrongPatient]
        let isWithdrawn =
            !row.values.isEmpty && sets.allSatisfy { !$0.isDisjoint(with: withdrawnMarkers) }
        if isWithdrawn {
            row.status = ResultStatus.withdrawn.words
            if shared.isDisjoint(with: withdrawnMarkers) { shared.insert(.withdrawn) }
            row.notes = []
        } else if row.values.isEmpty, statements.contains(where: \.entry.status.isRetraction) {
            row.status = ResultStatus.withdrawn.words
            shared.insert(.withdrawn)
            row.notes = []
        } else if row.status == ResultStatus.withdrawn.words {
            // Some observations stand although the report's own status says withdrawn.
            row.status = row.values.first { $0.value != nil }?.status ?? row.status
        }
        if resolutions.contains(where: \.hidesEarlierValues) { row.notes = [] }
        row.markers = shared.sorted()
        row.headline = headline(row)
    }

    private func headline(_ row: TimelineRow) -> String {
        let abnormal = row.values.filter { $0.abnormal != nil || !$0.markers.isEmpty }
        let said = abnormal.isEmpty ? row.values : abnormal
        let words = said.prefix(3).map(\.spoken)
        var headline = words.joined(separator: "; ")
        if said.count > 3 { headline += "; and \(said.count - 3) more" }
        if headline.isEmpty { headline = row.notes.first ?? row.status }
        return headline
    }

    /// Earlier sendings as they were.
    ///
    /// Of an observation that was once filed for the wrong patient no version shows its value
    /// (S10).
    private func earlier(
        _ before: [Int],
        _ resolutions: [(UnitKey, UnitResolution)]
    ) -> [TimelineRow] {
        let hidden = Set(resolutions.filter { $0.1.hidesEarlierValues }.map(\.0))
        return before.map { index in
            let statement = statements[index]
            var row = row(statement, version: statement.version)
            row.isCurrent = false
            row.values = statement.report.observations.map { observation in
                let isHidden = hidden.contains(UnitKey(observation))
                return RowValue(
                    observation,
                    markers: isHidden ? [.wrongPatient] : [],
                    showsValue: !isHidden && !observation.status.isRetraction,
                    isWrongPatient: isHidden
                )
            }
            if !hidden.isEmpty { row.notes = [] }
            row.headline = headline(row)
            return row
        }.sorted { $0.position < $1.position }
    }

    private func open(
        _ kind: ReviewCase.Kind,
        row: TimelineRow,
        _ unit: UnitKey,
        _ resolution: UnitResolution
    ) -> OpenCase {
        let involved = statements.filter { statement in
            statement.places[unit] != nil || statement.entry.status.isRetraction
        }
        let name = anyObservation(unit)?.code.words ?? unit.code
        return OpenCase(
            reviewCase: ReviewCase(
                kind: kind,
                between: involved.map { .version(entry: row.entry, version: $0.version) },
                why: ["observation: " + name] + resolution.findings,
                documents: involved.map(\.entry.origin.document)
            ),
            group: nil
        )
    }
}

/// What S5 calls content: value, comparator, unit, range, flags, text and attachments; not status,
/// not time.
private enum UnitContent {
    /// Bytes that are equal where the content is; each part with its length before it.
    static func bytes(_ observation: Observation) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ texts: [String]) {
            bytes.append(contentsOf: String(texts.count).utf8)
            for text in texts {
                bytes.append(contentsOf: "/\(text.utf8.count) ".utf8)
                bytes.append(contentsOf: text.utf8)
            }
        }
        put(observation.values.map(\.text))
        put([observation.unit?.firstCode].compactMap { $0 })
        put([observation.referenceRange].compactMap { $0 })
        put(observation.flags)
        put(observation.notes)
        bytes.append(observation.isCleared ? 1 : 0)
        let attachments = observation.values.compactMap(\.attachment)
        if !attachments.isEmpty {
            bytes += (try? CanonicalJSON.encode(attachments)) ?? []
        }
        return bytes
    }
}

extension Observation {
    /// No value, no note, nothing cleared: the field says nothing (SAFETY S25).
    var statesNothing: Bool { values.isEmpty && notes.isEmpty && !isCleared }
}
