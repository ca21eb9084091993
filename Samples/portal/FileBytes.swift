import Foundation

/// Whole files as bytes.
enum FileBytes {
    /// A file's bytes, held once; nil where it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size ?? 0)
        do {
            while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { bytes += chunk }
        } catch {
            return nil
        }
        return bytes
    }
}
