import ClinicalPortal
import Foundation
import PortalStore
import PortalStoreSQLite

/// Messages and portals for tests: invented people, numbers of the test range.
enum Board {
    static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI}
          other: {label: Other}
        access:
          teams:
            ward-7: {places: [WARD7]}
          overrides:
            emergency: {minutes: 60, opens: [relationship]}
            express-consent: {minutes: 60, opens: [sealed]}
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, held, document, link, audit, explain, recall]}
            doctor: {may: [know, read], override: true}
            desk: {may: [know, read], kinds: [encounter], needsRelationship: false}
        people:
          all: {roles: [all]}
          doctor: {roles: [doctor], memberships: [{team: ward-7}]}
          stranger: {roles: [doctor]}
          desk: {roles: [desk]}
        """

    static let now = Instant("2026-11-22T10:00Z") ?? Instant(milliseconds: 0)

    static func portal(
        _ storage: PortalStorage = .inMemory(),
        journal: any AuditJournal = MemoryAuditJournal()
    ) throws -> Portal {
        Portal(profile: try SiteProfile(yaml: profile), storage: storage, journal: journal)
    }

    static func temporaryFolder() throws -> String {
        let path = NSTemporaryDirectory() + "portal-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    static func pid(
        nhs: String? = "9990000018",
        local: String = "1",
        name: String = "LEE^Ann",
        born: String = "19510303",
        sex: String = "F"
    ) -> String {
        let number = nhs.map { $0 + "^^^NHS^NH~" } ?? ""
        return "PID|1||\(number)\(local)^^^GRI^MR||\(name)||\(born)|\(sex)"
    }

    /// A result of one analyte.
    static func result(
        _ value: String,
        status: String,
        at time: String,
        number: String = "26B1",
        report: String? = nil,
        code: String = "HB^Haemoglobin^L",
        pid: String = Board.pid(),
        control: String = "1",
        collected: String = "20260302081500",
        flag: String = "",
        orc: String? = nil
    ) -> [UInt8] {
        var segments = [
            "MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|\(control)|P|2.5.1", pid,
            "OBR|1||\(number)^LAB|FBC^Full blood count^L|||\(collected)|||||||||||||||\(time)|||\(report ?? status)",
            "OBX|1|NM|\(code)||\(value)|g/L|115-160|\(flag)|||\(status)",
        ]
        if let orc { segments.insert(orc, at: 2) }
        return Array(segments.joined(separator: "\r").utf8) + [0x0D]
    }

    static func movement(
        _ event: String,
        at time: String,
        visit: String = "V1",
        ward: String = "WARD7",
        pid: String = Board.pid(),
        extra: [String] = []
    ) -> [UInt8] {
        let segments =
            [
                "MSH|^~\\&|PAS|GRI|||20261122||ADT^\(event)|\(event)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", pid,
                "PV1|1|I|\(ward)^^1^GRI||||||||||||||||\(visit)^^^GRI^VN"
                    + String(repeating: "|", count: 25) + "20261101",
            ] + extra
        return Array(segments.joined(separator: "\r").utf8) + [0x0D]
    }

    static func merge(prior: String, into pid: String) -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|PAS|GRI|||20261122||ADT^A40|M1|P|2.5.1", "EVN|A40|20261101", pid,
                "MRG|\(prior)^^^GRI^MR",
            ].joined(separator: "\r").utf8
        ) + [0x0D]
    }
}

extension Portal {
    /// Files messages, each as a file of its own.
    func take(_ silo: String, _ messages: [UInt8]...) throws {
        for message in messages { try take(silo, message) }
    }

    func take(_ silo: String, _ message: [UInt8]) throws {
        try receive(
            message,
            silo: silo,
            name: ContentHash(of: message).hex,
            at: Board.now
        )
    }

    func reader(_ person: String) throws -> Principal {
        guard let found = profile.person(person) else {
            throw StoreError(code: "person-unknown", remedy: "")
        }
        return found
    }

    /// The rows that someone sees of the patient with a number.
    func rows(
        _ patient: String = "urn:id:GRI|1",
        as person: String = "all",
        versions: Bool = false
    ) throws -> [TimelineRow] {
        var query = TimelineQuery()
        query.includesVersions = versions
        query.limit = 1000
        return try timeline(
            of: try find(patient),
            as: try reader(person),
            query: query,
            at: Board.now
        ).value.sections.flatMap(\.rows)
    }

    func caseKinds() throws -> [String] {
        try reviews(as: try reader("all"), at: Board.now).value
            .map(\.reviewCase.kind.rawValue).sorted()
    }

    /// Everything that anyone could be told: the record's own bytes.
    func everything() throws -> String {
        let listed = try patients(as: try reader("all"), at: Board.now)
        var text = try PatientListView.json(listed)
        for patient in listed.value {
            var query = TimelineQuery()
            query.includesVersions = true
            query.limit = 1000
            text += try TimelineView.json(
                try timeline(
                    of: patient.patient,
                    as: try reader("all"),
                    query: query,
                    at: Board.now
                )
            )
        }
        text += try ReviewListView.json(try reviews(as: try reader("all"), at: Board.now))
        return text
    }
}
