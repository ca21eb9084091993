import EDIFACTAdapters
import EDIFACTSyntax
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("NHSACK answers an interchange")
struct AcknowledgementTests {
    private let header = {
        var header = EDIFACTInterchangeHeader()
        header.sender = "5000000000001"
        header.senderQualifier = "14"
        header.recipient = "5000000000002"
        header.recipientQualifier = "80"
        header.controlReference = "47'11"
        return header
    }()

    private let error = IntakeError(
        code: "segment-missing",
        location: "S07/PNA",
        remedy: "ask the sender for the whole message, then drive it again"
    )

    private let time = PartialDate("2026-11-22T10:05")

    private func render(_ answer: EDIFACTAcknowledgement) throws -> [UInt8] {
        answer.render(controlReference: "90001", at: try #require(time))
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).replacing("?'", with: "`")
            .split(separator: "'").map(String.init)
    }

    @Test("all, some and none accepted; the whole unreadable; no message in it")
    func verdicts() throws {
        func answer(_ messages: [EDIFACTAcknowledgement.Message]) -> EDIFACTAcknowledgement {
            EDIFACTAcknowledgement(of: header, messages: messages)
        }
        #expect(answer([.accepted("1"), .accepted("2")]).verdict.rawValue == "IAF")
        #expect(answer([.accepted("1"), .rejected("2", because: error)]).verdict.rawValue == "IAP")
        #expect(answer([.rejected("1", because: error)]).verdict.rawValue == "IRA")
        #expect(answer([]).verdict.rawValue == "IRM")
        let whole = EDIFACTAcknowledgement(of: header, unreadable: error)
        #expect(whole.verdict.rawValue == "IRI")
        #expect(lines(try render(whole)).contains { $0.hasPrefix("FTX+ERD+++segment-missing at") })
    }

    @Test("its segments are those of the message, parties exchanged, delimiters released")
    func segments() throws {
        let bytes = try render(
            EDIFACTAcknowledgement(
                of: header,
                messages: [.accepted("1"), .rejected("2", because: error)]
            )
        )
        #expect(
            lines(bytes) == [
                "UNA:+.? ",
                "UNB+UNOC:3+5000000000002:80+5000000000001:14+261122:1005+90001++NHSACK",
                "UNH+1+NHSACK:D:1:NH:NHS001", "BGM+AKR", "DTM+137:20261122:102",
                "NIR+SIR:47`11+5000000000001:14+5000000000002:80+IAP", "NMR+AGO:1+MA",
                "NMR+AGO:2+MR",
                "FTX+ERD+++segment-missing at S07/PNA?: ask the sender for the whole message, then"
                    + ": drive it again",
                "UNT+8+1", "UNZ+1+90001",
            ]
        )
    }

    @Test("it reads back: one whole message with right counts and references")
    func readsBack() throws {
        for count in [0, 1, 40] {
            let messages = (0..<count).map { number in
                number % 3 == 0
                    ? EDIFACTAcknowledgement.Message.rejected(String(number), because: error)
                    : .accepted(String(number))
            }
            let bytes = try render(EDIFACTAcknowledgement(of: header, messages: messages))
            let file = EDIFACTFile(bytes)
            #expect(file.messageCount == 1 && file.findings == [])
            let tree = try EDIFACTMessage.read(bytes[...])
            #expect(tree.findings == [])
            #expect(tree.type.type == "NHSACK" && tree.type.association == "NHS001")
            #expect(tree.interchange.recipient == "5000000000001")
        }
    }

    @Test("a real interchange is answered from what became of each message")
    func fromIntake() throws {
        let whole = try Fixture.of("edifact-lab-report").first { $0.isSuccess }
            .map { try Data(contentsOf: $0.input) }
        let bytes = Array(try #require(whole))
        let file = EDIFACTFile(bytes)
        let adapter = EDIFACTLabReportAdapter()
        var messages: [EDIFACTAcknowledgement.Message] = []
        var header = EDIFACTInterchangeHeader()
        for part in file.parts {
            guard case .message = part.kind, let envelope = file.envelope(of: part) else {
                continue
            }
            header = try EDIFACTInterchangeHeader(envelope)
            let document = SourceDocument(
                silo: "s",
                bytes: file.slice(part),
                envelope: envelope
            )
            let reference = try EDIFACTMessage.read(document.bytes, in: header).reference
            do throws(IntakeError) {
                _ = try adapter.adapt(document)
                messages.append(.accepted(reference))
            } catch {
                messages.append(.rejected(reference, because: error))
            }
        }
        #expect(header.asksForAcknowledgement)
        let answer = EDIFACTAcknowledgement(of: header, messages: messages)
        #expect(answer.verdict == .accepted)
    }
}
