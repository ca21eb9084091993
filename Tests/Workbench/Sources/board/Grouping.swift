import ClinicalPortal
import Foundation
import HL7v2Syntax

/// How well the same event, told by the laboratory and by the practice, is shown as one, against the
/// board's own truth.
struct Grouping {
    /// Copies shown with a row that are of its event, and that are of another.
    private(set) var right = 0
    private(set) var wrong = 0
    /// Copies that there are.
    private(set) var expected = 0

    /// The event that each document tells of.
    private let events: [ContentHash: String]

    var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
    var recall: Double { expected == 0 ? 1 : Double(right) / Double(expected) }

    /// Reads the truth of a board.
    init(board: String) throws {
        let truth = try String(contentsOfFile: board + "/truth/events.csv", encoding: .utf8)
        var named: [String: String] = [:]
        var silos: [String: Set<String>] = [:]
        for line in truth.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: ",").map(String.init)
            guard parts.count == 3 else { continue }
            named[parts[1] + " " + parts[2]] = parts[0]
            silos[parts[0], default: []].insert(parts[1])
        }
        expected = silos.values.filter { $0.count > 1 }.count
        var events: [ContentHash: String] = [:]
        for silo in ["laboratory", "gp-results"] {
            let folder = board + "/" + silo
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
                    continue
                }
                // As intake takes it apart: what is hashed is the message and no line end behind.
                let file = HL7v2File(Array(data))
                for part in file.parts {
                    guard case .message = part.kind else { continue }
                    let message = file.slice(part)
                    let fields = message.prefix { $0 != 0x0D }
                        .split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
                    guard fields.count > 9 else { continue }
                    let id = String(decoding: fields[9], as: UTF8.self)
                    events[ContentHash(of: message)] = named[silo + " " + id]
                }
            }
        }
        self.events = events
    }

    /// Reads all of somebody's timeline.
    mutating func read(
        _ portal: Portal,
        _ patient: SourcePatientID,
        _ reader: Principal,
        _ now: Instant
    )
        throws
    {
        var query = TimelineQuery()
        query.limit = 500
        repeat {
            let page = try portal.timeline(of: patient, as: reader, query: query, at: now).value
            for row in page.sections.flatMap(\.rows) {
                for copy in row.alsoFrom {
                    if let event = events[row.document], events[copy.document] == event {
                        right += 1
                    } else {
                        wrong += 1
                    }
                }
            }
            query.cursor = page.next
        } while query.cursor != nil
    }
}
