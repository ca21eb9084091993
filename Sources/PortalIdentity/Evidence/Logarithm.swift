#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension Double {
    /// The binary logarithm.
    func log2() -> Double {
        #if canImport(Glibc)
        Glibc.log2(self)
        #elseif canImport(Musl)
        Musl.log2(self)
        #else
        Darwin.log2(self)
        #endif
    }

    /// Two to the power of it.
    func exp2() -> Double {
        #if canImport(Glibc)
        Glibc.exp2(self)
        #elseif canImport(Musl)
        Musl.exp2(self)
        #else
        Darwin.exp2(self)
        #endif
    }

    /// The odds in bits as a probability.
    var probability: Double {
        if self > 60 { return 1 }
        if self < -60 { return 0 }
        let odds = exp2()
        return odds / (1 + odds)
    }
}
