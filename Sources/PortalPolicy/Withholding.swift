/// Every reason for which something is kept back, whatever else permits it.
///
/// Withhold beats permit, and a rule that cannot be evaluated withholds (DESIGN 5 "release").
package enum Withholding: Int, CaseIterable, Sendable {
    case account
    case ownRecord
    case student
    case sensitive
    case sealedLabel
    case lockedLabel
    case thirdParty
    case notForPatient
    case unknownLabel
    case releaseDelay
    case blockedCode
    case permissionMissing
    case permissionRefused
    case permissionUnknown
    case sealed
    case sealedAndLocked
    case refused
    case optedOut
    case secondaryUse
    case restrictionsUnknown

    /// The rule's name, as a decision gives it.
    package var name: String {
        switch self {
        case .account: "account not in force"
        case .ownRecord: "own record"
        case .student: "student"
        case .sensitive: "sensitive"
        case .sealedLabel: "sealed"
        case .lockedLabel: "sealed and locked"
        case .thirdParty: "third party"
        case .notForPatient: "not for patient"
        case .unknownLabel: "unknown label"
        case .releaseDelay: "release delay"
        case .blockedCode: "blocked code"
        case .permissionMissing: "permission not asked"
        case .permissionRefused: "permission refused"
        case .permissionUnknown: "permission"
        case .sealed: "restriction: sealed"
        case .sealedAndLocked: "restriction: sealed and locked"
        case .refused: "restriction: refused"
        case .optedOut: "restriction: opted out"
        case .secondaryUse: "restriction: secondary use"
        case .restrictionsUnknown: "restrictions"
        }
    }

    /// Whether the rule could not be evaluated.
    package var isFailure: Bool {
        switch self {
        case .unknownLabel, .permissionUnknown, .restrictionsUnknown: true
        default: false
        }
    }

    /// Whether it is a seal whose existence, and nothing else, others may know.
    package var isOpenSeal: Bool { self == .sealedLabel || self == .sealed }
}

/// A set of reasons.
package struct Withholdings: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package init(_ one: Withholding) { rawValue = 1 << UInt32(one.rawValue) }

    mutating func insert(_ one: Withholding, if holds: Bool = true) {
        if holds { formUnion(Withholdings(one)) }
    }

    /// The reasons, in their order.
    package var all: [Withholding] {
        Withholding.allCases.filter { contains(Withholdings($0)) }
    }
}
