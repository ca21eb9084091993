import HL7v2Syntax
import PortalIntake
import PortalRecord

/// Reads OBX segments, and the NTE behind them, as observations.
///
/// - Rule: HL7 v2.5.1 ch. 7 s. 7.4.2. Lines of one text (TX, FT) or chunks of one attachment (ED)
///   that follow one another under the same code and status are one observation, so that a
///   histology report of 267 lines is one document (PITFALLS 30).
struct ObservationAssembly {
    let reading: HL7v2Reading
    /// Stands in where OBX-11 is empty (SAFETY S8).
    let reportStatus: ResultStatus?
    var observations: [Observation] = []
    /// Notes before the first observation: they belong to the whole group.
    var notes: [String] = []
    private var lastSegment: Int?

    init(_ reading: HL7v2Reading, reportStatus: ResultStatus?) {
        self.reading = reading
        self.reportStatus = reportStatus
    }

    mutating func read(_ segments: [Int]) {
        observations.reserveCapacity(segments.count)
        for segment in segments {
            switch reading.message.name(segment) {
            case .obx: observation(segment)
            case .nte: note(segment)
            default: continue
            }
        }
        hashFiles()
        number()
    }

    private mutating func note(_ segment: Int) {
        guard let text = reading.note(segment) else { return }
        if observations.isEmpty {
            notes.append(text)
        } else {
            observations[observations.count - 1].notes.append(text)
        }
    }

    /// Numbers the repeats of one code and sub-id, so that each is a unit of its own (S5).
    private mutating func number() {
        guard observations.count > 1 else { return }
        let keys = observations.map { $0.code.identityText + "\u{1F}" + ($0.subID ?? "") }
        // A report of a few results compares them faster than it hashes them.
        if keys.count <= 24 {
            for index in keys.indices {
                let key = keys[index]
                for earlier in keys[..<index] where earlier == key {
                    observations[index].occurrence += 1
                }
            }
            return
        }
        var counts: [String: Int] = [:]
        for (index, key) in keys.enumerated() {
            counts[key, default: 0] += 1
            observations[index].occurrence = counts[key, default: 1]
        }
    }

    private mutating func observation(_ segment: Int) {
        defer { lastSegment = segment }
        reading.ignore(segment, 1, by: .setNumber)
        let type = reading.text(segment, 2)?.capitals ?? ""
        let status = status(segment)
        if continues(segment, type: type) {
            carryOn(values(segment, type), type)
            for field in [3, 4] + Array(11...max(reading.message.fieldCount(segment), 11)) {
                reading.ignore(segment, field, by: .repeated)
            }
            return
        }
        let code = reading.first(segment, 3).flatMap { reading.concept($0) }
        if code == nil { reading.note("observation-without-code", segment, 3) }
        // Filled in where it will stay, for it is large.
        let last = observations.count
        observations.append(
            Observation(
                code: code ?? CodeableConcept(),
                status: status.status,
                origin: reading.origin(segment)
            )
        )
        observations[last].statusCode = status.code
        observations[last].subID = reading.text(segment, 4)
        observations[last].values = values(segment, type)
        observations[last].isCleared = reading.isNull(segment, 5)
        if observations[last].isCleared, let range = reading.message.field(segment, 5) {
            reading.ledger.map(range)
        }
        if observations[last].values.isEmpty, !type.isEmpty {
            observations[last].other["type"] = type
        }
        observations[last].unit = reading.first(segment, 6).flatMap { reading.concept($0) }
        observations[last].referenceRange = reading.text(segment, 7)
        observations[last].flags = reading.each(segment, 8) { reading.text($0) }
        observations[last].effective = reading.date(segment, 14)
        observations[last].analysed = reading.date(segment, 19)
        reading.keepRemaining(
            segment,
            except: [1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 19],
            in: &observations[last].other
        )
    }

