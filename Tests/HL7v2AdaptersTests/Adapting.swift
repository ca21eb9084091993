import HL7v2Adapters
import PortalIntake
import PortalTestKit

/// The adapters of the room, and the documents that show what each comes to.
enum Fixture {
    static let adapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), HL7v2DocumentAdapter(),
        HL7v2ReferralAdapter(), HL7v2ScheduleAdapter(), HL7v2OrderAdapter(),
        HL7v2VaccinationAdapter(),
    ]

    static let all = FixtureFolder.all(of: "HL7v2AdaptersTests", from: "hospital", for: adapters)

    static func of(_ adapter: String) -> [FixtureFolder] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }
}
