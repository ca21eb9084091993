import PortalAccess
import PortalAudit
import PortalIdentity
import PortalPolicy
import PortalRecord

/// How the audit is reviewed.
extension ProfileLoader {
    static func review(_ node: ProfileNode?) throws(ProfileError) -> SiteProfile.Review {
        var review = SiteProfile.Review()
        guard let node else { return review }
        _ = try node.members(["threshold", "rules", "watched"])
        review.threshold = try node.number("threshold", in: 1...100) ?? review.threshold
        for item in try node.list("watched") {
            review.watched.insert(try identifier(item).token)
        }
        guard let rules = node.member("rules") else { return review }
        let names = Set(ReviewRule.Name.allCases.map(\.rawValue))
        for (name, value) in try rules.members(names) {
            _ = try value.members(["points", "measure"])
            guard let index = review.rules.firstIndex(where: { $0.name.rawValue == name }) else {
                continue
            }
            if let points = try value.number("points", in: 0...100) {
                review.rules[index].points = points
            }
            if let measure = try value.number("measure", in: 1...36_500) {
                guard review.rules[index].measure > 0 else {
                    throw ProfileError(value.line, "rule \(name) has no measure")
                }
                review.rules[index].measure = measure
            }
        }
        return review
    }

    /// What review is told of a person: the surname as stated, else the last word of the name.
    static func reviewed(
        _ person: Principal,
        _ node: ProfileNode
    ) throws(ProfileError) -> ReviewedStaff {
        let last = try node.text("name")?.split(separator: " ").last.map { String($0) }
        let surname = try node.text("surname") ?? last
        return ReviewedStaff(
            surname: surname.map(NameFolding.fold),
            postcode: try node.text("postcode").map(PostcodeFolding.fold),
            organisation: person.organisation,
            numbers: Set(person.ownIdentifiers.map(\.token))
        )
    }
}
