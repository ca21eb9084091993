public import PortalAccess
import PortalRecord
import PortalTimeline

/// Results over time as a picture: a panel for each series, so that nothing is joined that may not
/// be compared.
///
/// - Shape: SVG without script or remote asset. A line joins plain numbers of one series; a result
///   with a comparator, such as `<0.01`, breaks the line and stands as its own words at the number
///   that it names; text stands at the foot. Each result's own range is a bar beside it.
extension CumulativeView {
    /// The series as one SVG picture.
    public static func svg(_ results: Released<CumulativeResults>) -> String {
        // One axis of time for all, so that what stands below each other is of the same day.
        let times = results.value.series.flatMap(\.points).compactMap { $0.when?.span.start }
        let span = (times.min() ?? 0)...(times.max() ?? times.min() ?? 0)
        let charts = results.value.series.map { Chart($0, from: span) }
        let head = 60
        let height = max(head + 20, head + charts.count * Chart.height)
        var body = ""
        for (index, chart) in charts.enumerated() {
            body += chart.draw(top: head + index * Chart.height)
        }
        let person = BannerView.text(results.value.banner)
        let title = "Results as of " + results.value.asOf.clinical
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Chart.width) \(height)" \
            role="img" font-family="DejaVu Sans, sans-serif" font-size="12">
            <title>\(Page.escape(person + ": " + title))</title>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="16" y="24" font-size="15" font-weight="bold" fill="#12202b">\
            \(Page.escape(person))</text>
            <text x="16" y="44" fill="#12202b">\(Page.escape(title))</text>
            \(body)
            <text x="16" y="\(height - 6)" fill="#4d5d69">\
            \(Page.escape(results.value.standingLine))</text>
            </svg>

            """
    }
}

/// One panel.
private struct Chart {
    static let width = 900
    static let height = 210

    private struct Mark {
        let x: Double
        let point: CumulativeResults.Point
        /// Where it stands on the scale; nil for text.
        let value: Double?
        let isPlain: Bool
    }

    private let series: CumulativeResults.Series
    private let marks: [Mark]
    private let low: Double
    private let high: Double

    /// Numbers beyond this have no place on a scale: they are said in words.
    private static let most = 1e12

    init(_ series: CumulativeResults.Series, from span: ClosedRange<Int>) {
        self.series = series
        let length = max(1, Double(span.upperBound) - Double(span.lowerBound))
        var marks: [Mark] = []
        for point in series.points {
            let share =
                point.when.map { (Double($0.span.start) - Double(span.lowerBound)) / length } ?? 0
            let number = point.quantity.flatMap { quantity in
                quantity.separator == nil ? Chart.number(quantity.number) : nil
            }
            marks.append(
                Mark(
                    x: 60 + share * Double(Chart.width - 120),
                    point: point,
                    value: point.value == nil ? nil : number,
                    isPlain: point.quantity?.comparator == nil
                )
            )
        }
        self.marks = marks
        var scale = marks.compactMap(\.value)
        for point in series.points {
            if let range = Chart.range(point.range) { scale += [range.0, range.1] }
        }
        let bottom = scale.min() ?? 0
        let top = scale.max() ?? 1
        let room = top > bottom ? (top - bottom) * 0.1 : max(abs(top) * 0.1, 1)
        low = bottom - room
        high = top + room
    }

    /// `3.6-10.0` as two numbers; anything else draws no bar (PITFALLS 61).
    private static func range(_ text: String?) -> (Double, Double)? {
        guard let parts = text?.split(separator: "-"), parts.count == 2,
            let low = number(parts[0].filter { $0 != " " }),
            let high = number(parts[1].filter { $0 != " " }), low <= high
        else { return nil }
        return (low, high)
    }

    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { $0.magnitude <= most ? $0 : nil }
    }

    private func y(_ value: Double, _ top: Int) -> Double {
        let share = (value - low) / (high - low)
        return Double(top) + 150 - share * 110
    }

    func draw(top: Int) -> String {
        var out = "<g>"
        out += text(16, Double(top) + 18, CumulativeView.title(series.key), bold: true)
        out +=
            "<line x1=\"50\" y1=\"\(top + 155)\" x2=\"\(Chart.width - 50)\" y2=\"\(top + 155)\" "
            + "stroke=\"#c5d0d8\"/>"
        var before: (Double, Double)?
        for mark in marks {
            guard let value = mark.value else {
                // Text, or nothing that may be shown: said at the foot, and no line through it.
                before = nil
                out += label(mark, at: Double(top) + 150, top)
                continue
            }
            let height = y(value, top)
            if let range = Chart.range(mark.point.range) {
                out +=
                    "<line x1=\"\(round(mark.x - 6))\" x2=\"\(round(mark.x - 6))\" "
                    + "y1=\"\(round(y(range.0, top)))\" y2=\"\(round(y(range.1, top)))\" "
                    + "stroke=\"#9fb4c2\" stroke-width=\"3\"/>"
            }
            if mark.isPlain {
                // Nothing says that two numbers without a unit, or one without a date, go together.
                if let before, series.key.unit != nil, mark.point.when != nil {
                    out +=
                        "<line x1=\"\(round(before.0))\" y1=\"\(round(before.1))\" "
                        + "x2=\"\(round(mark.x))\" y2=\"\(round(height))\" stroke=\"#0b3d5c\"/>"
                }
                before = mark.point.when == nil ? nil : (mark.x, height)
                out +=
                    "<circle cx=\"\(round(mark.x))\" cy=\"\(round(height))\" r=\"4\" "
                    + "fill=\"#0b3d5c\"/>"
            } else {
                before = nil
                out +=
                    "<rect x=\"\(round(mark.x - 4))\" y=\"\(round(height - 4))\" width=\"8\" "
                    + "height=\"8\" fill=\"#ffffff\" stroke=\"#0b3d5c\"/>"
            }
            out += label(mark, at: height - 10, top)
        }
        return out + "</g>\n"
    }

    /// The value in its own words, abnormal said, and the day at the foot.
    private func label(_ mark: Mark, at height: Double, _ top: Int) -> String {
        let value = mark.point.value?.split(separator: "\n").first.map(String.init) ?? "no value"
        let said =
            [String(value.prefix(24)), mark.point.abnormal].compactMap { $0 }
            + mark.point.markers.map(\.rawValue)
        let day = mark.point.when.map { String($0.clinical.prefix(11)) } ?? "no date"
        return text(mark.x + 4, height, said.joined(separator: " "), anchor: "middle")
            + text(mark.x, Double(top) + 172, day, anchor: "middle", dim: true)
    }

    private func text(
        _ x: Double,
        _ y: Double,
        _ words: String,
        bold: Bool = false,
        anchor: String = "start",
        dim: Bool = false
    ) -> String {
        "<text x=\"\(round(x))\" y=\"\(round(y))\" text-anchor=\"\(anchor)\" "
            + "fill=\"\(dim ? "#4d5d69" : "#12202b")\""
            + (bold ? " font-weight=\"bold\"" : "") + (dim ? " font-size=\"10\"" : "")
            + ">\(Page.escape(words))</text>"
    }

    private func round(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths % 10))")
    }
}
