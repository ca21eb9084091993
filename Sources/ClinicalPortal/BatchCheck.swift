import HL7v2Syntax
import PortalRecord

/// Compares what a batch's trailers count with what came.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.10.3; SAFETY S25.
struct BatchCheck {
    /// Findings for messages, by where each starts in the file.
    private(set) var findings: [Int: [Diagnostic]] = [:]
    /// Messages of the batch at hand.
    private var messages = 0
    private var batches = 0
    /// Where the last message starts.
    private var last: Int?
    private var isOpen = false
    private var isFileOpen = false

    /// Findings for the messages of a whole file.
    static func findings(_ file: HL7v2File) -> [Int: [Diagnostic]] {
        var check = BatchCheck()
        check.pass(file, at: 0)
        check.finish()
        return check.findings
    }

    /// Goes on with the next slice of a file.
    mutating func pass(_ file: HL7v2File, at offset: Int) {
        for part in file.parts {
            switch part.kind {
            case .message:
                messages += 1
                last = offset + part.range.lowerBound
            case .envelope(let name): envelope(name.description, file.slice(part))
            case .framing, .stray: continue
            }
        }
    }

    /// Says that nothing follows.
    mutating func finish() {
        if isOpen { report("batch-trailer-missing", "BTS") }
        if isFileOpen { report("file-trailer-missing", "FTS") }
    }

    private mutating func envelope(_ name: String, _ bytes: ArraySlice<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        let stated = Int(text.dropFirst(4).prefix { $0.isNumber })
        switch name {
        case "FHS":
            batches = 0
            isFileOpen = true
        case "BHS":
            if isOpen { report("batch-trailer-missing", "BTS") }
            messages = 0
            batches += 1
            isOpen = true
        case "BTS":
            if let stated, stated != messages { report("batch-count-differs", "BTS-1") }
            isOpen = false
        case "FTS":
            if let stated, stated != batches { report("file-count-differs", "FTS-1") }
            isFileOpen = false
        default: return
        }
    }

    private mutating func report(_ code: String, _ place: String) {
        guard let last else { return }
        findings[last, default: []].append(
            Diagnostic(code: code, location: place, severity: .warning)
        )
    }
}
