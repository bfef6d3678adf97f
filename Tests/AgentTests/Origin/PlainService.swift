import HTTPFields
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

@testable import Agent

/// Where a service of a test listens, and in what it wraps what it says.
enum ServicePlace: CaseIterable, Sendable { case port, tls, unix }

/// A service that speaks HTTP/1.1 and does what the path of each request says; one request after the other.
final class PlainService: Sendable {
    let target: String
    let options: OriginOptions
    private let channel: any Channel
    private let folder: TemporaryFolder

    private init(_ target: String, _ options: OriginOptions, _ channel: any Channel, _ folder: TemporaryFolder) {
        self.target = target
        self.options = options
        self.channel = channel
        self.folder = folder
    }

    /// What the service shows in TLS; nil for a certificate that the agent trusts.
    struct Appearance: Sendable {
        var identity: OriginCertificates.Identity
        var anchors: String?
        var configure: @Sendable (inout TLSConfiguration) -> Void = { _ in }
    }

    static func with<Result>(
        _ place: ServicePlace,
        _ appearance: Appearance? = nil,
        _ body: (PlainService) async throws -> Result
    ) async throws -> Result {
        let service = try await start(place, appearance)
        do {
            let result = try await body(service)
            try await service.channel.close().get()
            return result
        } catch {
            service.channel.close(promise: nil)
            throw error
        }
    }

    private static func start(_ place: ServicePlace, _ appearance: Appearance?) async throws -> PlainService {
        let folder = try TemporaryFolder()
        var options = OriginOptions()
        var context: NIOSSLContext?
        if place == .tls {
            let shown = try appearance ?? trusted()
            options.anchors = shown.anchors
            context = try tls(shown)
        }
        let shared = context
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let shared { try pipeline.addHandler(NIOSSLServerHandler(context: shared)) }
                    try pipeline.addHandler(PlainServiceHandler())
                }
            }
        switch place {
        case .unix:
            let path = "\(folder.path)/s"
            let channel = try await bootstrap.bind(unixDomainSocketPath: path).get()
            return PlainService("unix:\(path)", options, channel, folder)
        case .port, .tls:
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            let scheme = place == .tls ? "https://localhost" : "http://127.0.0.1"
            return PlainService("\(scheme):\(channel.localAddress?.port ?? 0)", options, channel, folder)
        }
    }

    private static func trusted() throws -> Appearance {
        let certificates = try OriginCertificates()
        return Appearance(identity: try certificates.leaf(), anchors: certificates.authority)
    }

    private static func tls(_ appearance: Appearance) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(appearance.identity.chain.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(appearance.identity.key.utf8), format: .pem))
        )
        configuration.applicationProtocols = ["http/1.1"]
        appearance.configure(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}

/// One connection of the service.
private final class PlainServiceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var heard = ""
    private var isWebSocket = false
    private var answers = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isWebSocket else { return context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
        if answers == 0, bytes.readableBytesView.first == 0x16 {
            // A TLS handshake, which servers of plain HTTP take for a bad request.
            say("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", context)
            return context.close(promise: nil)
        }
        heard += String(buffer: bytes)
        if heard.contains(" /deaf ") { context.channel.setOption(.autoRead, value: false).whenFailure { _ in } }
        while let request = takeRequest() { answer(request, context) }
    }

    /// A head and what belongs to it: bodies are chunked or end with a word that no head has.
    private func takeRequest() -> String? {
        guard let head = heard.firstRange(of: "\r\n\r\n") else { return nil }
        var end = head.upperBound
        if heard[..<end].contains("transfer-encoding: chunked") {
            guard let last = heard[end...].firstRange(of: "0\r\n"),
                let finished = heard[last.lowerBound...].firstRange(of: "\r\n\r\n")
            else { return nil }
            end = finished.upperBound
        }
        let request = String(heard[..<end])
        heard = String(heard[end...])
        return request
    }

    private func answer(_ request: String, _ context: ChannelHandlerContext) {
        answers += 1
        let start = request.firstRange(of: "GET ") ?? request.firstRange(of: "POST ")
        let path = start.map { String(request[$0.upperBound...].prefix { $0 != " " }) } ?? ""
        switch path {
        case "/silent": break
        case "/close": context.close(promise: nil)
        case "/half":
            say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", context)
            context.close(promise: nil)
        case "/until-close":
            say("HTTP/1.1 200 OK\r\n\r\nall", context)
            context.close(promise: nil)
        case "/garbage": say("SSH-2.0-OpenSSH_9.2\r\n\r\n", context)
        case "/trailers":
            say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\nx-sum: 7\r\n\r\n", context)
        case "/interim":
            say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", context)
            say("HTTP/1.1 204 No Content\r\n\r\n", context)
        case "/redirect": say("HTTP/1.1 302 Found\r\nlocation: /echo\r\ncontent-length: 0\r\n\r\n", context)
        case "/socket": upgrade(request, context)
        default:
            let length = request.utf8.count
            say("HTTP/1.1 200 OK\r\nx-answers: \(answers)\r\ncontent-length: \(length)\r\n\r\n\(request)", context)
        }
    }

    private func upgrade(_ request: String, _ context: ChannelHandlerContext) {
        let name = "sec-websocket-key: "
        let key = request.firstRange(of: name).map { request[$0.upperBound...].prefix { !$0.isNewline } } ?? ""
        isWebSocket = true
        let accept = WebSocketKey.accept(String(key))
        say(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                + "sec-websocket-accept: \(accept)\r\n\r\nhello ",
            context
        )
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// The last word of a WebSocket comes when the other side has said its own.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        if isWebSocket { say(" bye", context) }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
