import ArgumentParser
import ClinicalPortal
import Foundation
import GRDB
import PortalStoreSQLite

/// A log as long as the Emergency Care Summary's: how long it takes to verify, and who looked.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies very many events in SQLite; asks who looked at one patient."
    )
    @Option(help: "Events.") var events = 4_200_000
    @Option(help: "Patients.") var patients = 500_000
    @Option(help: "The file, made where it is not.") var file = "audit-bench.sqlite"

    func run() throws {
        if !FileManager.default.fileExists(atPath: file) { try fill() }
        let journal = try SQLiteAuditJournal(path: file)
        let signer = try CheckpointSigner(origin: "bench", seed: [UInt8](repeating: 7, count: 32))
        var checkpoint: Checkpoint?
        let signed = try seconds {
            checkpoint = try journal.checkpoint(
                at: Instant(milliseconds: 1_795_000_000_000),
                signer: signer
            )
        }
        guard let checkpoint else { throw Failure(description: "no checkpoint") }
        var found: AuditVerification?
        let took = try seconds {
            found = try AuditVerifier(keys: [signer.verifier]).verify(
                journal,
                witness: [checkpoint]
            )
        }
        guard let found, found.isIntact, found.size == events else {
            throw Failure(description: "the log does not verify")
        }
        var times: [Double] = []
        var looks = 0
        for patient in 0..<101 {
            times.append(
                try seconds {
                    looks += try journal.events(
                        patientMembers: ["p-\(patient * 4801 % patients)"],
                        limit: 1000
                    ).count
                }
            )
        }
        times.sort()
        print(
            "| \(events) events in SQLite | verified in \(fixed(took, 1)) s, first checkpoint "
                + "\(fixed(signed, 1)) s; who looked p50 \(fixed(times[50] * 1e3, 2)) ms, slowest of 101 "
                + "\(fixed(times[100] * 1e3, 2)) ms (\(looks) looks) |"
        )
    }

    /// Writes the rows in one transaction: recorded one by one each would be on disk first.
    private func fill() throws {
        progress("writing \(events) events to \(file)")
        _ = try SQLiteAuditJournal(path: file)
        let queue = try DatabaseQueue(path: file)
        try queue.write { database in
            let leaf = try database.makeStatement(
                sql: "INSERT INTO leaf (position, id, bytes, hash) VALUES (?, ?, ?, ?)"
            )
            let member = try database.makeStatement(
                sql: "INSERT INTO member (position, member) VALUES (?, ?)"
            )
            for number in 0..<events {
                let patient = "p-\(number * 7919 % patients)"
                let event = AuditEvent(
                    id: "a-\(number)",
                    time: Instant(milliseconds: 1_700_000_000_000 + number * 1000),
                    action: .readTimeline,
                    outcome: .permitted,
                    principal: AuditPrincipal(
                        person: "s\(number % 8500)",
                        roles: ["doctor"],
                        organisation: "GRI"
                    ),
                    patient: patient,
                    members: [patient],
                    purpose: "direct care",
                    screen: "timeline",
                    entries: ["e-\(number)/v-1", "e-\(number + 1)/v-1"],
                    shownCount: 2,
                    salt: "00112233445566778899aabbccddeeff"
                )
                let bytes = try event.canonicalBytes()
                try leaf.execute(arguments: [
                    number, event.id, Data(bytes),
                    Data(AuditLeaf.hash(of: bytes, at: number).bytes),
                ])
                try member.execute(arguments: [number, patient])
                if number % 500_000 == 499_999 { progress("\(number + 1)") }
            }
        }
    }
}
