import Foundation

/// What is read: the files of a folder where one is given, else invented ones of the same kinds.
struct Inputs {
    /// A folder with `oru.hl7`, `bundle.json` and `ccda.xml`.
    let folder: String?
    let seed: UInt64
    /// HL7 v2 messages to invent; the other inputs grow with them.
    let messages: Int

    private func file(_ name: String, _ make: () -> [UInt8]) throws -> Input {
        if let folder {
            let path = folder + "/" + name
            return Input(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))), path: path)
        }
        let bytes = make()
        let path = NSTemporaryDirectory() + "invented-\(seed)-\(messages)-" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return Input(bytes: bytes, path: path)
    }

    func reports() throws -> Input {
        try file("oru.hl7") {
            var reports = InventedReports(seed: seed)
            return reports.bytes(messages: messages)
        }
    }

    func bundle() throws -> Input {
        try file("bundle.json") {
            InventedBundle(seed: seed).bytes(observations: max(1, messages / 4))
        }
    }

    func document() throws -> Input {
        try file("ccda.xml") {
            InventedDocument(seed: seed).bytes(observations: max(1, min(740, messages / 20)))
        }
    }

    /// Invented in any case: no peer reads it.
    func interchange() throws -> Input {
        let bytes = InventedInterchange(seed: seed).bytes(messages: max(1, messages / 2))
        return Input(bytes: bytes, path: "")
    }
}
