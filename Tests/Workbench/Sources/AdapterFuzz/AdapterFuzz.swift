// The libFuzzer target of every adapter of the library; the script `fuzz` compiles it.
//
// Oracle: whatever the bytes, an adapter refuses or reports; the ledger accounts for every byte
// once; every statement stands inside the document; reading twice says the same.

import PortalBytes
import PortalIntake
import PortalRecord

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    check(bytes)
    // The same bytes where most inputs get past the frame. Which frame is the input's own length and
    // last byte to say, so that one execution stays cheap and each input is always read alike.
    let choice = count &* 31 &+ Int(bytes[count - 1])
    let frame = Frame.all[choice % Frame.all.count]
    check(Array(frame.before.utf8) + bytes + Array(frame.behind.utf8))
    return 0
}

private let adapters = Portal.libraryAdapters

private let dialects: [Dialect] = {
    var named = Dialect()
    named.zone = .named(.london)
    named.defaultAuthority = "H"
    named.localAuthority = "H"
    named.statuses = ["Q": .final]
    named.list = "clinic"
    return [Dialect(), named]
}()

private func check(_ bytes: [UInt8]) {
    let limits = Limits(segmentsMax: 2000, delimitersMax: 20_000, nodesMax: 2000)
    // A slice that does not start at zero: offsets are the message's own.
    let slice = ([0x20] + bytes).dropFirst()
    for dialect in dialects {
        var document = SourceDocument(
            silo: "silo",
            bytes: slice,
            dialect: dialect,
            limits: limits
        )
        for adapter in adapters {
            let isMine = adapter.recognises(document)
            // Another's document is refused or read, but never trapped on: one dialect will do.
            guard isMine || dialect.list == nil else { continue }
            let names = adapter.companions(of: document)
            if let name = names.first {
                document = SourceDocument(
                    silo: "silo",
                    bytes: slice,
                    dialect: dialect,
                    limits: limits,
                    files: [name: CompanionFile(Array("%PDF-1.4".utf8)[...])]
                )
            }
            if let law = brokenLaw(adapter, document) { demand(false, law) }
        }
    }
}
