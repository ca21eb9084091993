import ClinicalPortal
import Foundation
import Testing

@Suite("Every page of a record")
struct PageTests {
    private static func pages(_ portal: Portal) throws -> [String] {
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let timeline = try portal.timeline(of: patient, as: all, at: Board.now)
        let results = try portal.results(of: patient, as: all, at: Board.now)
        let none = try portal.results(of: patient, codes: ["none"], as: all, at: Board.now)
        let screen = try portal.topScreen(of: patient, as: all, at: Board.now)
        return [
            TimelineView.text(timeline), TimelineView.html(timeline),
            try TimelineView.json(timeline), CumulativeView.text(results),
            CumulativeView.svg(results), try CumulativeView.json(results),
            CumulativeView.text(none), CumulativeView.svg(none), TopScreenView.text(screen),
            TopScreenView.html(screen), try TopScreenView.json(screen),
        ]
    }

    @Test("names the person: surname, birth date, number (SAFETY: the first screen)")
    func banner() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        for page in try Self.pages(portal) {
            #expect(page.contains("LEE, Ann"))
            #expect(page.contains("9990000018"))
            #expect(page.contains("03-Mar-1951") || page.contains("1951-03-03"))
        }
    }

    @Test("lets no control character and no turn of direction through to a terminal or a browser")
    func controls() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result(
                "69\\X1B\\[2J",
                status: "F",
                at: "20260302",
                code: "HB^Haemo\u{202E}globin\u{1B}[31m\u{9B}2J^L",
                pid: Board.pid(name: "LEE\u{1B}[2J^Ann\u{2066}")
            )
        )
        let hidden: [Unicode.Scalar] = ["\u{1B}", "\u{9B}", "\u{202E}", "\u{2066}"]
        for page in try Self.pages(portal) where !page.hasPrefix("{") {
            for scalar in hidden { #expect(!page.unicodeScalars.contains(scalar)) }
        }
    }
}
