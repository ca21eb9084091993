import CBaseline
import HL7v2Syntax

/// The yardstick: C stores the offset of every delimiter and line end of the whole file.
struct CLoop: Measurement {
    let name = "C loop, every delimiter stored"
    private var marks = baseline_marks()

    mutating func run(_ input: Input) throws -> Sample {
        timed(input.bytes.count) {
            input.bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return baseline_index(start, buffer.count, &marks)
            }
        }
    }
}

/// Ours: the file split into messages and every message read to its lossless tree.
struct BytesToTree: Measurement {
    let name = "bytes → lossless tree"

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let file = HL7v2File(input.bytes)
            var segments = 0
            for part in file.parts {
                guard case .message = part.kind else { continue }
                segments += try HL7v2Message.read(file.slice(part)).segmentCount
            }
            return segments
        }
    }
}
