/// The decision table that policy is compared with, written from SAFETY S14, S17–S24 and "The four
/// dated access facts" and not from the code: it knows nothing of policy's types.
///
/// A cell is permitted if a door lets it in and no barrier stands. Doors and barriers are rows of
/// allowed values; a barrier stands where one of its rows fits and none of the rows that lift it.
struct AccessReference {
    /// For each dimension the values that fit, as bits.
    private struct Row {
        var masks = [UInt16](repeating: .max, count: Dimension.allCases.count)

        /// Reads `role=doctor,nurse time=during`; `seal!none` is any other value.
        init(_ text: String) {
            for part in text.split(separator: ";") {
                let words = part.split(whereSeparator: { "=!".contains($0) })
                let names = words[1].split(separator: ",").map {
                    $0.trimmingPrefix(while: { $0 == " " })
                }
                guard
                    let dimension = Dimension.allCases.first(where: {
                        "\($0)" == words[0].filter { $0 != " " }
                    })
                else { preconditionFailure("no dimension \(words[0])") }
                var mask: UInt16 = 0
                for name in names {
                    guard let number = dimension.values.firstIndex(of: String(name)) else {
                        preconditionFailure("no value \(name) of \(dimension)")
                    }
                    mask |= 1 << UInt16(number)
                }
                masks[dimension.rawValue] &= part.contains("!") ? ~mask : mask
            }
        }

        func fits(_ numbers: [UInt8]) -> Bool {
            for index in 0..<masks.count where masks[index] & (1 << UInt16(numbers[index])) == 0 {
                return false
            }
            return true
        }
    }

    private struct Barrier {
        let stands: [Row]
        let lifted: [Row]

        init(_ stands: [String], liftedBy lifted: [String] = []) {
            self.stands = stands.map { Row($0) }
            self.lifted = lifted.map { Row($0) }
        }
    }

    private let doors: [Row]
    private let barriers: [Barrier]

    func permits(_ cell: Cell) -> Bool {
        doors.contains { $0.fits(cell.numbers) }
            && !barriers.contains { barrier in
                barrier.stands.contains { $0.fits(cell.numbers) }
                    && !barrier.lifted.contains { $0.fits(cell.numbers) }
            }
    }

    /// What opens the ward's door for a doctor or nurse: care, or an override that stands in for it.
    private static let care = [
        "relationship=team; member=member,student; life!months",
        "relationship=person; life!months",
        "glass=emergency,legal; time=during; member=member,unsponsored",
        "glass=claim; time=during; feed=stale; member=member,unsponsored; own=other; "
            + "account=active",
    ]

    init() {
        var doors: [String] = []
        for way in Self.care {
            doors.append("role=doctor; " + way)
            doors.append("role=nurse; operation=read,know,acknowledge; " + way)
        }
        doors += [
            // A clerk may know of everything and read attendances, which no item here is.
            "role=clerk; operation=know",
            "role=patient; own=own; link!contested; operation=know,read",
            "role=reviewer; operation=know,read; life!alive",
            // A secretary acts for the consultant in whose care the patient is.
            "role=doctor,nurse,clerk; mandate=secretary; operation=know,read; life!months",
            "role=patient; mandate=parent11,attorney; life=alive; link!contested; "
                + "operation=know,read",
            "role=patient; mandate=executor; life!alive; link!contested; operation=know,read",
        ]
        self.doors = doors.map { Row($0) }
        let byLaw = "role=doctor,nurse; glass=legal; time=during; member=member,unsponsored"
        let byEmergency =
            "role=doctor,nurse; glass=emergency; time=during; member=member,unsponsored"
        let byPatient = "role=patient; own=own; link!contested"
        barriers = [
            Barrier(["account=ended"]),
            // Staff read their own record only by the patient's door.
            Barrier(["own=own; role!patient"]),
            Barrier(["member=student,stray; operation!know,read"]),
            Barrier(["upload=out"]),
            Barrier(["item=blocked"]),
            Barrier(
                ["seal=sensitive"],
                liftedBy: [byEmergency]
                    + Self.care.map { "role=doctor; member=member,unsponsored; " + $0 }
            ),
            Barrier(["seal=sealed label"], liftedBy: [byLaw]),
            Barrier(["seal=sealed by patient"], liftedBy: [byLaw, byPatient]),
            Barrier(["seal=locked label"], liftedBy: ["member=member"]),
            Barrier(["seal=locked by patient"], liftedBy: ["member=member", byPatient]),
            Barrier(
                [
                    "role=doctor,nurse,clerk; answer=not asked,unable",
                    "role=doctor,nurse,clerk; answer=given,refused; time!during",
                ],
                liftedBy: [byEmergency, byLaw]
            ),
            Barrier(
                ["role=doctor,nurse,clerk; answer=refused; time=during"],
                liftedBy: [byLaw]
            ),
            // The patient's own view waits, and what has no date waits for ever.
            Barrier(["role=patient; item=fresh,undated"]),
        ]
    }
}
