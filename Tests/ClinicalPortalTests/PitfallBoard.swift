import ClinicalPortal
import Foundation
import PortalStoreSQLite
import Testing

/// Where a portal keeps its record: what holds in memory must hold in a file.
enum PitfallStore: String, CaseIterable, CustomTestStringConvertible {
    case memory, file

    var testDescription: String { rawValue }

    func storage() throws -> PortalStorage {
        switch self {
        case .memory: .inMemory()
        case .file: try .sqlite(path: try Board.temporaryFolder() + "/record.sqlite")
        }
    }

    func portal(_ profile: String = Pitfall.profile) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: try storage(),
            journal: MemoryAuditJournal()
        )
    }
}

/// A board with a silo for each format, and documents of invented people for it.
enum Pitfall {
    static let profile = Board.profile.replacing(
        "other: {label: Other}",
        with: """
            other: {label: Other}
              fhir: {label: Practice, zone: Europe/London, localAuthority: GRI, feeds: [condition, allergyIntolerance]}
              server: {label: Community, zone: Europe/London, localAuthority: GRI}
              letters: {label: Letters, zone: Europe/London, localAuthority: GRI}
              elements: {label: Elements, adapter: top-elements, zone: Europe/London, localAuthority: GRI}
              scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI}
              referrals: {label: Referrals, localAuthority: GRI}
            """
    )

    static let patient = """
        {"resourceType":"Patient","id":"p","identifier":[{"system":"urn:id:GRI","value":"1"}],
        "name":[{"family":"LEE","given":["Ann"]}],"gender":"female","birthDate":"1951-03-03"}
        """

    /// A bundle of resources about one person.
    static func bundle(
        _ resources: [String],
        patient: String = Pitfall.patient,
        at time: String = "2026-11-02T10:00:00Z"
    ) -> [UInt8] {
        let entries = ([patient] + resources).map { "{\"resource\":" + $0 + "}" }
        return Array(
            (#"{"resourceType":"Bundle","type":"collection","timestamp":"\#(time)","entry":["#
                + entries.joined(separator: ",") + "]}").utf8
        )
    }

    /// An observation with further members, such as its value.
    static func observation(
        _ more: String,
        id: String = "o",
        status: String = "final",
        name: String = "Potassium"
    ) -> String {
        """
        {"resourceType":"Observation","id":"\(id)","status":"\(status)","code":{"text":"\(name)"},
        "subject":{"reference":"Patient/p"},\(more)}
        """
    }

    static func condition(_ more: String, id: String = "c", name: String = "Asthma") -> String {
        """
        {"resourceType":"Condition","id":"\(id)","code":{"text":"\(name)"},
        "subject":{"reference":"Patient/p"}\(more)}
        """
    }

    /// A report of several OBX, each given from its second field on.
    static func report(
        _ observations: [String],
        number: String = "26B1",
        collected: String = "20260302081500",
        at time: String = "20260302140000",
        status: String = "F",
        pid: String = Board.pid(),
        control: String = "1",
        panel: String = "FBC^Full blood count^L"
    ) -> [UInt8] {
        let segments =
            [
                "MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|\(control)|P|2.5.1", pid,
                "OBR|1||\(number)^LAB|\(panel)|||\(collected)|||||||||||||||\(time)|||\(status)",
            ] + observations.enumerated().map { "OBX|\($0 + 1)|" + $1 }
        return Array(segments.joined(separator: "\r").utf8) + [0x0D]
    }

    /// A letter in HL7 v2, one line of text.
    static func letter(
        _ text: String,
        id: String = "L1",
        event: String = "T02",
        replaces: String = "",
        at time: String = "20261001",
        pid: String = Board.pid()
    ) -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^\(event)|\(id)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", pid,
                "TXA|1|CN^Clinic letter|TX|20261001||\(time)||||||\(id)^GRI|\(replaces)||||AU",
                "OBX|1|TX|A^Letter^L||\(text)||||||F",
            ].joined(separator: "\r").utf8
        ) + [0x0D]
    }

    /// A CDA document of one section.
    static func cda(
        _ code: String,
        _ text: String,
        _ entries: String...,
        id: String = "D1"
    ) -> [UInt8] {
        Array(
            ("""
            <ClinicalDocument xmlns="urn:hl7-org:v3" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3" \
            extension="\(id)"/><code code="34133-9"/><title>Summary</title>\
            <effectiveTime value="20260302"/><recordTarget><patientRole>\
            <id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/><patient><name>\
            <given>Ann</given><family>LEE</family></name><birthTime value="19510303"/></patient>\
            </patientRole></recordTarget><component><structuredBody><component><section>\
            <code code="\(code)"/><title>Section</title><text>\(text)</text>
            """ + entries.map { "<entry>\($0)</entry>" }.joined()
                + "</section></component></structuredBody></component></ClinicalDocument>").utf8
        )
    }

    /// Where a document of national number alone is found.
    static let nhs = "9990000018"

    static func text(_ message: [UInt8]) -> String { String(decoding: message, as: UTF8.self) }

    /// A message with a piece of it written otherwise.
    static func changed(_ message: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        Array(text(message).replacing(old, with: new).utf8)
    }
}

extension Portal {
    /// How many people the index knows.
    func peopleCount() throws -> Int {
        try patients(as: try reader("all"), at: Board.now).value.count
    }

    /// The page that a reader sees, as machines read it.
    func pageText(_ patient: String = "urn:id:GRI|1", at now: Instant = Board.now) throws -> String
    {
        try TimelineView.json(
            try timeline(of: try find(patient), as: try reader("all"), at: now)
        )
    }

    /// All rows of a record, page by page.
    func paged(_ limit: Int, _ patient: String = "urn:id:GRI|1") throws -> [[TimelineRow]] {
        var query = TimelineQuery()
        query.limit = limit
        var pages: [[TimelineRow]] = []
        repeat {
            let page = try timeline(
                of: try find(patient),
                as: try reader("all"),
                query: query,
                at: Board.now
            ).value
            pages.append(page.sections.flatMap(\.rows))
            query.cursor = page.next
        } while query.cursor != nil && pages.count < 2000
        return pages
    }
}
