import ClinicalPortal
import EDIFACTAdapters
import EDIFACTSyntax
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("An interchange on its way into the record")
struct DeliveryTests {
    static let message =
        "UNH+1+MEDRPT:0:1:RT:NHS003'\nBGM+LSR'\nS02+02'\nRFF+SRI:26H1'\nSTS++FI'\n"
        + "DTM+ISR:202611220930:203'\nS07+07'\nPNA+PAT+9990000018:OPI+++SU:GREENE+FO:ANNA'\n"
        + "DTM+329:19510303:102'\nGIS+N'\nINV+MQ+:::Colour'\nFTX+RIT+++Gelb f\u{FC}r'\nUNT+13+1'\n"

    static func interchange(
        _ messages: [String],
        level: String = "UNOC:3",
        at time: String = "261122:1000",
        reference: String = "4711"
    ) -> [UInt8] {
        let text =
            "UNA:+.? '\nUNB+\(level)+LAB+PORTAL+\(time)+\(reference)'\n" + messages.joined()
            + "UNZ+\(messages.count)+\(reference)'\n"
        return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private let adapter = EDIFACTLabReportAdapter()

    private func document(_ bytes: [UInt8]) throws -> SourceDocument {
        let file = EDIFACTFile(bytes)
        let part = try #require(
            file.parts.first { if case .message = $0.kind { true } else { false } }
        )
        return SourceDocument(
            silo: "s",
            bytes: file.slice(part),
            envelope: file.envelope(of: part)
        )
    }

    @Test("a message says behind its envelope what it says within its interchange")
    func envelope() throws {
        let bytes = Self.interchange([Self.message])
        let alone = try adapter.adapt(document(bytes))
        let whole = try adapter.adapt(SourceDocument(silo: "s", bytes: bytes[...]))
        #expect(alone.messageTime == whole.messageTime && alone.messageTime != nil)
        #expect(alone.messageID == "4711/1" && alone.sender == "LAB")
        func reports(_ report: IntakeReport) -> [DiagnosticReport] {
            report.entries.compactMap {
                if case .diagnosticReport(let report) = $0.content { report } else { nil }
            }
        }
        let values = reports(alone).flatMap(\.observations).flatMap(\.values).map(\.text)
        #expect(values == ["Gelb f\u{FC}r"])
        #expect(reports(whole).map(\.fillerNumber) == reports(alone).map(\.fillerNumber))
        #expect(reports(whole).flatMap(\.observations).flatMap(\.values).map(\.text) == values)
    }

    @Test("equal messages of two interchanges are two documents, sent again one (P1, P3)")
    func names() throws {
        let first = try document(Self.interchange([Self.message]))
        let again = try document(Self.interchange([Self.message]))
        let later = try document(Self.interchange([Self.message], at: "261123:1000"))
        let bare = SourceDocument(silo: "s", bytes: first.bytes)
        #expect(first.hash == again.hash)
        #expect(first.hash != later.hash && first.hash != bare.hash)
        #expect(Array(first.bytes) == Array(later.bytes))
    }

    @Test("the interchange's time decides whether a status time is believed (SAFETY S6)")
    func statusTime() throws {
        let sound = try adapter.adapt(document(Self.interchange([Self.message])))
        #expect(sound.entries.last?.statusTime != nil)
        let early = try adapter.adapt(document(Self.interchange([Self.message], at: "261101:1000")))
        #expect(early.entries.last?.statusTime == nil)
        #expect(early.diagnostics.map(\.code).contains("status-time-in-future"))
    }

    @Test("an inspection accounts for every byte of an interchange")
    func inspection() {
        let other = Self.message.replacing("UNH+1+", with: "UNH+2+")
            .replacing("UNT+13+1", with: "UNT+13+2").replacing("SRI:26H1", with: "SRI:26H2")
        let bytes = Self.interchange([Self.message, other])
        let found = Inspection(bytes)
        #expect(found.format == "edifact" && found.adapters == ["edifact-lab-report"])
        #expect(found.counts == [.adapted: 2])
        #expect(found.mapped + found.ignored + found.unmapped == bytes.count)
        #expect(found.unmapped == 0)
        #expect(found.findings.filter { $0.severity != .note } == [])
    }

    @Test("an interchange that names HL7's batch header inside is no HL7 v2")
    func notHL7() {
        let text =
            "UNB+UNOA:2+A+B+261122:1000+1'\nUNH+1+FHSREG:0:1:FH:FHS001'\nNAD+FHS+X:954'\n"
            + "UNT+3+1'\nUNZ+1+1'\n"
        let found = Inspection(Array(text.utf8))
        #expect(found.format == "edifact" && found.outcome == .held)
        #expect(found.findings.map(\.code) == ["message-type-unsupported"])
    }

    @Test("a trailer that counts more, a stray word and a message of no adapter are told")
    func oddities() {
        let foreign = "UNH+2+MEDREF:D:93A:UN:H0130R'\nUNT+2+2'\n"
        var bytes = Self.interchange([Self.message, foreign])
        bytes += Array("stray words\n".utf8)
        let found = Inspection(bytes)
        #expect(found.counts == [.adapted: 1, .held: 1])
        let codes = found.findings.map(\.code)
        #expect(codes.contains("message-type-unsupported"))
        #expect(codes.contains("bytes-outside-messages"))
        #expect(Inspection(Self.interchange([])).outcome == .rejected)
        let whole = Self.interchange([Self.message])
        let text = String(decoding: whole, as: UTF8.self).replacing("UNZ+1", with: "UNZ+2")
        let codesOfShort = Inspection(Array(text.utf8)).findings.map(\.code)
        #expect(codesOfShort.contains("interchange-count-differs"))
    }
}
