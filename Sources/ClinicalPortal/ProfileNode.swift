import PortalRecord
import Yams

/// A place in a profile's YAML, with its line for errors.
struct ProfileNode {
    let node: Node

    var line: Int { node.mark?.line ?? 0 }

    static func root(_ text: String) throws(ProfileError) -> ProfileNode {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw ProfileError(0, "the profile is empty")
            }
            return ProfileNode(node: node)
        } catch let error as ProfileError {
            throw error
        } catch let error as YamlError {
            if case .duplicatedKeysInMapping(let keys, let context) = error {
                let names = keys.map { "\"" + $0 + "\"" }.sorted()
                throw ProfileError(
                    context.mark.line,
                    names.joined(separator: ", ") + " stands twice: leave one"
                )
            }
            throw ProfileError(
                ProfileNode.line(of: error),
                "the YAML cannot be read: check indentation, quotes and brackets here"
            )
        } catch {
            throw ProfileError(0, "the YAML cannot be read")
        }
    }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _),
            .composer(_, _, let mark, _):
            mark.line
        default: 0
        }
    }

    /// The members of a mapping, none twice, none unknown.
    func members(_ known: Set<String>?) throws(ProfileError) -> [(key: String, value: ProfileNode)]
    {
        guard let mapping = node.mapping else {
            throw ProfileError(line, "expected names with values here")
        }
        var members: [(key: String, value: ProfileNode)] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            guard let name = key.string else {
                throw ProfileError(key.mark?.line ?? line, "expected a name here")
            }
            guard seen.insert(name).inserted else {
                throw ProfileError(key.mark?.line ?? line, "\"\(name)\" stands twice")
            }
            if let known, !known.contains(name) {
                throw ProfileError(
                    key.mark?.line ?? line,
                    "\"\(name)\" is not known here; known are "
                        + known.sorted().joined(separator: ", ")
                )
            }
            members.append((name, ProfileNode(node: value)))
        }
        return members
    }

    func member(_ key: String) -> ProfileNode? {
        node.mapping?[key].map { ProfileNode(node: $0) }
    }

    func text(_ key: String) throws(ProfileError) -> String? {
        guard let found = member(key) else { return nil }
        return try found.text()
    }

    func text() throws(ProfileError) -> String {
        guard let text = node.scalar?.string else {
            throw ProfileError(line, "expected a text here")
        }
        return text
    }

    func required(_ key: String) throws(ProfileError) -> String {
        guard let text = try text(key) else { throw ProfileError(line, "\"\(key)\" is missing") }
        return text
    }

    func number(_ key: String, in range: ClosedRange<Int>) throws(ProfileError) -> Int? {
        guard let found = member(key) else { return nil }
        guard let text = found.node.scalar?.string, let number = Int(text), range.contains(number)
        else {
            throw ProfileError(
                found.line,
                "\"\(key)\" is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    func flag(_ key: String) throws(ProfileError) -> Bool? {
        guard let found = member(key) else { return nil }
        guard let flag = found.node.bool else {
            throw ProfileError(found.line, "\"\(key)\" is true or false")
        }
        return flag
    }

    func list(_ key: String) throws(ProfileError) -> [ProfileNode] {
        guard let found = member(key) else { return [] }
        guard let sequence = found.node.sequence else {
            throw ProfileError(found.line, "\"\(key)\" is a list")
        }
        return sequence.map { ProfileNode(node: $0) }
    }

    func texts(_ key: String) throws(ProfileError) -> [String] {
        var texts: [String] = []
        for node in try list(key) { texts.append(try node.text()) }
        return texts
    }

    /// A text as a list of one, or a list of texts.
    func textOrTexts() throws(ProfileError) -> [String] {
        guard let sequence = node.sequence else { return [try text()] }
        var texts: [String] = []
        for each in sequence { texts.append(try ProfileNode(node: each).text()) }
        return texts
    }

    func date(_ key: String) throws(ProfileError) -> PartialDate? {
        guard let found = member(key) else { return nil }
        guard let text = found.node.scalar?.string, let date = PartialDate(text) else {
            throw ProfileError(found.line, "\"\(key)\" is a date such as 2026-03-31")
        }
        return date
    }

    func choices<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        _ type: Choice.Type
    ) throws(ProfileError) -> [Choice] where Choice.RawValue == String {
        var found: [Choice] = []
        for node in try list(key) { found.append(try node.choice(type)) }
        return found
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) throws(ProfileError) -> Choice where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            throw ProfileError(
                line,
                "\"\(text)\" is not one of "
                    + Choice.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        return choice
    }
}
