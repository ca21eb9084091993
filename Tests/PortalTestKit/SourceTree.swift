public import Foundation

/// Files that tests read from the source tree, found from where the tests themselves stand.
public enum SourceTree {
    /// A file of the repository.
    ///
    /// - Parameters:
    ///   - path: From the root of the repository.
    ///   - root: Left alone.
    /// - Returns: Where it stands.
    public static func url(_ path: String, root: String = #filePath) -> URL {
        URL(fileURLWithPath: root).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(path)
    }

    /// The bytes of a file of the repository.
    ///
    /// - Throws: Where it cannot be read.
    public static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(path)))
    }

    /// The regular files below a folder, in order of their paths; none where it is missing.
    public static func files(below folder: URL) -> [URL] {
        let keys: Set<URLResourceKey> = [.isRegularFileKey]
        guard
            let found = FileManager.default.enumerator(
                at: folder,
                includingPropertiesForKeys: Array(keys)
            )
        else { return [] }
        return found.compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: keys).isRegularFile) == true }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
