import HL7v2Syntax
import PortalRecord

/// Compares what a batch's trailers count with what came.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.10.3; SAFETY S25.
enum BatchCheck {
    /// Findings for messages, by where each starts.
    static func findings(_ file: HL7v2File) -> [Int: [Diagnostic]] {
        var found: [Int: [Diagnostic]] = [:]
        var batch: [Int] = []
        var last: Int?
        var batches = 0
        var isOpen = false
        var isFileOpen = false
        func report(_ code: String, _ place: String) {
            guard let last else { return }
            found[last, default: []].append(
                Diagnostic(code: code, location: place, severity: .warning)
            )
        }
        func stated(_ part: HL7v2File.Part) -> Int? {
            let text = String(decoding: file.slice(part), as: UTF8.self)
            return Int(text.dropFirst(4).prefix { $0.isNumber })
        }
        for part in file.parts {
            switch part.kind {
            case .message:
                batch.append(part.range.lowerBound)
                last = part.range.lowerBound
            case .envelope(let name):
                switch name.description {
                case "FHS":
                    batches = 0
                    isFileOpen = true
                case "BHS":
                    if isOpen { report("batch-trailer-missing", "BTS") }
                    batch = []
                    batches += 1
                    isOpen = true
                case "BTS":
                    if let stated = stated(part), stated != batch.count {
                        report("batch-count-differs", "BTS-1")
                    }
                    isOpen = false
                case "FTS":
                    if let stated = stated(part), stated != batches {
                        report("file-count-differs", "FTS-1")
                    }
                    isFileOpen = false
                default: continue
                }
            case .framing, .stray: continue
            }
        }
        if isOpen { report("batch-trailer-missing", "BTS") }
        if isFileOpen { report("file-trailer-missing", "FTS") }
        return found
    }
}
