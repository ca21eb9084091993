// What every libFuzzer target uses; the script `fuzz` compiles it into each.

/// Stops the process where a law does not hold: a fuzzer takes a crash, and only a crash, for a
/// finding, and keeps the input that led to it.
func demand(_ condition: Bool, _ law: StaticString) {
    if !condition { fatalError("\(law)") }  // the fuzzer keeps the input of a crash alone
}

/// The bytes as an array; nil for none.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
    guard let start, count > 0 else { return nil }
    return [UInt8](UnsafeBufferPointer(start: start, count: count))
}
