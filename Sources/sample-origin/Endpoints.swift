import Foundation
import NIOCore
import NIOHTTP1

/// What stands at each path.
enum Endpoints {
    /// The largest download: 64 GiB.
    static let maximumBytes = 1 << 36

    @concurrent static func answer(_ exchange: inout Exchange) async throws {
        let method = exchange.head.method
        switch exchange.path {
        case "/": try await page(exchange)
        case "/events": try await events(exchange)
        case "/echo": try await echo(&exchange)
        case "/upload" where method == .POST || method == .PUT: try await upload(&exchange)
        case "/reflect" where method == .POST || method == .PUT: try await reflect(&exchange)
        case "/download": try await download(exchange, isChunked: false)
        case "/stream": try await download(exchange, isChunked: true)
        case "/headers": try await headers(exchange)
        case "/slow": try await slow(exchange)
        case "/trailers": try await trailers(&exchange)
        case "/early-hints": try await earlyHints(exchange)
        case let path where path.hasPrefix("/status/"): try await status(exchange, path.dropFirst("/status/".count))
        case "/upload", "/reflect": try await exchange.respond(.methodNotAllowed, text: "use POST or PUT")
        default: try await exchange.respond(.notFound, text: "nothing here")
        }
    }

    private static func page(_ exchange: Exchange) async throws {
        try await exchange.begin(
            type: "text/html; charset=utf-8",
            length: Page.html.utf8.count,
            fields: [("content-security-policy", Page.policy), ("cache-control", "no-cache")]
        )
        if exchange.head.method != .HEAD { try await exchange.output.write(.body(ByteBuffer(string: Page.html))) }
        try await exchange.output.write(.end(nil))
    }

    /// What of a request reached this place.
    private struct Seen: Encodable {
        let method: String
        let target: String
        let version: String
        let peer: String
        let headers: [[String]]
    }

    private static func headers(_ exchange: Exchange) async throws {
        let head = exchange.head
        let seen = Seen(
            method: head.method.rawValue,
            target: head.uri,
            version: "\(head.version)",
            peer: exchange.peer,
            headers: head.headers.map { [$0.name, $0.value] }
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let body = ByteBuffer(bytes: try encoder.encode(seen))
        try await exchange.respond(type: "application/json", body)
    }

    private static func slow(_ exchange: Exchange) async throws {
        let milliseconds = exchange.number("ms", default: 1000, in: 0...600_000)
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await exchange.respond(text: "waited \(milliseconds) ms")
    }

    private static func status(_ exchange: Exchange, _ text: Substring) async throws {
        guard let code = Int(text), (200...599).contains(code) else {
            return try await exchange.respond(.badRequest, text: "a status is a number from 200 to 599")
        }
        try await exchange.respond(HTTPResponseStatus(statusCode: code), text: "\(code)")
    }

    /// Chunked, with a trailer of its own and those of the request under `echo-`.
    @concurrent private static func trailers(_ exchange: inout Exchange) async throws {
        var bytes = 0
        while let part = try await exchange.nextBody() { bytes += part.readableBytes }
        try await exchange.begin(type: "text/plain; charset=utf-8", fields: [("trailer", "x-bytes")])
        var fields: HTTPHeaders = ["x-bytes": "\(bytes)"]
        for (name, value) in exchange.trailers ?? [:] { fields.add(name: "echo-\(name)", value: value) }
        if exchange.head.method != .HEAD {
            try await exchange.output.write(.body(ByteBuffer(string: "trailers follow\n")))
        }
        try await exchange.output.write(.end(fields))
    }

    private static func earlyHints(_ exchange: Exchange) async throws {
        let hints = HTTPHeaders([("link", "</style.css>; rel=preload; as=style")])
        let status = HTTPResponseStatus.custom(code: 103, reasonPhrase: "Early Hints")
        let head = HTTPResponseHead(version: exchange.head.version, status: status, headers: hints)
        try await exchange.output.write(.head(head))
        try await exchange.respond(text: "103 came first")
    }
}
