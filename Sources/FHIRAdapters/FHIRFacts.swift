import PortalIntake
import PortalRecord

/// What statements have in common besides their content.
struct FHIRFacts {
    var effective: PartialDate?
    var recorded: PartialDate?
    /// What orders its versions, where that is not when it was written down.
    var statusTime: PartialDate?
    var status: ResultStatus?
    /// The sender's word for its status, where that is not under `status`.
    var statusCode: String?
    /// Further fields, by the names that merging knows.
    var other: [String: String] = [:]

    /// Words for what goes on no longer.
    static let ended: Set<String> = [
        "stopped", "completed", "cancelled", "on-hold", "draft", "not-taken", "intended", "ended",
        "not-done", "declined",
    ]

    /// How far it is verified: refuted and entered in error take it back, unconfirmed is no final
    /// statement.
    ///
    /// - Rule: FHIR R4 `verificationStatus`; SAFETY S13.
    mutating func verify(_ element: FHIRElement) {
        guard let stated = element["verificationStatus"] else { return }
        // Whichever coding says it: a local one may stand first, or words alone.
        let places = stated.all("coding").compactMap { $0["code"] } + stated.all("text")
        let known: [(ResultStatus, Set<String>)] = [
            (.enteredInError, ["entered-in-error", "entered in error"]), (.withdrawn, ["refuted"]),
            (.preliminary, ["unconfirmed", "provisional", "differential"]),
        ]
        for (meaning, words) in known {
            let said = places.first { place in
                place.peek.map { words.contains($0.lowercased()) } ?? false
            }
            guard let said else { continue }
            status = meaning
            _ = said.text
            return
        }
    }

    /// How it goes on, in words; a missing status is unknown, and a word that nobody knows stays as it
    /// was sent, with a finding.
    mutating func state(
        _ element: FHIRElement,
        _ name: StaticString = "status",
        known: Set<String>
    ) -> String? {
        guard let value = element[name], let word = value.text else {
            status = .unverified
            return nil
        }
        statusCode = word
        if let own = element.tree.document.dialect.statuses[word] {
            status = own
        } else if word == "entered-in-error" {
            status = .enteredInError
        } else if word == "unknown" {
            status = .unverified
        } else if !known.contains(word) {
            element.tree.note("status-unknown", value)
            status = .unverified
        }
        return word
    }

    /// A code as words: `on-hold` is on hold.
    static func spoken(_ word: String) -> String {
        word.split(separator: "-").joined(separator: " ")
    }

    /// A request's status in words.
    static func state(_ word: String?) -> String {
        switch word {
        case "active": "requested"
        case "on-hold": "on hold"
        case "revoked": "cancelled"
        case "completed": "completed"
        case nil: ""
        case let other?: other
        }
    }
}
