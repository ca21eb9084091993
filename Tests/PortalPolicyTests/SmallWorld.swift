/// The dimensions of the small world, each with its few values (TESTING (d) 18).
///
/// "Author or other" of the programme is "own record or another's": authorship gives no leave here.
enum Dimension: Int, CaseIterable {
    case role, relationship, upload, answer, glass, seal, own, operation, item, link, account, time
    // Beyond the programme's twelve.
    case feed, member, life, mandate

    /// The values, the ordinary one first.
    var values: [String] {
        switch self {
        case .role: ["doctor", "nurse", "clerk", "patient", "reviewer"]
        case .relationship: ["team", "person", "none", "lapsed"]
        case .upload: ["in", "out"]
        case .answer: ["not needed", "not asked", "given", "refused", "unable"]
        case .glass: ["none", "emergency", "legal", "claim"]
        case .seal:
            [
                "none", "sensitive", "sealed label", "locked label", "sealed by patient",
                "locked by patient",
            ]
        case .own: ["other", "own"]
        case .operation:
            ["read", "know", "open", "export", "acknowledge", "request", "seal", "link"]
        case .item: ["old", "fresh", "undated", "blocked"]
        case .link: ["local", "national", "contested"]
        case .account: ["active", "ended"]
        case .time: ["during", "before", "after"]
        case .feed: ["current", "stale"]
        case .member: ["member", "unsponsored", "student", "stray"]
        case .life: ["alive", "days", "months"]
        case .mandate: ["none", "secretary", "parent11", "parent12", "attorney", "executor"]
        }
    }

    /// Those that the programme does not have.
    static let added: [Dimension] = [.feed, .member, .life, .mandate]
}

/// One cell: the number of a value for each dimension.
struct Cell: CustomStringConvertible {
    var numbers = [UInt8](repeating: 0, count: Dimension.allCases.count)

    subscript(_ dimension: Dimension) -> String {
        get { dimension.values[Int(numbers[dimension.rawValue])] }
        set {
            if let number = dimension.values.firstIndex(of: newValue) {
                numbers[dimension.rawValue] = UInt8(number)
            }
        }
    }

    var description: String {
        Dimension.allCases.map { "\($0)=\(self[$0])" }.joined(separator: " ")
    }

    /// How many of the added dimensions are not at their ordinary value.
    var unusual: Int { Dimension.added.count { numbers[$0.rawValue] != 0 } }
}
