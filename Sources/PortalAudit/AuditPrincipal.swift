/// Who acted, as they were known when they did.
///
/// - Rule: DESIGN section 6 ("person, roles, organisation, location, the system it came through").
public struct AuditPrincipal: Codable, Hashable, Sendable {
    /// The person's identifier at their organisation, never their password or session.
    public let person: String
    /// The roles they acted in, as the site names them.
    public let roles: [String]
    /// The organisation they acted for.
    public let organisation: String?
    /// Where they were.
    public let location: String?
    /// The system the request came through, where it was not this portal's own screen.
    public let viaSystem: String?

    /// Names who acted.
    public init(
        person: String,
        roles: [String] = [],
        organisation: String? = nil,
        location: String? = nil,
        viaSystem: String? = nil
    ) {
        self.person = person
        self.roles = roles
        self.organisation = organisation
        self.location = location
        self.viaSystem = viaSystem
    }
}
