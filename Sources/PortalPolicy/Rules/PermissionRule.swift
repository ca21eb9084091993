/// Silos that are opened only with the patient's permission, asked at the point of care.
///
/// - Rule: SAFETY S20, S24, after the Emergency Care Summary: opted out of upload, and asked at each
///   look.
public struct PermissionRule: Hashable, Sendable, Codable {
    /// The silos whose entries need it.
    public var silos: [String]
    /// How long an answer holds.
    ///
    /// - Units: minutes.
    public var minutes: Int

    /// Builds a rule; the default asks for none.
    public init(silos: [String] = [], minutes: Int = 720) {
        self.silos = silos
        self.minutes = minutes
    }
}
