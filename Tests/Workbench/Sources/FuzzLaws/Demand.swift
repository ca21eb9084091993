// What every libFuzzer target uses; the script `fuzz` compiles it into each.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Stops the process where a law does not hold: a fuzzer takes a crash, and only a crash, for a
/// finding, and keeps the input that led to it.
func demand(_ condition: Bool, _ law: StaticString) {
    guard !condition else { return }
    for words: StaticString in ["Law broken: ", law, "\n"] {
        write(2, words.utf8Start, words.utf8CodeUnitCount)
    }
    abort()
}

/// The bytes as an array; nil for none.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
    guard let start, count > 0 else { return nil }
    return [UInt8](UnsafeBufferPointer(start: start, count: count))
}
