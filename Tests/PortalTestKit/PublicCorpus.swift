public import Foundation

/// The corpus of public test files, which stands beside the repository and is no part of it.
public enum PublicCorpus {
    /// The files of a format, such as `hl7v2`; none, and a loud line, where there is no corpus.
    public static func files(_ format: String) -> [URL] {
        let files = SourceTree.files(below: SourceTree.url("../shared/corpus/" + format))
        if files.isEmpty {
            print(
                "SKIPPED: corpus not found (../shared/corpus/\(format)); nothing was tested on it"
            )
        }
        return files
    }
}
