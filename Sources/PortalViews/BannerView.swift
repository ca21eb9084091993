import PortalAccess
import PortalRecord

/// Who the person is, as machines and people read it.
enum BannerView {
    /// `LEE, Ann · Born 03-Mar-1951 (75y) · 999 000 0018 · WARD7`.
    static func text(_ banner: PersonBanner) -> String {
        var parts = [banner.name?.banner ?? "NAME NOT KNOWN"]
        let age = banner.age.map { " (\($0)y)" } ?? ""
        parts.append("Born " + (banner.birthDate?.clinical ?? "not known") + age)
        parts.append(banner.number ?? "no number")
        if let location = banner.location { parts.append(location) }
        if banner.isDeceased {
            parts.append("DECEASED" + (banner.deceasedAt.map { " " + $0.clinical } ?? ""))
        }
        return parts.joined(separator: " · ")
    }

    struct Answer: Encodable {
        let name: String?
        let born: String?
        let age: Int?
        let number: String?
        let location: String?
        let deceased: Bool
        let deceasedAt: String?
        let generalPractice: [String]

        init(_ banner: PersonBanner) {
            name = banner.name?.banner
            born = banner.birthDate.map { $0.in(.unknown).description }
            age = banner.age
            number = banner.number
            location = banner.location
            deceased = banner.isDeceased
            deceasedAt = banner.deceasedAt?.words
            generalPractice = banner.generalPractice
        }
    }
}
