import JSONSyntax
import PortalTestKit
import Testing

@Suite("A text's members without what stands in them")
struct OutlineTests {
    private func members(_ text: String) -> [String] {
        var found: [String] = []
        JSONOutline.visit(Array(text.utf8)[...]) { name, string in
            found.append(name + (string.map { "=" + $0 } ?? ""))
            return true
        }
        return found
    }

    @Test(
        "names and strings of the outermost object",
        arguments: [
            (
                #"{"a": "b", "c": {"d": "}"}, "e": [1, "]", {}], "f": null}"#,
                ["a=b", "c", "e", "f"]
            ),
            (#" { "a\"b" : "\u0041\n" , "c" : -1.5e3 }"#, ["a\"b=A\n", "c"]),
            ("[{\"a\": 1}]", []), ("", []), ("{}", []), ("\"a\"", []),
            (#"{"a": 1"#, ["a"]), (#"{"a": "b"#, ["a"]), (#"{"a": "\q", "b": 1}"#, ["a=\\q", "b"]),
            (#"{"a": [}"#, ["a"]), (#"{"a" 1}"#, []), ("{\"a\\", []),
            (#"{"a": "\u00", "b""#, ["a=\\u00"]),
        ]
    )
    func outline(_ text: String, _ expected: [String]) {
        #expect(members(text) == expected)
    }

    @Test("it ends where it is told to")
    func ends() {
        var found: [String] = []
        JSONOutline.visit(Array(#"{"a": 1, "b": 2, "c": 3}"#.utf8)[...]) { name, _ in
            found.append(name)
            return name != "b"
        }
        #expect(found == ["a", "b"])
    }

    @Test(
        "of every text that is JSON it gives the same members as the tree, of others it traps on none"
    )
    func asTheTree() throws {
        let seeds = [
            #"{"a": "b\"c", "d": {"e": [1, 2, {"f": "g"}]}, "h": null, "i\\": ""}"#,
            #"{"\u0061": "\uD83D\uDE00", "b": [[], {}, "x,y"], "c": true}"#,
        ]
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("{}[]\",:\\u0a1 ".utf8)
        for seed in seeds {
            for _ in 0..<4000 {
                var bytes = Array(seed.utf8)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = alphabet.randomElement(using: &random) ?? 0x20
                }
                var names: [String] = []
                JSONOutline.visit(bytes[...]) { name, _ in
                    names.append(name)
                    return true
                }
                guard let root = try? JSONDocument.read(bytes[...]).root, root.kind == .object
                else {
                    continue
                }
                #expect(names == root.members.map(\.key))
            }
        }
    }
}
