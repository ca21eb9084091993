public import PortalBytes

/// What an interchange says of all its messages: its service characters and its UNB.
///
///     UNA:+.? '
///     UNB+UNOC:3+5000000000001:14+5000000000002:14+261122:0815+4711++MEDRPT++1'
///
/// - Shape: absent parts are empty.
/// - Rule: ISO 9735 UNB: S001 syntax, S002 sender, S003 recipient, S004 date and time, 0020 control
///   reference, S005 password, 0026 application reference, 0029 priority, 0031 acknowledgement,
///   0032 agreement, 0035 test.
public struct EDIFACTInterchangeHeader: Hashable, Sendable {
    /// The characters that divide the interchange.
    public var characters = EDIFACTServiceCharacters.standard
    /// Whether it has a UNB at all.
    public var isPresent = false
    /// The syntax level, which sets the character set: `UNOA`, `UNOB`, `UNOC`.
    public var syntaxLevel = ""
    /// The syntax version, such as `3`.
    public var syntaxVersion = ""
    /// The sender's mailbox.
    public var sender = ""
    /// What kind of number the sender's is, such as `80`.
    public var senderQualifier = ""
    /// The recipient's mailbox.
    public var recipient = ""
    /// What kind of number the recipient's is.
    public var recipientQualifier = ""
    /// The date of preparation: `YYMMDD`, or `CCYYMMDD` in version 4.
    public var date = ""
    /// The time of preparation: `HHMM`.
    public var time = ""
    /// The sender's number of the interchange.
    public var controlReference = ""
    /// What the interchange is of, such as `MEDRPT`.
    public var applicationReference = ""
    /// Whether the sender asks for an acknowledgement (0031 is 1).
    public var asksForAcknowledgement = false
    /// Whether the sender says that it is a test (0035 is 1).
    public var isTest = false

    /// The header of messages without an interchange: standard characters, nothing declared.
    public init() {}

    /// Reads a service string advice, a UNB, or both one behind the other.
    ///
    /// - Parameters:
    ///   - bytes: From UNA or UNB to the terminator of UNB; more may follow.
    ///   - limits: How much to take.
    /// - Throws: ``EDIFACTSyntaxError`` where UNA is none or a limit is passed.
    public init(_ bytes: ArraySlice<UInt8>, limits: Limits = .standard) throws(EDIFACTSyntaxError) {
        self.init(try EDIFACTTree(bytes, .standard, limits))
    }

    init(_ tree: EDIFACTTree) {
        characters = tree.characters
        guard let segment = tree.segments.firstIndex(where: { $0.tag == .unb }) else { return }
        isPresent = true
        func part(_ element: Int, _ component: Int = 1) -> String {
            guard let range = tree.element(segment, element),
                let part = tree.component(range, component)
            else { return "" }
            return tree.text(part, .windows1252)
        }
        syntaxLevel = part(1)
        syntaxVersion = part(1, 2)
        sender = part(2)
        senderQualifier = part(2, 2)
        recipient = part(3)
        recipientQualifier = part(3, 2)
        date = part(4)
        time = part(4, 2)
        controlReference = part(5)
        applicationReference = part(7)
        asksForAcknowledgement = part(9) == "1"
        isTest = part(11) == "1"
    }
}
