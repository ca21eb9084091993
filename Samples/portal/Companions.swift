import Foundation

/// Files that a document names, fetched from its own folder and nowhere else.
enum Companions {
    /// A way to the files beside a document.
    ///
    /// A name that leads out of the folder, by itself or by a link, is not there; nor is anything
    /// but a regular file.
    static func beside(_ document: String) -> @Sendable (String) -> [UInt8]? {
        let folder = URL(fileURLWithPath: document).deletingLastPathComponent()
            .resolvingSymlinksInPath().standardizedFileURL.path
        return { name in
            let file = URL(fileURLWithPath: folder + "/" + name).resolvingSymlinksInPath()
                .standardizedFileURL
            guard file.path.hasPrefix(folder + "/"),
                let values = try? file.resourceValues(forKeys: [.isRegularFileKey]),
                values.isRegularFile == true,
                let content = FileBytes.read(file.path)
            else { return nil }
            return content
        }
    }
}
