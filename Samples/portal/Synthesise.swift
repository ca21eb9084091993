import ArgumentParser
import ClinicalPortal
import Foundation

/// Invents a health board.
struct Synthesise: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invents a health board of any size, with a profile and the truth beside it.",
        discussion: """
            Writes DIR/profile.yaml, a folder for each silo, and DIR/truth: people.csv says whose \
            each message, statement and booking is, events.csv which messages tell of one event. The same seed gives the \
            same bytes; memory does not grow with the number of patients.
            """
    )

    @Option(help: "How many people.")
    var patients: Int

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: "The folder; made if it is not there.")
    var out: String

    @Option(help: "How often a name is mistyped.")
    var typos: Double = 0.02

    @Option(help: "How often the national number is left out.")
    var missing: Double = 0.1

    @Option(help: "How often a result is copied to the practice and sent by it too.")
    var copied: Double = 0.1

    @Flag(help: "Print what was written in JSON.")
    var json = false

    func validate() throws {
        guard patients >= 1 else { throw ValidationError("--patients is at least 1") }
        for rate in [typos, missing, copied] where !(0...1).contains(rate) {
            throw ValidationError("a rate is between 0 and 1")
        }
    }

    func run() throws {
        var rates = Synthesiser.Rates()
        rates.typo = typos
        rates.numberMissing = missing
        rates.copied = copied
        let synthesiser = Synthesiser(seed: seed, rates: rates)
        let there = try? FileManager.default.contentsOfDirectory(atPath: out)
        guard there?.isEmpty ?? true else {
            // What an earlier board left would be messages without a truth.
            throw StoreError(code: "folder-not-empty", remedy: "name a new folder, or an empty one")
        }
        try write("profile.yaml", Synthesise.profile)
        let batch = 250
        var bytes = 0
        var files = 0
        for start in stride(from: 1, through: patients, by: batch) {
            var lines = Synthesiser.Lines()
            lines.bookings = Synthesiser.bookingColumns
            for index in start...min(patients, start + batch - 1) {
                synthesiser.add(index, to: &lines)
            }
            let number = Synthesiser.pad(start / batch + 1, 6)
            for (name, text) in [
                ("attendances/\(number).hl7", lines.attendances),
                ("laboratory/\(number).hl7", lines.laboratory),
                ("gp-results/\(number).hl7", lines.copies),
                ("letters/\(number).hl7", lines.letters),
                ("summary/\(number).jsonl", lines.summary),
                ("lists/\(number).csv", lines.bookings),
            ] where !text.isEmpty {
                try write(name, text)
                bytes += text.utf8.count
                files += 1
            }
            try append("truth/people.csv", "silo,message,person\n", lines.people, start == 1)
            try append("truth/events.csv", "event,silo,message\n", lines.events, start == 1)
            if isatty(2) == 1 {
                let done = min(patients, start + batch - 1)
                FileHandle.standardError.write(Data("\r\(done)/\(patients) people".utf8))
            }
        }
        if isatty(2) == 1 { Output.note("") }
        Output.line(
            json
                ? try CanonicalJSON.text(["patients": patients, "files": files, "bytes": bytes])
                : "\(patients) people, \(files) files, \(bytes) bytes in \(out)"
        )
    }

    private func write(_ name: String, _ text: String) throws {
        let path = out + "/" + name
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw StoreError(code: "file-not-written", remedy: "name a folder that can be written")
        }
    }

    private func append(_ name: String, _ header: String, _ text: String, _ isFirst: Bool) throws {
        if isFirst { try write(name, header) }
        guard let handle = FileHandle(forWritingAtPath: out + "/" + name) else {
            throw StoreError(code: "file-not-written", remedy: "name a folder that can be written")
        }
        handle.seekToEndOfFile()
        handle.write(Data(text.utf8))
        try handle.close()
    }

    private static let profile = """
        site: Synthesised board
        silos:
          attendances: {label: Attendances, path: attendances, zone: Europe/London, localAuthority: SYN, \
        speaksFor: [SYN], feeds: [patient, encounter]}
          laboratory: {label: Laboratory, path: laboratory, zone: Europe/London, localAuthority: SYN, \
        speaksFor: [SYNLAB], feeds: [diagnosticReport]}
          gp-results: {label: Results of practices, path: gp-results, zone: Europe/London, \
        localAuthority: SYN, feeds: [diagnosticReport]}
          letters: {label: Letters, path: letters, zone: Europe/London, localAuthority: SYN, \
        feeds: [clinicalDocument]}
          summary: {label: GP summary, path: summary, adapter: top-elements, zone: Europe/London, \
        localAuthority: SYN, feeds: [allergyIntolerance, medicationStatement, condition]}
          lists: {label: Clinic lists, path: lists, adapter: appointment-list, zone: Europe/London, \
        localAuthority: SYN, feeds: [appointment]}
        access:
          roles:
            night-doctor: {may: [know, read], needsRelationship: false, labels: [sensitive]}
            operator: {may: [], duties: [list, review, held, document, link, audit, recall]}
        people:
          dr.night: {roles: [night-doctor]}
          operator: {roles: [operator]}

        """
}
