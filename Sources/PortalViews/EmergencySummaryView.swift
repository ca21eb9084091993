public import PortalAccess
import PortalRecord
import PortalTimeline

/// The emergency summary as machines and people read it.
public enum EmergencySummaryView {
    /// The summary as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no summary of ours gives.
    public static func json(_ summary: Released<EmergencySummary>) throws -> String {
        try CanonicalJSON.text(Answer(summary.value))
    }

    /// The summary as plain text.
    public static func text(_ summary: Released<EmergencySummary>) -> String {
        (said(summary.value) + TopScreenView.lines(of: summary.value.screen)).asLines()
    }

    /// The summary as one static HTML page.
    public static func html(_ summary: Released<EmergencySummary>) -> String {
        TopScreenView.page(
            of: summary.value.screen,
            title: "Emergency summary",
            said: said(summary.value)
        )
    }

    /// What a reader must know before the rest.
    private static func said(_ summary: EmergencySummary) -> [String] {
        var said = ["Emergency summary, opened by " + summary.openedBy + "."]
        if summary.isAuditDegraded {
            said.append("The audit cannot be written: nothing but this summary is shown.")
        }
        said.append("A doubt about an entry: record it, and its source is told.")
        return said
    }

    private struct Answer: Encodable {
        let openedBy: String
        let auditDegraded: Bool
        let summary: TopScreenView.Answer

        init(_ summary: EmergencySummary) {
            openedBy = summary.openedBy
            auditDegraded = summary.isAuditDegraded
            self.summary = TopScreenView.Answer(summary.screen)
        }
    }
}
