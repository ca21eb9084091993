public import PortalAccess
import PortalRecord
import PortalTimeline

extension TopScreenView {
    /// The screen as one static HTML page.
    public static func html(_ screen: Released<TopScreen>) -> String {
        page(of: screen.value, title: "First screen", said: [])
    }

    /// A screen as a page, with what is said of it as a whole at its head.
    static func page(of screen: TopScreen, title: String, said: [String]) -> String {
        let said = said.map { "<small>\(Page.escape($0))</small>" }.joined()
        let markers =
            said + screen.markers.map { "<small>! \(Page.escape($0.rawValue))</small>" }.joined()
        let labels = SiloLabels(screen.silos)
        let sections = screen.elements.map { element -> String in
            var body = "<h2>\(Page.escape(element.label))</h2>"
            body += element.lines.map { "<p class=\"say\">\(Page.escape($0))</p>" }.joined()
            if !element.rows.isEmpty {
                body += "<ul>" + element.rows.map { RowHTML.item($0, labels) }.joined() + "</ul>"
            }
            body += element.notes.map { "<p class=\"dim\">\(Page.escape($0))</p>" }.joined()
            return "<section>\(body)</section>"
        }.joined(separator: "\n")
        return Page.html(
            title: title,
            banner: Page.escape(BannerView.text(screen.banner)) + markers,
            isWide: true,
            body: sections + RowHTML.strip(screen.silos, screen.standingLine)
        )
    }
}

extension TimelineView {
    /// The page as one static HTML page.
    public static func html(_ page: Released<TimelinePage>) -> String {
        let page = page.value
        let labels = SiloLabels(page.silos)
        let sections = page.sections.filter { !$0.rows.isEmpty }.map { section -> String in
            let count = section.name == .dateNotKnown ? " (\(section.rows.count))" : ""
            let title = section.name == .timeline ? "newest first" : section.name.rawValue + count
            return "<section><h2>\(Page.escape(title.prefix(1).uppercased() + title.dropFirst()))"
                + "</h2><ul>" + section.rows.map { RowHTML.item($0, labels) }.joined()
                + "</ul></section>"
        }.joined(separator: "\n")
        let markers = page.markers.map { "<small>! \(Page.escape($0.rawValue))</small>" }.joined()
        return Page.html(
            title: "Timeline",
            banner: Page.escape(BannerView.text(page.banner))
                + "<small>Timeline as of \(Page.escape(page.asOf.clinical))</small>" + markers,
            body: sections + RowHTML.strip(page.silos, page.standingLine)
        )
    }

    /// A silo as a line of the strip.
    static func line(of silo: SiloState) -> String {
        let heard = silo.lastHeard.map { ", last heard " + $0.clinical } ?? ""
        let failing = silo.failingSince.map { ", not readable since " + $0.clinical } ?? ""
        let coverage = silo.coverage.map { " (" + $0 + ")" } ?? ""
        return silo.title + ": " + silo.state + heard + failing + coverage
    }
}

enum RowHTML {
    /// When · what · headline, abnormal in words · where and who · status · source.
    static func item(_ row: TimelineRow, _ labels: SiloLabels) -> String {
        let when = row.when?.clinical ?? "date not known"
        var parts = [
            "<span class=\"when\">\(Page.escape(when))</span>",
            "<span class=\"what\">\(Page.escape(row.what))</span>",
            Page.escape(row.headline),
        ]
        if let place = row.place, !row.headline.hasPrefix(place) {
            parts.append(Page.escape(place))
        }
        parts += row.who.prefix(2).map(Page.escape)
        parts.append(Page.escape(row.status))
        parts.append(
            Page.escape(
                ([labels[row.silo]] + row.alsoFrom.map { "also " + labels[$0.silo] }).joined(
                    separator: ", "
                )
            )
        )
        var html = (row.isCurrent ? "" : "<em>earlier: </em>") + parts.joined(separator: " · ")
        html += row.markers.map { " <span class=\"mark\">\(Page.escape($0.rawValue))</span>" }
            .joined()
        if !row.possiblySame.isEmpty {
            html += " <span class=\"mark\">possibly the same as another row</span>"
        }
        if row.values.count > 1 || row.values.contains(where: { ($0.value?.count ?? 0) > 60 }) {
            html += details("Results (\(row.values.count))", table(row.values))
        }
        if !row.notes.isEmpty {
            let text = row.notes.map(Page.escape).joined(separator: "\n\n")
            html += details("Text", "<p class=\"note\">\(text)</p>")
        }
        if !row.files.isEmpty { html += details("Files (\(row.files.count))", files(row)) }
        return "<li>\(html)</li>"
    }

    private static func details(_ title: String, _ body: String) -> String {
        "<details><summary>\(Page.escape(title))</summary>\(body)</details>"
    }

    private static func table(_ values: [RowValue]) -> String {
        let rows = values.map { value -> String in
            let markers = value.markers.map(\.rawValue).joined(separator: "; ")
            let cells = [
                value.text, value.value ?? "", value.unit ?? "", value.range ?? "",
                value.abnormal ?? "", value.status, markers,
            ]
            return "<tr>" + cells.map { "<td>\(Page.escape($0))</td>" }.joined() + "</tr>"
        }
        let head = ["Test", "Value", "Unit", "Range", "Abnormal", "Status", "Note"]
        return "<table><tr>" + head.map { "<th>\($0)</th>" }.joined() + "</tr>" + rows.joined()
            + "</table>"
    }

    private static func files(_ row: TimelineRow) -> String {
        let blank = Set(row.pages.filter(\.isBlank).map(\.number))
        let sides = Dictionary(row.pages.map { ($0.number, $0.side) }) { first, _ in first }
        let rows = row.files.map { file -> String in
            let isBlank = file.page.map(blank.contains) ?? false
            let state = file.state == .here ? isBlank ? "blank" : "" : file.state.rawValue
            let side = file.page.flatMap { sides[$0] ?? nil } ?? ""
            let cells = [
                String(file.number), file.page.map { "page \($0)" } ?? "", side,
                file.name ?? "", file.mediaType ?? "", state,
            ]
            return "<tr>" + cells.map { "<td>\(Page.escape($0))</td>" }.joined() + "</tr>"
        }
        return "<table>" + rows.joined() + "</table>"
    }

    static func strip(_ silos: [SiloState], _ standingLine: String) -> String {
        let lines = silos.map { "<li>\(Page.escape(TimelineView.line(of: $0)))</li>" }.joined()
        return "\n<section><h2>Where this comes from</h2><ul>\(lines)</ul>"
            + "<p class=\"dim\">\(Page.escape(standingLine))</p></section>"
    }
}