    /// Whether a segment carries on the text or attachment of the one before it.
    private func continues(_ segment: Int, type: String) -> Bool {
        guard type == "TX" || type == "FT" || type == "ED", let last = lastSegment,
            !observations.isEmpty,
            reading.message.name(segment - 1) == .obx, last == segment - 1,
            same(3, last, segment), same(2, last, segment), same(11, last, segment),
            continuesSubID(last, segment),
            same(4, last, segment) || !isFileOver
        else { return false }
        let isBare = [6, 7, 8].allSatisfy { reading.field(segment, $0) == nil }
        let repeats = (12...max(reading.message.fieldCount(segment), 12)).allSatisfy {
            reading.field(segment, $0) == nil || same($0, last, segment)
        }
        guard isBare, repeats else { return false }
        // A line of text may be blank; an attachment without content carries nothing on.
        return reading.field(segment, 5) != nil
            || type != "ED" && !reading.isNull(segment, 5)
                && observations.last?.values.isEmpty == false
    }

    /// Whether the last chunk ends in the padding of Base64, which stands at an end alone.
    ///
    /// - Rule: RFC 4648 s. 4. Some senders encode each chunk for itself: it tells two files apart
    ///   only where their sub-ids differ as well.
    private var isFileOver: Bool {
        guard let chunk = observations.last?.values.last?.attachment?.chunks.last else {
            return false
        }
        return reading.message.slice(chunk.offset..<(chunk.offset + chunk.length)).last == 0x3D
    }

    /// Adds the next lines of a text, or the next chunk of a file: chunks of one file are one file
    /// (PITFALLS 12).
    private mutating func carryOn(_ more: [ObservationValue], _ type: String) {
        let last = observations.count - 1
        if more.isEmpty, type != "ED" {
            observations[last].values.append(ObservationValue(type: type, text: ""))
            return
        }
        for value in more {
            guard let chunk = value.attachment, !chunk.chunks.isEmpty,
                let index = observations[last].values.indices.last,
                var file = observations[last].values[index].attachment, !file.chunks.isEmpty,
                file.mediaType == chunk.mediaType, file.encoding == chunk.encoding,
                file.location == chunk.location
            else {
                observations[last].values.append(value)
                continue
            }
            file.chunks += chunk.chunks
            observations[last].values[index].attachment = file
        }
    }

    /// Hashes the files that came in chunks, each once and whole.
    private mutating func hashFiles() {
        for index in observations.indices {
            for place in observations[index].values.indices {
                guard var file = observations[index].values[place].attachment,
                    file.chunks.count > 1
                else { continue }
                var content: [UInt8] = []
                for part in file.chunks {
                    content += reading.message.slice(part.offset..<(part.offset + part.length))
                }
                file.contentHash = ContentHash(of: content)
                file.byteCount = content.count
                observations[index].values[place].attachment = file
            }
        }
    }

    private func same(_ field: Int, _ first: Int, _ second: Int) -> Bool {
        let message = reading.message
        let one = message.field(first, field).map { message.slice($0) } ?? []
        let two = message.field(second, field).map { message.slice($0) } ?? []
        return one == two
    }

    /// The same sub-id, or one that counts the lines.
    private func continuesSubID(_ first: Int, _ second: Int) -> Bool {
        if same(4, first, second) { return true }
        guard let one = reading.peek(first, 4).flatMap({ Int($0) }),
            let two = reading.peek(second, 4).flatMap({ Int($0) })
        else { return false }
        return two == one &+ 1
    }

    // MARK: Status

    private func status(_ segment: Int) -> (status: ResultStatus, code: String?) {
        if let code = reading.text(segment, 11) {
            if let status = reading.document.dialect.statuses[code]
                ?? HL7v2ResultStatusTable.observation(code)
            {
                return (status, code)
            }
            reading.note("status-unknown", segment, 11)
            return (.unverified, code)
        }
        if let reportStatus { return (reportStatus, nil) }
        reading.note("status-missing", segment, 11)
        return (.unverified, nil)
    }

    // MARK: Values

