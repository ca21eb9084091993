import EDIFACTSyntax

/// A report message's segments, put into the groups that its grammar says they are of.
///
/// The walk is lenient: a group out of its place is still read, and a segment belongs to the group
/// that is open, so that nothing is lost by an order that its sender chose.
struct ReportGroups {
    /// Which of the two grammars a message follows.
    enum Grammar { case pathology, radiology }

    /// One result: an investigation and what came of it.
    struct Result {
        var segments: [Int] = []
        /// S20: the reference ranges, each with its words.
        var ranges: [[Int]] = []
    }

    /// One person, and what the report says of them.
    struct Subject {
        var person: [Int] = []
        var clinical: [Int] = []
        var specimens: [[Int]] = []
        var results: [Result] = []
    }

    /// One service report.
    struct Report {
        var header: [Int] = []
        var subjects: [Subject] = []
    }

    /// Who takes part, a party each.
    private(set) var parties: [[Int]] = []
    private(set) var reports: [Report] = []
    /// Segments of the message as a whole: BGM, DTM.
    private(set) var head: [Int] = []

    private enum Place { case head, party, report, person, clinical, specimen, result, range }
    private var place = Place.head
    /// Whether the subject at hand has its PNA.
    private var isNamed = false
    private let grammar: Grammar
    private let message: EDIFACTMessage

    init(_ message: EDIFACTMessage, _ grammar: Grammar) {
        self.message = message
        self.grammar = grammar
        for segment in message.body {
            let tag = message.tag(segment)
            guard tag != .unh, tag != .unt else { continue }
            if tag.isGroup { open(tag) } else { take(segment, tag) }
        }
    }

    private mutating func open(_ group: EDIFACTTag) {
        switch group {
        case .s01:
            parties.append([])
            place = .party
        case .s02:
            reports.append(Report())
            place = .report
        case .s05, .s06: openSubject()
        case .s07:
            if current == nil || isNamed { openSubject() }
            place = .person
        case .s10:
            if grammar == .radiology { openResult() } else { place = .clinical }
        case .s16: openSpecimen()
        case .s18: openResult()
        case .s20: openRange()
        default: break
        }
    }

    private mutating func take(_ segment: Int, _ tag: EDIFACTTag) {
        switch tag {
        case .nad where place == .head || place == .party:
            // Where no group trigger stands before it, each NAD is a party of its own.
            if place == .head || parties.last?.isEmpty == false { parties.append([]) }
            place = .party
        case .pna where place == .head || place == .party || place == .report: openSubject()
        case .gis where [.clinical, .specimen, .result, .range, .person].contains(place):
            openResult()
        case .inv:
            let isOpen = place == .result && !hasInvestigation
            if !isOpen { openResult() }
        case .seq where place == .head: place = .party
        default: break
        }
        if tag == .pna { isNamed = true }
        // What is said of the result behind its ranges is still of the result.
        if place == .range, tag != .rnd, tag != .ftx { place = .result }
        put(segment)
    }

    private var current: Subject? { reports.last?.subjects.last }

    private var hasInvestigation: Bool {
        current?.results.last?.segments.contains { message.tag($0) == .inv } ?? false
    }

    private mutating func openSubject() {
        if reports.isEmpty { reports.append(Report()) }
        reports[reports.count - 1].subjects.append(Subject())
        isNamed = false
        place = .person
    }

    private mutating func inSubject(_ body: (inout Subject) -> Void) {
        if current == nil { openSubject() }
        guard let report = reports.indices.last,
            let subject = reports[report].subjects.indices.last
        else { return }
        body(&reports[report].subjects[subject])
    }

    private mutating func openSpecimen() {
        inSubject { $0.specimens.append([]) }
        place = .specimen
    }

    private mutating func openResult() {
        // A GIS right before its INV, and a trigger right before both, open one result.
        if place == .result, current?.results.last?.segments.isEmpty == true { return }
        inSubject { $0.results.append(Result()) }
        place = .result
    }

    private mutating func openRange() {
        inSubject { subject in
            if subject.results.isEmpty { subject.results.append(Result()) }
            subject.results[subject.results.count - 1].ranges.append([])
        }
        place = .range
    }

    private mutating func put(_ segment: Int) {
        switch place {
        case .head: head.append(segment)
        case .party:
            if parties.isEmpty { parties.append([]) }
            parties[parties.count - 1].append(segment)
        case .report:
            if reports.isEmpty { reports.append(Report()) }
            reports[reports.count - 1].header.append(segment)
        case .person: inSubject { $0.person.append(segment) }
        case .clinical: inSubject { $0.clinical.append(segment) }
        case .specimen:
            inSubject { subject in
                guard let last = subject.specimens.indices.last else { return }
                subject.specimens[last].append(segment)
            }
        case .result:
            inSubject { subject in
                guard let last = subject.results.indices.last else { return }
                subject.results[last].segments.append(segment)
            }
        case .range:
            inSubject { subject in
                guard let result = subject.results.indices.last,
                    let range = subject.results[result].ranges.indices.last
                else { return }
                subject.results[result].ranges[range].append(segment)
            }
        }
    }
}
