import JSONSyntax
import PortalIntake
import PortalRecord

// What the lines of several schemas have in common.
extension JSONReading {
    /// A status, and the sender's word for it; what nobody defined is a finding.
    func status(_ value: JSONValue?, _ place: String) -> (ResultStatus, String?) {
        guard let value, !JSONReading.isSilent(value) else { return (.final, nil) }
        let word = text(value)
        guard let status = word.flatMap({ StatusWords.read($0, document.dialect) }) else {
            note("status-unknown", place, at: value)
            return (.final, word)
        }
        return (status, word)
    }

    /// One label or several; one that cannot be read withholds, as an unknown one does
    /// (SAFETY S21).
    func labels(_ value: JSONValue?, _ place: String) -> [SecurityLabel] {
        guard let value else { return [] }
        var labels: [SecurityLabel] = []
        var seen: Set<SecurityLabel> = []
        for value in value.kind == .array ? elements(value) : [value] {
            guard !JSONReading.isSilent(value) else { continue }
            var label = SecurityLabel(rawValue: "unreadable")
            if let word = text(value) {
                guard let known = document.dialect.label(of: word) else { continue }
                label = known
            } else {
                note("label-unreadable", place, .error, at: value)
            }
            if seen.insert(label).inserted { labels.append(label) }
        }
        return labels
    }

    /// `{"lines", "postcode"}`.
    func address(_ value: JSONValue?, _ place: String) -> Address? {
        let members = object(value, ["lines", "postcode"], place)
        var address = Address(lines: elements(members["lines"]).compactMap(text))
        address.postcode = text(members["postcode"])
        return address == Address(lines: []) ? nil : address
    }

    /// Leaves a value out by a rule, whatever it holds: it is counted and never read.
    func leave(_ value: JSONValue?, by rule: IgnoreRule) {
        guard let value, !Self.isSilent(value) else { return }
        ignore(value.range, by: rule)
    }
}
