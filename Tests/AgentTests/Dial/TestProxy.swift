import FoundationEssentials
import NIOCore
import NIOPosix
import Synchronization

/// A proxy on loopback that really connects: CONNECT or SOCKS5, with a password if one is given.
///
/// It is written from the RFCs and shares nothing with what it tests.
final class TestProxy: Sendable {
    enum Kind: Sendable { case http, socks5 }

    /// What clients asked for, as the proxy understood it.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    let channel: any Channel
    let log = Log()
    var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameters:
    ///   - kind: What it speaks.
    ///   - password: `user:password`, when it wants one.
    /// - Throws: What NIO says when it cannot listen.
    init(_ kind: Kind, password: String? = nil) async throws {
        channel = try await FarEnd.listen { [log] channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Relay(kind, password: password, log: log))
            }
        }
    }
}

/// One connection of a ``TestProxy``, on its event loop.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case start, password, request, connecting, open(any Channel) }

    private let kind: TestProxy.Kind
    private let password: String?
    private let log: TestProxy.Log
    private var state = State.start
    private var buffer = ByteBuffer()

    init(_ kind: TestProxy.Kind, password: String?, log: TestProxy.Log) {
        self.kind = kind
        self.password = password
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = unwrapInboundIn(data)
        if case .open(let edge) = state { return edge.writeAndFlush(data, promise: nil) }
        buffer.writeBuffer(&data)
        switch kind {
        case .http: connectRequest(context)
        case .socks5: while socks(context) {}
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .open(let edge) = state { edge.close(promise: nil) }
    }

    // MARK: RFC 9110, 9.3.6

    private func connectRequest(_ context: ChannelHandlerContext) {
        let text = String(buffer: buffer)
        guard text.hasSuffix("\r\n\r\n") else { return }
        let lines = text.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ")
        if let password {
            let proof = Data(password.utf8).base64EncodedString()
            guard lines.contains("Proxy-Authorization: Basic \(proof)") else {
                return say(Array("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\n\r\n".utf8), context)
            }
        }
        guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"),
            let port = Int(words[1][words[1].index(after: colon)...])
        else { return say(Array("HTTP/1.1 400 What\r\n\r\n".utf8), context) }
        buffer.clear()
        let host = words[1][..<colon].filter { !"[]".contains($0) }
        connect(String(host), port, context, accepted: "HTTP/1.1 200 Go\r\n\r\n", failed: "HTTP/1.1 502 No\r\n\r\n")
    }

    // MARK: RFC 1928 and 1929

    /// Takes one message; false when none is complete.
    private func socks(_ context: ChannelHandlerContext) -> Bool {
        switch state {
        case .start:
            guard let bytes = message({ $0.count >= 2 ? 2 + Int($0[1]) : nil }) else { return false }
            let method: UInt8 = password == nil ? 0 : 2
            let isOffered = bytes.dropFirst(2).contains(method)
            say([5, isOffered ? method : 0xFF], context)
            state = password == nil ? .request : .password
        case .password:
            let bytes = message { bytes in
                guard bytes.count >= 2, bytes.count > 2 + Int(bytes[1]) else { return nil }
                return 3 + Int(bytes[1]) + Int(bytes[2 + Int(bytes[1])])
            }
            guard let bytes else { return false }
            let user = bytes.dropFirst(2).prefix(Int(bytes[1]))
            let word = bytes.dropFirst(3 + user.count)
            let isRight = password == String(decoding: user + [0x3A] + word, as: UTF8.self)
            say([1, isRight ? 0 : 1], context)
            state = .request
        case .request:
            let sizes: [UInt8: Int] = [1: 10, 4: 22]
            let bytes = message { $0.count < 5 ? nil : sizes[$0[3]] ?? 7 + Int($0[4]) }
            guard let bytes else { return false }
            let port = Int(bytes[bytes.count - 2]) << 8 | Int(bytes[bytes.count - 1])
            let reply = String(decoding: [5, 0, 0, 1, 127, 0, 0, 1, 0, 9] as [UInt8], as: UTF8.self)
            let refusal = String(decoding: [5, 5, 0, 1, 0, 0, 0, 0, 0, 0] as [UInt8], as: UTF8.self)
            connect(Self.host(bytes), port, context, accepted: reply, failed: refusal)
        case .connecting, .open: return false
        }
        return true
    }

    private static func host(_ request: [UInt8]) -> String {
        let address = request.dropFirst(4).dropLast(2)
        if request[3] == 1 { return address.map(String.init).joined(separator: ".") }
        if request[3] == 3 { return String(decoding: address.dropFirst(), as: UTF8.self) }
        let groups = stride(from: 4, to: 20, by: 2).map {
            String(Int(request[$0]) << 8 | Int(request[$0 + 1]), radix: 16)
        }
        return groups.joined(separator: ":")
    }

    /// The next message, whose length the closure finds out.
    private func message(_ length: ([UInt8]) -> Int?) -> [UInt8]? {
        length(Array(buffer.readableBytesView)).flatMap { buffer.readBytes(length: $0) }
    }

    // MARK: Both

    private func say(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func connect(
        _ host: String,
        _ port: Int,
        _ context: ChannelHandlerContext,
        accepted: String,
        failed: String
    ) {
        log.add("\(host) \(port)")
        state = .connecting
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { $0.pipeline.addHandler(Backward(client)) }
            .channelOption(.autoRead, value: false)
            .connect(host: host, port: port)
            .whenComplete { result in
                let (relay, context) = bound.value
                switch result {
                case .success(let edge):
                    relay.state = .open(edge)
                    relay.say(Array(accepted.utf8), context)
                    edge.setOption(.autoRead, value: true).whenFailure { _ in client.close(promise: nil) }
                case .failure: relay.say(Array(failed.utf8), context)
                }
            }
    }
}

/// What the edge sends goes back to the client.
private final class Backward: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let client: any Channel

    init(_ client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
