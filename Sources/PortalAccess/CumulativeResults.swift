public import PortalRecord
public import PortalTimeline

/// Results over time, in series that may be read across.
///
/// - Rule: DESIGN 5 "present": a series never joins different units, methods, specimens or
///   laboratories; comparators and text stay what they are; each result keeps its own reference
///   range.
public struct CumulativeResults: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is.
    public var banner: PersonBanner
    /// The moment of asking.
    public var asOf: Instant
    /// The series, in order of their names.
    public var series: [Series] = []
    /// The standing line (SAFETY S17).
    public var standingLine = "Some items may be withheld by rule."

    /// What a series' results have in common.
    public struct Key: Sendable, Hashable {
        /// The first code, or the name where there is none.
        public var code: String
        /// The name.
        public var name: String
        /// The unit as sent.
        public var unit: String?
        /// What it was measured in.
        public var specimen: String?
        /// The method, where said.
        public var method: String?
        /// The laboratory: the sender's own word, else the silo.
        public var laboratory: String
    }

    /// Results that may be compared with one another.
    public struct Series: Sendable, Hashable {
        /// What they have in common.
        public var key: Key
        /// The results, oldest first; undated ones first of all.
        public var points: [Point]
    }

    /// One result.
    public struct Point: Sendable, Hashable {
        /// When the specimen was taken.
        public var when: PartialDate?
        /// The value as sent; nil where none may or can be shown.
        public var value: String?
        /// The number in it, comparator and digits as sent; nil for text.
        public var quantity: Quantity?
        /// Its own reference range as sent.
        public var range: String?
        /// Abnormal in words.
        public var abnormal: String?
        /// Its status, in words.
        public var status: String
        /// What a reader must know about it.
        public var markers: [Marker]
        /// The row that it stands in.
        public var entry: EntryID
        /// The version of the row.
        public var version: String
    }

    init(patient: SourcePatientID, banner: PersonBanner, asOf: Instant) {
        self.patient = patient
        self.banner = banner
        self.asOf = asOf
    }

    mutating func add(_ value: RowValue, of row: TimelineRow) {
        let key = Key(
            code: value.code,
            name: value.text,
            unit: value.unit,
            specimen: row.specimen,
            method: value.method,
            laboratory: value.laboratory ?? row.silo
        )
        let point = Point(
            when: row.when,
            value: value.value,
            quantity: value.quantity,
            range: value.range,
            abnormal: value.abnormal,
            status: value.status,
            markers: value.markers,
            entry: row.entry,
            version: row.version
        )
        if let index = series.firstIndex(where: { $0.key == key }) {
            series[index].points.append(point)
        } else {
            series.append(Series(key: key, points: [point]))
        }
    }

    mutating func sort() {
        series.sort { left, right in
            let one = [
                left.key.name, left.key.code, left.key.unit ?? "", left.key.specimen ?? "",
                left.key.method ?? "", left.key.laboratory,
            ]
            let two = [
                right.key.name, right.key.code, right.key.unit ?? "", right.key.specimen ?? "",
                right.key.method ?? "", right.key.laboratory,
            ]
            return one.lexicographicallyPrecedes(two)
        }
        for index in series.indices {
            series[index].points.sort { left, right in
                let one = left.when?.span.start ?? .min
                let two = right.when?.span.start ?? .min
                return one != two
                    ? one < two : (left.entry, left.version) < (right.entry, right.version)
            }
        }
    }
}
