import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One question to a server on this machine, on a thread of its own: a server that never answers
/// holds no other question up, one that never stops answering fills no memory.
enum LoopbackHTTP {
    /// Why there is no answer.
    struct Failure: Error {}

    /// What a server answered.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    /// Asks for a path; gives up when the time is over.
    static func get(
        port: UInt16,
        path: String,
        within deadline: Duration,
        bytesMax: Int = 16 << 20
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try ask(port, path, deadline, bytesMax) }
                )
            }
        }
    }

    private static func ask(
        _ port: UInt16,
        _ path: String,
        _ deadline: Duration,
        _ bytesMax: Int
    ) throws -> Answer {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let end = ContinuousClock.now.advanced(by: deadline)
        let socket = socket(AF_INET, kind, 0)
        guard socket >= 0 else { throw Failure() }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        try wait(socket, until: end)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure() }
        let question = Array(
            "GET \(path) HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8
        )
        var sent = 0
        while sent < question.count {
            let count = question[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure() }
            sent += count
        }
        var received: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            try wait(socket, until: end)
            let count = room.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            guard count >= 0 else { throw Failure() }
            if count == 0 { break }
            received += room[..<count]
            guard received.count <= bytesMax else { throw Failure() }
        }
        return try answer(received)
    }

    /// Lets the socket wait no longer than there is time.
    private static func wait(_ socket: Int32, until end: ContinuousClock.Instant) throws {
        let left = ContinuousClock.now.duration(to: end).components
        guard left.seconds > 0 || left.seconds == 0 && left.attoseconds > 0 else { throw Failure() }
        var time = timeval()
        time.tv_sec = .init(left.seconds)
        time.tv_usec = .init(max(1000, left.attoseconds / 1_000_000_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            guard setsockopt(socket, SOL_SOCKET, option, &time, size) == 0 else { throw Failure() }
        }
    }

    private static func answer(_ received: [UInt8]) throws -> Answer {
        let mark = Array("\r\n\r\n".utf8)
        let ends = received.indices.dropLast(3).first { index in
            received[index] == mark[0] && received[index..<(index + 4)].elementsEqual(mark)
        }
        guard let ends else { throw Failure() }
        let lines = String(decoding: received[..<ends], as: UTF8.self)
            .split(whereSeparator: { $0 == "\r\n" })
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw Failure()
        }
        let body = Array(received[(ends + 4)...])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                // What was cut on the way is no answer.
                guard Int(parts[1].filter(\.isNumber)) == body.count else { throw Failure() }
            }
        }
        return Answer(status: status, body: body)
    }
}
