import HL7v2Adapters
import PortalIntake
import PortalRecord

/// What is sent about one person over a long illness: invented, a number of the test range.
///
/// - Shape: of a hundred messages some 84 are laboratory reports of three results, a twelfth of them
///   preliminary first and final later, and 2 of a hundred corrected; 10 are the general practice's
///   copy of a report; 4 are movements of visits of four movements; 2 are letters. Every message
///   says who the person is.
struct InventedLife {
    struct Failure: Error {}

    /// The silo and the bytes of each message, in order of their times.
    private(set) var messages: [(silo: String, bytes: [UInt8])] = []

    private static let pid =
        "PID|1||9990000018^^^NHS^NH~1^^^GRI^MR||LEE^Ann||19510303|F|||1 Test Road^^Glasgow^^G1 1AA"

    init(messages count: Int) {
        var number = 0
        while messages.count < count {
            number += 1
            let time = Self.time(number)
            switch number % 50 {
            case 0...39:
                let version = number % 24
                if version == 0 { add("lab", report(number, "P", time, hour: "09")) }
                add("lab", report(number, "F", time, hour: "12"))
                if number % 50 == 7 { add("lab", report(number, "C", time, hour: "15")) }
            case 40...44:
                add("lab", report(number, "F", time, hour: "12"))
                add("gp", report(number, "F", time, hour: "12"))
            case 45, 46: add("pas", movement(number, time))
            case 47: add("letters", letter(number, time))
            default: add("lab", report(number, "F", time, hour: "12"))
            }
        }
        messages.removeLast(messages.count - count)
    }

    /// The statements that the messages make, those of who the person is left out or not.
    func entries(withPerson: Bool) throws -> [RecordEntry] {
        let adapters: [String: any SourceAdapter] = [
            "lab": HL7v2LabReportAdapter(), "gp": HL7v2LabReportAdapter(),
            "pas": HL7v2AttendanceAdapter(), "letters": HL7v2DocumentAdapter(),
        ]
        return try messages.flatMap { silo, bytes -> [RecordEntry] in
            guard let adapter = adapters[silo] else { throw Failure() }
            let report = try adapter.adapt(
                SourceDocument(silo: silo, bytes: bytes[...], envelope: nil)
            )
            return report.entries.filter { withPerson || $0.kind != .patient }
        }
    }

    private mutating func add(_ silo: String, _ segments: [String]) {
        messages.append((silo, Array((segments.joined(separator: "\r") + "\r").utf8)))
    }

    private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

    /// A day and a minute of it: no two reports are of one minute.
    private static func time(_ number: Int) -> String {
        let minute = number % 60
        let hour = number / 60 % 24
        let day = number / 1440 % 28 + 1
        let month = number / 40_320 % 12 + 1
        return "\(2000 + number / 483_840)" + two(month) + two(day) + two(hour) + two(minute)
    }

    private func header(_ type: String, _ number: Int) -> String {
        "MSH|^~\\&|S|GRI|||20261122||\(type)|\(type.prefix(3))\(number)\(messages.count)|P|2.5.1"
    }

    private func report(_ number: Int, _ status: String, _ time: String, hour: String) -> [String] {
        let issued = time.prefix(8) + hour + time.suffix(2)
        return [
            header("ORU^R01", number), Self.pid,
            "OBR|1||26B\(number)^LAB|FBC^Full blood count^L|||\(time)|||||||||||||||\(issued)|||\(status)",
            "OBX|1|NM|718-7^Haemoglobin^LN||\(100 + number % 50)|g/L|115-160|\(number % 9 == 0 ? "L" : "")|||\(status)",
            "OBX|2|NM|6690-2^White cell count^LN||7.\(number % 10)|10*9/L|4-11||||\(status)",
            "OBX|3|NM|777-3^Platelets^LN||\(200 + number % 99)|10*9/L|150-400||||\(status)",
        ]
    }

    private func movement(_ number: Int, _ time: String) -> [String] {
        let visit = number / 100
        let event = ["A01", "A02", "A02", "A03"][number / 50 % 4]
        return [
            header("ADT^" + event, number), "EVN|\(event)|\(time)", Self.pid,
            "PV1|1|I|WARD\(number % 7)^^1^GRI||||||||||||||||V\(visit)^^^GRI^VN",
        ]
    }

    private func letter(_ number: Int, _ time: String) -> [String] {
        [
            header("MDM^T02", number), "EVN|T02|\(time)", Self.pid,
            "TXA|1|CN^Clinic letter|TX|\(time)|||\(time)|\(time)||||D\(number)^GRI|||||AU",
            "OBX|1|TX|L^Letter^L||Reviewed in clinic, stable, again in \(number % 12) months.||||||F",
        ]
    }
}
