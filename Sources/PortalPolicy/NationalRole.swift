/// A role of the national register, by its code.
///
/// - Rule: DOMAIN 7, rationalised and job roles of the national role-based access control.
public struct NationalRole: Hashable, Sendable, Codable {
    /// The code, such as `R8001`.
    public let code: String
    /// The role's name.
    public let name: String

    /// The roles that a profile may name.
    public static let known: [NationalRole] = table.map { NationalRole(code: $0.0, name: $0.1) }

    /// The role of a code, also where it ends a path such as `S8000:G8000:R8001`.
    public init?(_ text: String) {
        let code = text.split(separator: ":").last.map(String.init) ?? text
        guard let found = NationalRole.known.first(where: { $0.code == code }) else { return nil }
        self = found
    }

    private init(code: String, name: String) {
        self.code = code
        self.name = name
    }

    private static let table: [(String, String)] = [
        ("R8000", "Clinical Practitioner Access Role"), ("R8001", "Nurse Access Role"),
        ("R8002", "Nurse Manager Access Role"), ("R8003", "Health Professional Access Role"),
        ("R8004", "Healthcare Student Access Role"), ("R8005", "Biomedical Scientist Access Role"),
        ("R8006", "Medical Secretary Access Role"), ("R8007", "Clinical Coder Access Role"),
        ("R8008", "Admin/Clinical Support Access Role"), ("R8009", "Receptionist Access Role"),
        ("R8010", "Clerical Access Role"), ("R8011", "Clerical Manager Access Role"),
        ("R8012", "Information Officer Access Role"),
        ("R8013", "Health Records Manager Access Role"), ("R8014", "Social Worker Access Role"),
        ("R8015", "Systems Support Access Role"), ("R8016", "Midwife Access Role"),
        ("R8017", "Midwife Manager Access Role"), ("R8024", "Bank Access Role"),
        ("R0001", "Privacy Officer"), ("R5105", "Caldicott Guardian"),
        ("R5080", "Registration Authority Manager"), ("R5090", "Registration Authority Agent"),
        ("R0260", "General Medical Practitioner"), ("R0270", "Salaried General Practitioner"),
        ("R0050", "Consultant"), ("R0110", "Specialist Registrar"),
        ("R0140", "Senior House Officer"), ("R0150", "House Officer"), ("R0160", "House Officer"),
        ("R0620", "Staff Nurse"), ("R0610", "Sister/Charge Nurse"), ("R0680", "Midwife"),
        ("R1070", "Paramedic"), ("R0014", "Radiologist"),
        ("R1984", "Health Records Administrator"), ("R6400", "Medical Student"),
        ("R1981", "Psychiatrist"),
    ]
}
