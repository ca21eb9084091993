import ClinicalPortal
import Foundation

/// A silo asked over HTTP: an example of a `QuerySource`.
///
/// `GET URL?identifier=system|value` for each identifier; 200 with a document, 404 for nobody.
struct HTTPSource: QuerySource {
    let silo: String
    private let port: UInt16
    private let path: String

    /// Reads `SILO=URL`; nil for anything else, or for an address that is no loopback.
    ///
    /// The sample asks its own machine only: a portal that asks others brings its own transport
    /// security.
    init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        silo = String(text[..<equals])
        guard let parts = URLComponents(string: String(text[text.index(after: equals)...])),
            parts.scheme == "http", parts.host == "127.0.0.1" || parts.host == "localhost",
            let port = UInt16(exactly: parts.port ?? 80)
        else { return nil }
        self.port = port
        path = parts.path.isEmpty ? "/" : parts.path
    }

    func ask(_ question: SourceQuestion) async throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        for identifier in question.identifiers {
            var parts = URLComponents()
            parts.path = path
            parts.queryItems = [URLQueryItem(name: "identifier", value: identifier.token)]
            guard let asked = parts.string else { throw LoopbackHTTP.Failure() }
            let answer = try await LoopbackHTTP.get(
                port: port,
                path: asked,
                within: question.deadline
            )
            if answer.status == 404 { continue }
            guard answer.status == 200 else { throw LoopbackHTTP.Failure() }
            if !answer.body.isEmpty { found.append(answer.body) }
        }
        return found
    }
}