    private func values(_ segment: Int, _ type: String) -> [ObservationValue] {
        guard type == "TX" || type == "FT", let field = reading.field(segment, 5) else {
            return reading.each(segment, 5) { value($0, type, segment) }
        }
        // Repetitions of a text are its lines, blank ones included.
        let lines = reading.message.split(field, by: reading.message.delimiters.repetition)
        guard lines.count > 1 else {
            return reading.each(segment, 5) { value($0, type, segment) }
        }
        return lines.map { ObservationValue(type: type, text: reading.text($0) ?? "") }
    }

    private func value(_ range: Range<Int>, _ type: String, _ segment: Int) -> ObservationValue? {
        switch type {
        case "NM": number(range, segment)
        case "SN": structuredNumeric(range)
        case "CE", "CWE", "CNE", "CF", "IS", "ID": coded(range, type)
        case "TS", "DT", "DTM", "TM": time(range, type, segment)
        case "ED": encapsulated(range, at: reading.path(segment))
        case "RP": pointer(range)
        case "": untyped(range, segment)
        default: reading.text(range).map { ObservationValue(type: type, text: $0) }
        }
    }

    private func untyped(_ range: Range<Int>, _ segment: Int) -> ObservationValue? {
        reading.note("value-type-missing", segment, 2)
        return reading.text(range).map { ObservationValue(type: "", text: $0) }
    }

    private func number(_ range: Range<Int>, _ segment: Int) -> ObservationValue? {
        guard let text = reading.text(range) else { return nil }
        var value = ObservationValue(type: "NM", text: text)
        value.quantity = QuantityReader.read(text)
        if value.quantity == nil { reading.note("number-unreadable", segment, 5) }
        return value
    }

    /// Comparator, number, separator, number: SN.
    private func structuredNumeric(_ range: Range<Int>) -> ObservationValue? {
        let parts = reading.message.split(range, by: reading.message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? reading.text(parts[number - 1]) : nil
        }
        let comparator = part(1)
        let first = part(2)
        let quantity = Quantity(
            comparator: comparator,
            number: first ?? "",
            separator: part(3),
            secondNumber: part(4)
        )
        guard !quantity.text.isEmpty else { return nil }
        var value = ObservationValue(type: "SN", text: quantity.text)
        value.quantity = quantity
        return value
    }

    private func coded(_ range: Range<Int>, _ type: String) -> ObservationValue? {
        guard let concept = reading.concept(range) else { return nil }
        var value = ObservationValue(type: type, text: concept.words ?? "")
        value.concept = concept
        return value
    }

    private func time(_ range: Range<Int>, _ type: String, _ segment: Int) -> ObservationValue? {
        guard let text = reading.text(range) else { return nil }
        var value = ObservationValue(type: type, text: text)
        if type != "TM" {
            value.time = reading.date(range)
            if value.time == nil { reading.note("date-unreadable", segment, 5) }
        }
        return value
    }

    /// An attachment inside the message: ED.
    ///
    /// The content stays in the document, found by its hash.
    private func encapsulated(_ range: Range<Int>, at path: String) -> ObservationValue? {
        let parts = reading.message.split(range, by: reading.message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? reading.text(parts[number - 1]) : nil
        }
        let application = part(1)
        let media = [part(2), part(3)].compactMap { $0 }.joined(separator: "/")
        var attachment = Attachment(mediaType: media.nonEmpty, encoding: part(4))
        if parts.count > 4, !parts[4].isEmpty {
            // Text may hold an unescaped component delimiter; the content runs to the end.
            let content = parts[4].lowerBound..<range.upperBound
            reading.ledger.map(content)
            attachment.contentHash = ContentHash(of: reading.message.slice(content))
            attachment.byteCount = content.count
            attachment.chunks = [
                SourceRange(path: path, offset: content.lowerBound, length: content.count)
            ]
        }
        var value = ObservationValue(
            type: "ED",
            text: "Attached document" + (media.isEmpty ? "" : ", " + media)
        )
        attachment.location = application
        value.attachment = attachment
        return value
    }

