import ClinicalPortal
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A silo asked over HTTP: an example of a `QuerySource`.
///
/// `GET URL?identifier=system|value` for each identifier; 200 with a document, 404 for nobody.
struct HTTPSource: QuerySource {
    let silo: String
    let url: String

    /// Reads `SILO=URL`; nil for anything else, or for an address that is no loopback.
    ///
    /// The sample asks its own machine only: a portal that asks others brings its own transport
    /// security.
    init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        silo = String(text[..<equals])
        url = String(text[text.index(after: equals)...])
        let host = URLComponents(string: url)?.host
        guard host == "127.0.0.1" || host == "localhost" else { return nil }
    }

    func ask(_ question: SourceQuestion) async throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        for identifier in question.identifiers {
            guard var parts = URLComponents(string: url) else { throw URLError(.badURL) }
            parts.queryItems = [URLQueryItem(name: "identifier", value: identifier.token)]
            guard let address = parts.url else { throw URLError(.badURL) }
            let (data, response) = try await URLSession.shared.data(from: address)
            let status = (response as? HTTPURLResponse)?.statusCode
            if status == 404 { continue }
            guard status == 200 else { throw URLError(.badServerResponse) }
            if !data.isEmpty { found.append(Array(data)) }
        }
        return found
    }
}
