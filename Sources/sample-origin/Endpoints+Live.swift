import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket

extension Endpoints {
    /// Server-sent events: the time, every `ms` milliseconds, `count` times or until the visitor leaves.
    static func events(_ exchange: Exchange) async throws {
        let pause = Duration.milliseconds(exchange.number("ms", default: 1000, in: 1...60_000))
        let count = exchange.number("count", default: .max, in: 1...(.max))
        try await exchange.begin(type: "text/event-stream", fields: [("cache-control", "no-store")])
        guard exchange.head.method != .HEAD else { return try await exchange.output.write(.end(nil)) }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for number in 1...count {
            let event = "id: \(number)\nevent: time\ndata: \(Date().formatted(style))\n\n"
            try await exchange.output.write(.body(ByteBuffer(string: event)))
            guard number < count else { break }
            try await Task.sleep(for: pause)
        }
        try await exchange.output.write(.end(nil))
    }

    /// A WebSocket that sends every message back, fragment by fragment.
    @concurrent static func echo(_ exchange: inout Exchange) async throws {
        let head = exchange.head
        guard head.method == .GET, head.version == .http1_1,
            head.headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" })
        else { return try await exchange.respond(.upgradeRequired, text: "this is a WebSocket") }
        while try await exchange.nextBody() != nil {}
        guard head.headers["sec-websocket-version"] == ["13"], let key = head.headers.first(name: "sec-websocket-key")
        else { return try await exchange.respond(.badRequest, text: "not a handshake (RFC 6455, 4.2.1)") }
        let fields: HTTPHeaders = [
            "upgrade": "websocket", "connection": "upgrade", "sec-websocket-accept": acceptValue(for: key),
        ]
        try await exchange.output.write(.webSocket(fields))
        var input = exchange.input
        while case .frame(let frame) = try await input.next() {
            let reply: WebSocketFrame
            switch frame.opcode {
            case .ping: reply = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            case .pong: continue
            default: reply = WebSocketFrame(fin: frame.fin, opcode: frame.opcode, data: frame.unmaskedData)
            }
            try await exchange.output.write(.frame(reply))
            if frame.opcode == .connectionClose { return }
        }
    }

    /// The proof that this server speaks WebSocket (RFC 6455, 4.2.2).
    private static func acceptValue(for key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
