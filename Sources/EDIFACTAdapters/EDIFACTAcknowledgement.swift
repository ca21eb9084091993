public import EDIFACTSyntax
public import PortalIntake
public import PortalRecord

/// The answer to an interchange: NHSACK, which says what became of each of its messages.
///
///     UNH+1+NHSACK:D:1:NH:NHS001'
///     BGM+AKR'
///     DTM+137:20261122:102'
///     NIR+SIR:4711+5000000000001:14+5000000000002:14+IAP'
///     NMR+AGO:1+MA'
///     NMR+AGO:2+MR'
///     FTX+ERD+++segment-missing at S07/PNA'
///     UNT+8+1'
///
/// - Shape: `UNH BGM DTM NIR [FTX+ERD] {NMR [FTX+ERD]} UNT`. NIR says of the interchange: IAF all
///   accepted, IAP some, IRA none, IRI the interchange cannot be read, IRM no message can be taken
///   out of it; NMR of each message: MA accepted, MR rejected.
/// - Rule: NHSACK:D:1:NH:NHS001 (DOMAIN 6a). Accepted means that the document is on disk (DESIGN
///   P10) and its results are in the record: build it after filing, never before. Reasons hold a
///   code, a place and a remedy, and nothing of the message.
public struct EDIFACTAcknowledgement: Hashable, Sendable {
    /// What became of one message.
    public struct Message: Hashable, Sendable {
        /// The sender's number of it (UNH, 0062).
        public let reference: String
        /// Why it was rejected; nil for one that was accepted.
        public let reason: String?

        /// A message that was filed, now or when it came before.
        public static func accepted(_ reference: String) -> Message {
            Message(reference: reference, reason: nil)
        }

        /// A message that was not filed: it waits for a person, or is none.
        public static func rejected(_ reference: String, because error: IntakeError) -> Message {
            Message(reference: reference, reason: error.description)
        }
    }

    /// What is said of the interchange as a whole.
    public enum Verdict: String, Hashable, Sendable {
        /// Every message was accepted.
        case accepted = "IAF"
        /// Some messages were accepted.
        case partlyAccepted = "IAP"
        /// No message was accepted.
        case rejected = "IRA"
        /// The interchange itself cannot be read.
        case interchangeUnreadable = "IRI"
        /// No message can be taken out of it.
        case messagesUnreadable = "IRM"
    }

    /// The header of the interchange that is answered.
    public let interchange: EDIFACTInterchangeHeader
    /// What became of its messages, in their order; empty where none could be read.
    public let messages: [Message]
    /// What is said of the whole.
    public let verdict: Verdict
    /// Why the whole was rejected, where it was.
    private let reason: String?

    /// Answers an interchange by what became of its messages.
    ///
    /// Without any message it is rejected as one that none can be taken out of.
    public init(of interchange: EDIFACTInterchangeHeader, messages: [Message]) {
        self.interchange = interchange
        self.messages = messages
        let accepted = messages.count { $0.reason == nil }
        if messages.isEmpty {
            verdict = .messagesUnreadable
            reason = "No message could be taken out of the interchange"
        } else {
            verdict =
                accepted == messages.count
                ? .accepted : accepted == 0 ? .rejected : .partlyAccepted
            reason = nil
        }
    }

    /// Rejects an interchange as a whole.
    public init(of interchange: EDIFACTInterchangeHeader, unreadable error: IntakeError) {
        self.interchange = interchange
        messages = []
        verdict = .interchangeUnreadable
        reason = error.description
    }

    /// The acknowledgement as an interchange of its own.
    ///
    /// - Parameters:
    ///   - controlReference: Our number of it, at most 14 characters, new for each.
    ///   - time: When it is made, to the minute at least, on the clock that is agreed with the
    ///     sender; what is missing is written as zero.
    /// - Returns: UNA to UNZ, in ISO 8859-1, sender and recipient of the interchange exchanged.
    public func render(controlReference: String, at time: PartialDate) -> [UInt8] {
        let day = two(time.month ?? 0) + two(time.day ?? 0)
        let year = two(time.year / 100) + two(time.year % 100)
        let from = [interchange.recipient, interchange.recipientQualifier]
        let to = [interchange.sender, interchange.senderQualifier]
        var writer = EDIFACTWriter()
        writer.writeAdvice()
        writer.write(
            .unb,
            [
                ["UNOC", "3"], from, to,
                [two(time.year % 100) + day, two(time.hour ?? 0) + two(time.minute ?? 0)],
                [controlReference], [], ["NHSACK"],
            ]
        )
        let before = writer.segmentCount
        writer.write(.unh, [["1"], ["NHSACK", "D", "1", "NH", "NHS001"]])
        writer.write(.bgm, [["AKR"]])
        writer.write(.dtm, [["137", year + day, "102"]])
        writer.write(
            EDIFACTTag("NIR"),
            [["SIR", interchange.controlReference], to, from, [verdict.rawValue]]
        )
        if let reason { writer.write(.ftx, text(reason)) }
        for message in messages {
            writer.write(
                EDIFACTTag("NMR"),
                [["AGO", message.reference], [message.reason == nil ? "MA" : "MR"]]
            )
            if let reason = message.reason { writer.write(.ftx, text(reason)) }
        }
        writer.write(.unt, [[String(writer.segmentCount - before + 1)], ["1"]])
        writer.write(.unz, [["1"], [controlReference]])
        return writer.bytes
    }

    /// FTX+ERD: at most five components of 70 characters.
    private func text(_ reason: String) -> [[String]] {
        let letters = Array(reason.unicodeScalars.prefix(350))
        let lines = stride(from: 0, to: letters.count, by: 70).map { start in
            var line = String.UnicodeScalarView()
            line.append(contentsOf: letters[start..<min(start + 70, letters.count)])
            return String(line)
        }
        return [["ERD"], [], [], lines]
    }

    private func two(_ number: Int) -> String {
        number < 10 ? "0" + String(number) : String(number)
    }
}