    /// A pointer to a document kept elsewhere: RP.
    private func pointer(_ range: Range<Int>) -> ObservationValue? {
        let parts = reading.message.split(range, by: reading.message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? reading.text(parts[number - 1]) : nil
        }
        let place = [part(1), part(2)].compactMap { $0 }.joined(separator: " ")
        let media = [part(3), part(4)].compactMap { $0 }.joined(separator: "/")
        let attachment = Attachment(mediaType: media.nonEmpty, location: place.nonEmpty)
        guard attachment != Attachment() else { return nil }
        var value = ObservationValue(type: "RP", text: place)
        value.attachment = attachment
        return value
    }
}

extension HL7v2Reading {
    /// What a note says, a line for each repetition.
    func note(_ segment: Int) -> String? {
        ignore(segment, 1, by: .setNumber)
        // Who comments, laboratory or requester: the message says it already.
        ignore(segment, 2, by: .routing)
        return each(segment, 3) { text($0) }.joined(separator: "\n").nonEmpty
    }
}

/// Reads a number with or without a comparator before it, keeping its digits as written.
enum QuantityReader {
    static func read(_ text: String) -> Quantity? {
        // Most are digits and a point, and stay the text that they are.
        if isDecimal(text.utf8) { return Quantity(number: text) }
        var rest = Array(text.utf8)
        while rest.last == 0x20 { rest.removeLast() }
        while rest.first == 0x20 { rest.removeFirst() }
        var comparator: String?
        for sign in ["<=", ">=", "<", ">"] where rest.starts(with: sign.utf8) {
            comparator = sign
            rest.removeFirst(sign.utf8.count)
            break
        }
        while rest.first == 0x20 { rest.removeFirst() }
        guard isDecimal(rest) else { return nil }
        return Quantity(comparator: comparator, number: String(decoding: rest, as: UTF8.self))
    }

    private static func isDecimal(_ bytes: some Sequence<UInt8>) -> Bool {
        var digits = 0
        var points = 0
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x2E: points += 1
            case 0x2B, 0x2D: if index > 0 { return false }
            default: return false
            }
        }
        return digits > 0 && points <= 1
    }
}

/// What the codes of HL7's status tables mean.
enum HL7v2ResultStatusTable {
    /// OBX-11.
    ///
    /// - Rule: HL7 v2.5.1 table 0085, confirmed against ch. 7 s. 7.4.2.11: C corrected, D deletes,
    ///   F final, I specimen in laboratory, N not asked, O order detail only, P preliminary,
    ///   R not verified, S partial, U final without the value resent, W wrong patient, X cannot be
    ///   obtained. A (amended) and B (appended) are v2.7's. SAFETY S8.
    static func observation(_ code: String) -> ResultStatus? {
        switch code.capitals {
        case "F": .final
        case "C": .corrected
        case "A", "B": .amended
        case "U": .finalUnchanged
        case "P": .preliminary
        case "R": .unverified
        case "S": .partial
        case "I", "O", "N": .registered
        case "X": .couldNotBeObtained
        case "D": .withdrawn
        case "W": .wrongPatient
        default: nil
        }
    }

    /// OBR-25.
    ///
    /// - Rule: HL7 v2.5.1 table 0123, another set than 0085 (PITFALLS 46): A some results, S
    ///   scheduled, I in process, O order received, R stored but not verified, X cancelled, Y and Z
    ///   nothing on record. D and W are no codes of the table, yet senders use them.
    static func report(_ code: String) -> ResultStatus? {
        switch code.capitals {
        case "F": .final
        case "C": .corrected
        case "P": .preliminary
        case "R": .unverified
        case "A": .partial
        case "O", "I", "S", "Y", "Z": .registered
        case "X": .couldNotBeObtained
        case "D": .withdrawn
        case "W": .wrongPatient
        case "U": .finalUnchanged
        default: nil
        }
    }
}
