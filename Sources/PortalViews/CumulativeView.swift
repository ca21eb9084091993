public import PortalAccess
import PortalRecord
import PortalTimeline

/// Results over time as machines and people read them.
public enum CumulativeView {
    /// The series as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no series of ours gives.
    public static func json(_ results: Released<CumulativeResults>) throws -> String {
        try CanonicalJSON.text(Answer(results.value))
    }

    /// A table a series: when · value unit abnormal · its own range · status.
    public static func text(_ results: Released<CumulativeResults>) -> String {
        guard !results.value.series.isEmpty else {
            return [
                BannerView.text(results.value.banner), "No such result is recorded.",
                results.value.standingLine,
            ].asLines()
        }
        var lines = [BannerView.text(results.value.banner), ""]
        for series in results.value.series {
            lines.append(title(series.key))
            for point in series.points {
                lines.append("  " + words(point, unit: series.key.unit))
            }
            lines.append("")
        }
        lines.append(results.value.standingLine)
        return lines.asLines()
    }

    static func title(_ key: CumulativeResults.Key) -> String {
        let parts = [
            key.unit.map { "in " + $0 } ?? "no unit", key.specimen, key.method.map { "by " + $0 },
            key.laboratory,
        ]
        return key.name + " (" + parts.compactMap { $0 }.joined(separator: ", ") + ")"
    }

    static func words(_ point: CumulativeResults.Point, unit: String?) -> String {
        var parts = [point.when?.clinical ?? "date not known"]
        let value = point.value ?? "no value"
        parts.append(
            [value, point.value == nil ? nil : unit, point.abnormal]
                .compactMap { $0 }.joined(separator: " ")
        )
        if let range = point.range { parts.append("range " + range) }
        parts.append(point.status)
        parts += point.markers.map(\.rawValue)
        return parts.joined(separator: " · ")
    }

    private struct Answer: Encodable {
        struct Series: Encodable {
            let code: String
            let name: String
            let unit: String?
            let specimen: String?
            let method: String?
            let laboratory: String
            let points: [Point]
        }

        struct Point: Encodable {
            let when: String?
            let value: String?
            let range: String?
            let abnormal: String?
            let status: String
            let markers: [Marker]
            let entry: EntryID
            let version: String
        }

        let patient: SourcePatientID
        let banner: BannerView.Answer
        let asOf: Instant
        let series: [Series]
        let standingLine: String

        init(_ results: CumulativeResults) {
            patient = results.patient
            banner = BannerView.Answer(results.banner)
            asOf = results.asOf
            series = results.series.map { series in
                Series(
                    code: series.key.code,
                    name: series.key.name,
                    unit: series.key.unit,
                    specimen: series.key.specimen,
                    method: series.key.method,
                    laboratory: series.key.laboratory,
                    points: series.points.map { point in
                        Point(
                            when: point.when?.words,
                            value: point.value,
                            range: point.range,
                            abnormal: point.abnormal,
                            status: point.status,
                            markers: point.markers,
                            entry: point.entry,
                            version: point.version
                        )
                    }
                )
            }
            standingLine = results.standingLine
        }
    }
}
