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
        for row in reading.filledRows { entries += Self.entries(reading, row) }
        return reading.report(entries, adapter: Self.name)
    }

    private static func entries(_ reading: TableReading, _ row: Int) -> [RecordEntry] {
        reading.begin()
        let person = reading.person(row)
        let state = reading.text(row, "state")
        var appointment = Appointment(
            event: "list",
            state: state.map { Self.states[$0.lowercased()] ?? $0 } ?? "booked"
        )
        let word = reading.text(row, "list")
        let list = word.flatMap { AppointmentList(rawValue: $0.lowercased()) }
        appointment.list = list?.rawValue ?? reading.document.dialect.list
        if reading.peek(row, "start") == nil {
            reading.note("appointment-start-missing", row, "start")
        }
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
        // As written too: two words may mean one state.
        if let state, state != appointment.state { appointment.other["state"] = state }
        if let word, list == nil {
            // In a list that no screen shows it would be nowhere.
            reading.note("list-unknown", row, "list")
            appointment.other["list"] = word
        }
        let number = reading.text(row, "appointment")
        if number == nil { reading.note("appointment-number-missing", row, "appointment") }
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .appointment(appointment),
            key: reading.key(number, row),
            subject: person.subject,
            status: status(state, reading.document.dialect),
            origin: reading.reference(row)
        )
        entry.effective = appointment.start
        entry.recorded = reading.date(row, "updated")
        entry.statusTime = entry.recorded
        entry.participants = reading.practitioners(row, "clinician", role: "seen by")
        entry.labels = reading.labels(row)
        entry.findings = reading.findings
        return [person, entry]
    }

    /// How sites spell the states that lists go by; another word is kept as it is written.
    private static let states = [
        "booked": "booked", "cancelled": "cancelled", "canceled": "cancelled",
        "arrived": "arrived", "in progress": "in progress", "finished": "finished",
        "completed": "finished", "did not attend": "did not attend", "dna": "did not attend",
        "no show": "did not attend",
    ]

    /// A booking that was never this person's is taken back; a cancelled one is a fact.
    private static func status(_ state: String?, _ dialect: Dialect) -> ResultStatus {
        switch state.flatMap({ StatusWords.read($0, dialect) }) {
        case .enteredInError: .enteredInError
        case .wrongPatient: .wrongPatient
        default: .final
        }
    }
}
