import PortalRecord

/// A row of one plain statement in few bytes, as it is kept beside the statement so that a page of
/// the timeline is shown without reading and merging what it was stated in.
///
/// - Shape: a version byte; texts as their length and their UTF-8, absent ones as nothing; lists as
///   their length. What few rows have (findings, files, pages) is canonical JSON. Bytes of another
///   version are no row: then the row is merged from its entry.
package enum RowBytes {
    private static let version: UInt8 = 1

    /// Writes a row.
    package static func bytes(of row: TimelineRow) -> [UInt8] {
        var writer = Writer()
        writer.bytes.append(version)
        writer.put(row.entry.rawValue)
        writer.put(row.version)
        writer.put(row.kind.rawValue)
        writer.put(optional: row.when?.description)
        writer.put(optional: row.clock)
        writer.put(row.what)
        writer.put(row.headline)
        writer.put(row.status)
        writer.put(row.isCurrent)
        writer.put(row.markers.map(\.rawValue))
        writer.put(row.supersedes)
        writer.put(row.silo)
        writer.bytes += row.document.bytes
        writer.put(optional: row.key)
        writer.put(row.who)
        writer.put(optional: row.place)
        writer.put(row.notes)
        writer.put(optional: row.noneKnown)
        writer.put(optional: row.specimen)
        writer.put(seldom: row.findings)
        writer.put(seldom: row.alsoFrom)
        writer.put(seldom: row.possiblySame)
        writer.put(seldom: row.attachments)
        writer.put(seldom: row.pages)
        writer.put(count: row.values.count)
        for value in row.values { put(value, &writer) }
        return writer.bytes
    }

    private static func put(_ value: RowValue, _ writer: inout Writer) {
        writer.put(value.code)
        writer.put(value.text)
        writer.put(optional: value.value)
        writer.put(optional: value.unit)
        writer.put(optional: value.range)
        writer.put(optional: value.abnormal)
        writer.put(value.status)
        writer.put(value.markers.map(\.rawValue))
        writer.put(value.notes)
        writer.put(optional: value.instance)
        writer.put(value.path)
        writer.put(optional: value.method)
        writer.put(optional: value.laboratory)
        writer.put(value.quantity != nil)
        if let quantity = value.quantity {
            writer.put(optional: quantity.comparator)
            writer.put(quantity.number)
            writer.put(optional: quantity.separator)
            writer.put(optional: quantity.secondNumber)
        }
        writer.put(seldom: value.attachments)
    }

    /// Reads a row; nil for anything else than a whole row of this version.
    package static func row(_ bytes: [UInt8]) -> TimelineRow? {
        var reader = Reader(bytes: bytes)
        guard let row = try? read(&reader), reader.isAtEnd else { return nil }
        return row
    }

    private static func read(_ reader: inout Reader) throws(NoRow) -> TimelineRow {
        guard try reader.byte() == version else { throw NoRow() }
        let entry = EntryID(rawValue: try reader.text())
        let handle = try reader.text()
        guard let kind = EntryKind(rawValue: try reader.text()) else { throw NoRow() }
        let written = try reader.optional()
        let when = written.flatMap { PartialDate($0) }
        guard (written == nil) == (when == nil) else { throw NoRow() }
        var row = TimelineRow(entry: entry, version: handle, kind: kind, when: when)
        row.clock = try reader.optional()
        row.what = try reader.text()
        row.headline = try reader.text()
        row.status = try reader.text()
        row.isCurrent = try reader.flag()
        row.markers = try reader.markers()
        row.supersedes = try reader.texts()
        row.silo = try reader.text()
        row.document = try reader.hash()
        row.key = try reader.optional()
        row.who = try reader.texts()
        row.place = try reader.optional()
        row.notes = try reader.texts()
        row.noneKnown = try reader.optional()
        row.specimen = try reader.optional()
        row.findings = try reader.seldom()
        row.alsoFrom = try reader.seldom()
        row.possiblySame = try reader.seldom()
        row.attachments = try reader.seldom()
        row.pages = try reader.seldom()
        let count = try reader.count()
        row.values.reserveCapacity(min(count, 1024))
        for _ in 0..<count { row.values.append(try value(&reader)) }
        return row
    }

    private static func value(_ reader: inout Reader) throws(NoRow) -> RowValue {
        var value = RowValue(code: try reader.text(), text: try reader.text())
        value.value = try reader.optional()
        value.unit = try reader.optional()
        value.range = try reader.optional()
        value.abnormal = try reader.optional()
        value.status = try reader.text()
        value.markers = try reader.markers()
        value.notes = try reader.texts()
        value.instance = try reader.optional()
        value.path = try reader.text()
        value.method = try reader.optional()
        value.laboratory = try reader.optional()
        if try reader.flag() {
            value.quantity = Quantity(
                comparator: try reader.optional(),
                number: try reader.text(),
                separator: try reader.optional(),
                secondNumber: try reader.optional()
            )
        }
        value.attachments = try reader.seldom()
        return value
    }

    struct NoRow: Error {}

    // MARK: Parts

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func put(count: Int) {
            var rest = UInt(bitPattern: count)
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: rest))
        }

        mutating func put(_ text: String) {
            put(count: text.utf8.count)
            bytes.append(contentsOf: text.utf8)
        }

        mutating func put(optional text: String?) {
            guard let text else { return bytes.append(0) }
            put(count: text.utf8.count + 1)
            bytes.append(contentsOf: text.utf8)
        }

        mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

        mutating func put(_ texts: [String]) {
            put(count: texts.count)
            for text in texts { put(text) }
        }

        mutating func put(seldom list: [some Encodable]) {
            guard !list.isEmpty else { return bytes.append(0) }
            let json = (try? CanonicalJSON.encode(list)) ?? []
            put(count: json.count)
            bytes += json
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func byte() throws(NoRow) -> UInt8 {
            guard position < bytes.count else { throw NoRow() }
            defer { position += 1 }
            return bytes[position]
        }

        /// A length, which is never more than what is left.
        mutating func count() throws(NoRow) -> Int {
            var number = 0
            var shift = 0
            while true {
                let byte = try byte()
                guard shift < 35 else { throw NoRow() }
                number |= Int(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            guard number <= bytes.count - position + 1 else { throw NoRow() }
            return number
        }

        private mutating func slice(_ length: Int) throws(NoRow) -> ArraySlice<UInt8> {
            guard length <= bytes.count - position else { throw NoRow() }
            defer { position += length }
            return bytes[position..<position + length]
        }

        mutating func text() throws(NoRow) -> String {
            String(decoding: try slice(try count()), as: UTF8.self)
        }

        mutating func optional() throws(NoRow) -> String? {
            let count = try count()
            return count == 0 ? nil : String(decoding: try slice(count - 1), as: UTF8.self)
        }

        mutating func flag() throws(NoRow) -> Bool { try byte() == 1 }

        mutating func texts() throws(NoRow) -> [String] {
            let count = try count()
            var texts: [String] = []
            for _ in 0..<count { texts.append(try text()) }
            return texts
        }

        mutating func markers() throws(NoRow) -> [Marker] {
            var markers: [Marker] = []
            for text in try texts() {
                guard let marker = Marker(rawValue: text) else { throw NoRow() }
                markers.append(marker)
            }
            return markers
        }

        mutating func hash() throws(NoRow) -> ContentHash {
            guard let hash = ContentHash(bytes: Array(try slice(32))) else { throw NoRow() }
            return hash
        }

        mutating func seldom<Element: Decodable>() throws(NoRow) -> [Element] {
            let count = try count()
            guard count > 0 else { return [] }
            let json = Array(try slice(count))
            guard let list: [Element] = try? CanonicalJSON.decode(from: json) else { throw NoRow() }
            return list
        }
    }
}
