/// The lists that bookings stand in, and that screens show.
public enum AppointmentList: String, Hashable, Sendable, Codable, CaseIterable {
    /// A clinic.
    case clinic
    /// A theatre list.
    case theatre
    /// The emergency department.
    case emergency
    /// A day-case list.
    case dayCase = "day case"
}
