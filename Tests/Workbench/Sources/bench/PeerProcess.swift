import Foundation

/// A Python peer on the same file, timed by its own process.
struct PeerProcess: Measurement {
    let name: String
    let python: String
    let script: String
    let mode: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    func run(_ input: Input) throws -> Sample {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script, mode, input.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard process.terminationStatus == 0, words.count == 3, let seconds = Double(words[0]),
            let bytes = Int(words[1]), let units = Int(words[2])
        else {
            throw Failure(description: "\(name) said nothing that could be read")
        }
        return Sample(seconds: seconds, bytes: bytes, units: units)
    }
}
