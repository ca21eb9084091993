import ClinicalPortal
import PortalStoreSQLite
import Synchronization
import Testing

/// Overrides and their review; pointers, seals, the patient's own door (SAFETY S14, S20, S21).
@Suite("Overrides, pointers and doors")
struct OverrideTests {
    private static let ann = "urn:id:GRI|1"

    private func portal(
        further: String = "",
        alert: @escaping @Sendable (PrivacyAlert) -> Void = { _ in }
    ) throws -> Portal {
        let folder = try Board.temporaryFolder()
        let portal = try ConsentBoard.portal(
            .sqlite(path: folder + "/record.sqlite"),
            further: further,
            alert: alert
        )
        try ConsentBoard.fill(portal)
        return portal
    }

    private func code(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch let error as AccessError {
            return error.code
        } catch let error as StoreError {
            return error.code
        } catch { return "\(error)" }
    }

    private func take(
        _ portal: Portal,
        _ type: String,
        as person: String,
        at now: Instant = Board.now,
        reason: String = "SECRET REASON"
    ) throws -> EmergencyOverride {
        try portal.override(
            try portal.find(Self.ann),
            type: type,
            reason: reason,
            as: try portal.reader(person),
            at: now
        )
    }

    @Test("an override alerts without patient or user, and waits in the queue until it is reviewed")
    func reviewed() throws {
        let alerts = Mutex<[PrivacyAlert]>([])
        let portal = try portal { alert in alerts.withLock { $0.append(alert) } }
        let token = try take(portal, "emergency", as: "stranger")
        let alert = try #require(alerts.withLock { $0.first })
        for secret in ["stranger", "SECRET", "p-", "LEE", "9990000018", "Ann"] {
            #expect(!alert.text.contains(secret) && !"\(alert)".contains(secret), "\(secret)")
        }
        let officer = try portal.reader("officer")
        let day = Board.now.adding(seconds: 25 * 3600)
        let early = try portal.overrideQueue(as: officer, at: Board.now).value
        #expect(early.map(\.isOverdue) == [false])
        let late = try portal.overrideQueue(as: officer, at: day).value
        #expect(late.map(\.isOverdue) == [true] && late.map(\.token) == [token.token])
        #expect(late.first?.reason == "SECRET REASON" && late.first?.person == "stranger")
        try portal.reviewOverride(
            token.token,
            outcome: .justified,
            action: "spoke to the ward",
            as: officer,
            at: day
        )
        let done = try portal.overrideQueue(as: officer, at: day).value
        #expect(done.map(\.outcome) == ["justified"] && done.map(\.isOverdue) == [false])
        #expect(
            code {
                try portal.reviewOverride(
                    token.token,
                    outcome: .notJustified,
                    action: "again",
                    as: officer,
                    at: day
                )
            } == "reviewed-already"
        )
    }

    @Test("nobody reviews their own override; without the duty nobody sees the queue")
    func ownReview() throws {
        let portal = try portal()
        let token = try take(portal, "emergency", as: "second")
        #expect(
            code {
                try portal.reviewOverride(
                    token.token,
                    outcome: .justified,
                    action: "fine",
                    as: try portal.reader("second"),
                    at: Board.now
                )
            } == "not-permitted"
        )
        #expect(
            code {
                _ = try portal.overrideQueue(as: try portal.reader("doctor"), at: Board.now)
            } == "not-permitted"
        )
    }

    @Test("S21: while the feed of attendances is silent a self-claim opens ordinary content")
    func selfClaim() throws {
        let portal = try portal()
        #expect(code { _ = try take(portal, "self-claim", as: "nurse") } == "not-permitted")
        // Refused alike where there is nobody: trying numbers tells nothing.
        for (type, person) in [
            ("self-claim", "nurse"), ("emergency", "nurse"), ("emergency", "student"),
            ("emergency", "leaver"),
        ] {
            let nobody = code {
                _ = try portal.override(
                    SourcePatientID(rawValue: "p-none"),
                    type: type,
                    reason: "?",
                    as: try portal.reader(person),
                    at: Board.now
                )
            }
            #expect(nobody == "not-permitted", "\(type) \(person)")
        }
        let stale = Board.now.adding(seconds: 30 * 3600)
        _ = try take(portal, "self-claim", as: "nurse", at: stale)
        let rows = try portal.timeline(
            of: try portal.find(Self.ann),
            as: try portal.reader("nurse"),
            at: stale
        ).value.sections.flatMap(\.rows)
        #expect(Set(rows.map(\.kind)) == [.encounter, .diagnosticReport])
        #expect(
            code { _ = try take(portal, "self-claim", as: "student", at: stale) }
                == "not-permitted"
        )
        #expect(code { _ = try take(portal, "self-claim", as: "clerk", at: stale) } != "")
    }

    @Test("an account that has ended opens nothing, and takes no override")
    func ended() throws {
        let portal = try portal()
        #expect(code { _ = try portal.rows(Self.ann, as: "leaver") } == "not-found")
        #expect(code { _ = try take(portal, "emergency", as: "leaver") } == "not-permitted")
        #expect(code { _ = try portal.rows(Self.ann, as: "doctor") } == "")
    }

    @Test("a role that may know and not read is shown that something is there, and nothing of it")
    func pointers() throws {
        let portal = try portal()
        let rows = try portal.rows(Self.ann, as: "clerk", versions: true)
        let report = try #require(rows.first { $0.kind == .diagnosticReport })
        #expect(report.what == "Report" && report.headline == "content not shown to your role")
        #expect(report.values.isEmpty && report.key == nil && report.who.isEmpty)
        let page = try portal.timeline(
            of: try portal.find(Self.ann),
            as: try portal.reader("clerk"),
            at: Board.now
        )
        let said = try TimelineView.json(page) + TimelineView.text(page) + TimelineView.html(page)
        for secret in ["Haemoglobin", "Full blood", "26B1", "g/L"] {
            #expect(!said.contains(secret), "\(secret)")
        }
        #expect(rows.contains { $0.kind == .encounter && $0.headline != report.headline })
    }

    @Test("S20: that something is sealed is said where the site says so; of what is locked nothing")
    func sealed() throws {
        for (kind, isSaid) in [("sealed", true), ("sealed and locked, team: surgery", false)] {
            let portal = try portal(
                further: """

                    restrictions:
                      - {patient: "urn:id:GRI|1", kinds: [diagnosticReport], kind: \(kind)}
                    """
            )
            let page = try portal.timeline(
                of: try portal.find(Self.ann),
                as: try portal.reader("doctor"),
                at: Board.now
            ).value
            #expect(page.markers.contains(.holdsSealed) == isSaid, "\(kind)")
            #expect(!page.sections.flatMap(\.rows).contains { $0.kind == .diagnosticReport })
            let student = try portal.timeline(
                of: try portal.find(Self.ann),
                as: try portal.reader("student"),
                at: Board.now
            ).value
            #expect(!student.markers.contains(.holdsSealed))
            if isSaid {
                _ = try take(portal, "express-consent", as: "doctor")
                #expect(
                    try portal.rows(Self.ann, as: "doctor").contains {
                        $0.kind == .diagnosticReport
                    }
                )
            }
        }
    }

    @Test("the patient's own view waits, and what the patient sealed is the patient's to read")
    func ownView() throws {
        let portal = try portal(
            further: """

                restrictions:
                  - {patient: "urn:id:GRI|1", kinds: [encounter], kind: sealed}
                """
        )
        func kinds(_ person: String, _ purpose: Purpose, at now: Instant) throws -> Set<EntryKind> {
            Set(
                try portal.timeline(
                    of: try portal.find(Self.ann),
                    as: try portal.reader(person),
                    purpose: purpose,
                    at: now
                ).value.sections.flatMap(\.rows).map(\.kind)
            )
        }
        // The result was collected on 2 March; the view waits 300 days.
        let early = try kinds("ann", .patientRequest, at: Board.now)
        #expect(!early.contains(.diagnosticReport) && early.contains(.encounter))
        let late = Board.now.adding(seconds: 60 * 86_400)
        #expect(try kinds("ann", .patientRequest, at: late).contains(.diagnosticReport))
        #expect(code { _ = try kinds("ann", .directCare, at: late) } == "not-found")
    }

    @Test("registration with a practice is a relationship of its team")
    func registration() throws {
        let portal = try portal()
        #expect(code { _ = try portal.rows(Self.ann, as: "gp") } == "not-found")
        try portal.take(
            "pas",
            Board.movement(
                "A08",
                at: "20261101090000",
                extra: ["PD1|||Riverside Practice"]
            )
        )
        let found = try portal.find(Self.ann)
        let banner = try portal.patients(as: try portal.reader("all"), at: Board.now).value
            .first { $0.patient == found }?.banner
        let practice = banner?.generalPractice.first?.name?.spoken ?? "none"
        #expect(code { _ = try portal.rows(Self.ann, as: "gp") } == "", "\(practice)")
    }

    @Test("codes that are blocked are out of counts too, and no override brings them back")
    func blocked() throws {
        let portal = try portal()
        let before = try portal.rows(Self.ann, as: "doctor").count
        try portal.take(
            "lab",
            Board.result(
                "1",
                status: "F",
                at: "20260402140000",
                number: "26B9",
                code: "IVF^Cycle^L",
                control: "9"
            )
        )
        #expect(try portal.rows(Self.ann, as: "doctor").count == before)
        _ = try take(portal, "legal-requirement", as: "doctor")
        #expect(
            !(try portal.rows(Self.ann, as: "doctor").contains {
                $0.values.contains { $0.text == "Cycle" }
            })
        )
    }
}
