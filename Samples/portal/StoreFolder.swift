import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// A store's folder: `record.sqlite`, `audit.sqlite`, the audit's key, and the witness's copy of
/// its checkpoints, which belongs on another machine in real use.
struct StoreFolder {
    let portal: Portal
    let journal: SQLiteAuditJournal
    private let path: String

    /// Opens a folder; a profile given here is kept in the store.
    init(_ path: String, profile text: String? = nil, at now: Instant) throws {
        self.path = path
        // A record is its owner's to read, and so is every page and picture made of it.
        umask(0o077)
        // Only an import makes a store: a mistyped folder is no empty record.
        if text == nil, !FileManager.default.fileExists(atPath: path + "/record.sqlite") {
            throw StoreError(code: "store-missing", remedy: "name the folder that an import made")
        }
        try FileManager.default.createDirectory(
            atPath: path + "/witness",
            withIntermediateDirectories: true
        )
        let storage = try PortalStorage.sqlite(path: path + "/record.sqlite")
        journal = try SQLiteAuditJournal(path: path + "/audit.sqlite")
        var profile: SiteProfile
        if let text {
            profile = try SiteProfile(yaml: text)
        } else {
            guard let kept = try Portal.keptProfile(storage) else {
                throw StoreError(code: "profile-missing", remedy: "import with --profile first")
            }
            profile = kept
        }
        StoreFolder.addOperator(&profile)
        portal = Portal(profile: profile, storage: storage, journal: journal)
        if text != nil { try portal.keepProfile(at: now) }
    }

    /// The operator at the machine, where the profile names none.
    private static func addOperator(_ profile: inout SiteProfile) {
        guard profile.person("operator") == nil else { return }
        profile.people.append(Principal(person: "operator", roles: ["operator"]))
        guard !profile.access.grants.contains(where: { $0.role == "operator" }) else { return }
        profile.access.grants.append(
            RoleGrant(
                role: "operator",
                operations: [],
                duties: ["list", "review", "held", "document", "link", "audit", "recall"]
            )
        )
    }

    /// The patient that a text names, among those whom a reader may know.
    func find(
        _ text: String,
        as reader: Principal,
        _ purpose: String,
        at now: Instant
    ) throws -> SourcePatientID? {
        try portal.find(text, as: reader, purpose: Purpose(rawValue: purpose), at: now)
    }

    func person(_ handle: String) throws -> Principal {
        guard let person = portal.profile.person(handle) else {
            throw StoreError(code: "person-unknown", remedy: "name a person of the site profile")
        }
        return person
    }

    /// The log's key: made with the store, readable by its owner alone.
    func signer() throws -> CheckpointSigner {
        let file = path + "/audit.key"
        if let seed = FileManager.default.contents(atPath: file), seed.count == 32 {
            return try CheckpointSigner(origin: "portal", seed: Array(seed))
        }
        var generator = SystemRandomNumberGenerator()
        let seed = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let isMade = FileManager.default.createFile(
            atPath: file,
            contents: Data(seed),
            attributes: [.posixPermissions: 0o600]
        )
        guard isMade else {
            throw StoreError(code: "key-not-kept", remedy: "make the store's folder writable")
        }
        return try CheckpointSigner(origin: "portal", seed: seed)
    }

    var witnessFile: String { path + "/witness/checkpoints.jsonl" }

    /// Gives the events their leaves and signs: after every command, so never more than a command's
    /// events stand outside a checkpoint.
    func settleAudit(at now: Instant) throws {
        guard try journal.pendingCount() > 0 else { return }
        let checkpoint = try journal.checkpoint(at: now, signer: try signer())
        let line = Data((try checkpoint.text() + "\n").utf8)
        if let handle = FileHandle(forWritingAtPath: witnessFile) {
            handle.seekToEndOfFile()
            handle.write(line)
            try handle.close()
        } else if !FileManager.default.createFile(atPath: witnessFile, contents: line) {
            throw StoreError(code: "witness-not-kept", remedy: "make the witness's folder writable")
        }
    }
}

extension StoreOptions {
    /// Opens the folder, runs a command that asks others, and settles the audit all the same.
    func open<Answer>(
        _ body: (StoreFolder, Principal, Instant) async throws -> Answer
    ) async throws -> Answer {
        let now = try moment()
        let folder = try StoreFolder(store, at: now)
        let person = try folder.person(user)
        let answer: Answer
        do {
            answer = try await body(folder, person, now)
        } catch {
            try folder.settleAudit(at: now)
            throw error
        }
        try folder.settleAudit(at: now)
        return answer
    }

    /// Opens the folder, runs the command, and settles the audit whether or not it was permitted.
    func open<Answer>(_ body: (StoreFolder, Principal, Instant) throws -> Answer) throws -> Answer {
        let now = try moment()
        let folder = try StoreFolder(store, at: now)
        let person = try folder.person(user)
        let result = Result { try body(folder, person, now) }
        try folder.settleAudit(at: now)
        return try result.get()
    }
}
