import DelimitedSyntax
public import PortalIntake
import PortalRecord

/// Clinic, theatre, day-case and emergency-department lists: a table with a row a booking.
///
/// - Shape: a header row; a row an appointment with `appointment`, `start` and who it is for;
///   `list` is `clinic`, `theatre`, `emergency` or `day case`, else the profile says which list the
///   silo sends. Columns may be named otherwise in the site profile; others are kept by name.
/// - Rule: DESIGN 3 (attendances and lists, extract); relationships and patient lists come from
///   these and from ADT.
///
///       appointment,list,start,place,clinician_code,hospital_number,surname,forename,birth_date
public struct AppointmentListAdapter: SourceAdapter {
    /// `appointment-list`.
    public static let name = "appointment-list"
    /// `csv`.
    public static let format = "csv"

    static let columns =
        [
            "appointment", "list", "start", "end", "place", "hospital", "clinician_code",
            "clinician_name", "service", "reason", "state", "updated", "label",
        ] + TableReading.personColumns

    /// Builds the adapter.
    public init() {}

    /// Whether the header names appointments and their start.
    public func recognises(_ document: SourceDocument) -> Bool {
        TableReading.recognises(document, ["appointment", "start"])
    }

    /// States a list as entries: the people and their appointments.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes and `column-missing`.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try TableReading(
            document,
            columns: Self.columns,
            required: ["appointment", "start"]
        )
        var entries: [RecordEntry] = []
        for row in reading.table.rows.indices { entries += Self.entries(reading, row) }
        return reading.report(entries, adapter: Self.name)
    }

    private static func entries(_ reading: TableReading, _ row: Int) -> [RecordEntry] {
        let noticed = reading.diagnostics.count
        guard let person = reading.person(row) else { return [] }
        let state = reading.text(row, "state")
        var appointment = Appointment(event: "list", state: state ?? "booked")
        appointment.list = reading.text(row, "list") ?? reading.document.dialect.list
        appointment.start = reading.date(row, "start")
        appointment.end = reading.date(row, "end")
        let place = Location(
            pointOfCare: reading.text(row, "place"),
            facility: reading.text(row, "hospital")
        )
        appointment.location = place == Location() ? nil : place
        appointment.service = reading.text(row, "service")
        appointment.reason = reading.text(row, "reason").map { CodeableConcept(text: $0) }
        appointment.other = reading.others(row)
        let number = reading.text(row, "appointment")
        if number == nil { reading.note("appointment-number-missing", row, "appointment") }
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .appointment(appointment),
            key: BusinessKey(
                assigner: nil,
                value: number ?? reading.document.hash.hex + "/" + String(row),
                isAssigned: number != nil
            ),
            subject: person.subject,
            status: .final,
            origin: reading.reference(row)
        )
        entry.effective = appointment.start
        entry.recorded = reading.date(row, "updated")
        entry.statusTime = entry.recorded
        let code = reading.text(row, "clinician_code")
        let name = reading.text(row, "clinician_name")
        if code != nil || name != nil {
            entry.participants = [
                Practitioner(
                    identifier: code.map { Identifier(system: nil, value: $0) },
                    name: name.map { HumanName(family: $0) },
                    role: "seen by"
                )
            ]
        }
        if let label = reading.text(row, "label") {
            entry.labels = [
                reading.document.dialect.labels[label] ?? SecurityLabel(rawValue: label)
            ]
        }
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        return [person, entry]
    }
}
