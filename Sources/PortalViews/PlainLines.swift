extension Sequence where Element == String {
    /// The lines of a text for a terminal, as one.
    ///
    /// Control characters of a sender's text never reach a terminal, nor those that turn its
    /// direction around: they could write a line that nobody sent.
    func asLines() -> String {
        map { line in
            guard line.unicodeScalars.contains(where: Page.isHidden) else { return line }
            return String(
                String.UnicodeScalarView(line.unicodeScalars.map { Page.isHidden($0) ? " " : $0 })
            )
        }.joined(separator: "\n")
    }
}
