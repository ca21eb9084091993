import ClinicalPortal
import Foundation

/// A file that is too large to hold beside what is made of it.
struct LargeFile {
    private let path: String
    /// Smaller ones are filed several at a time.
    private static let bytesMin = 4 << 20

    /// Nil for a small file, or one that cannot be read.
    init?(_ path: String) throws {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size >= Self.bytesMin, FileManager.default.isReadableFile(atPath: path)
        else { return nil }
        self.path = path
    }

    /// Opens it at its start.
    func open() throws -> ChunkReader {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        return { atMost in try handle.read(upToCount: atMost).map { Array($0) } ?? [] }
    }
}
