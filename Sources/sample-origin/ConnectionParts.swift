import NIOCore
import NIOHTTP1
import NIOWebSocket

/// What arrives on a connection, before and after it became a WebSocket.
enum RequestPart: Sendable {
    case head(HTTPRequestHead)
    case body(ByteBuffer)
    case end(HTTPHeaders?)
    case frame(WebSocketFrame)
}

/// What leaves on a connection, before and after it became a WebSocket.
enum ResponsePart: Sendable {
    case head(HTTPResponseHead)
    case body(ByteBuffer)
    case end(HTTPHeaders?)
    /// Answers 101 with these fields; from here on only frames pass.
    case webSocket(HTTPHeaders)
    case frame(WebSocketFrame)
}

/// Translates HTTP parts, and gives its place to ``FrameAdapter`` when the connection becomes a WebSocket.
///
/// NIO's own upgrade handlers look at the first request of a connection only; a proxy that keeps connections upgrades
/// later ones too.
///
/// ## Concurrency
/// Owned by the event loop of its channel.
final class HTTPAdapter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = RequestPart
    typealias OutboundIn = ResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let encoder = HTTPResponseEncoder()
    private let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))

    static func install(on channel: any Channel) throws {
        let adapter = HTTPAdapter()
        try channel.pipeline.syncOperations.addHandlers([adapter.encoder, adapter.decoder, adapter])
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part: RequestPart =
            switch unwrapInboundIn(data) {
            case .head(let head): .head(head)
            case .body(let bytes): .body(bytes)
            case .end(let trailers): .end(trailers)
            }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers): context.write(wrapOutboundOut(.end(trailers)), promise: promise)
        case .frame: promise?.fail(ChannelError.operationUnsupported)
        case .webSocket(let fields):
            let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
            becomeWebSocket(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func becomeWebSocket(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        do {
            let frames: [any ChannelHandler] = [
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)),
                WebSocketProtocolErrorHandler(),
                FrameAdapter(),
            ]
            try pipeline.addHandlers(frames, position: .after(decoder))
        } catch {
            return context.close(promise: nil)
        }
        // The decoder goes last: what it has read beyond the request then meets the frame decoder.
        let removals = [
            pipeline.removeHandler(self), pipeline.removeHandler(encoder), pipeline.removeHandler(decoder),
        ]
        EventLoopFuture.andAllSucceed(removals, on: context.eventLoop).whenComplete { result in
            switch result {
            // Such frames were passed on outside of a read, and wait behind it until somebody says that it is over.
            case .success: channel.pipeline.fireChannelReadComplete()
            case .failure: channel.close(promise: nil)
            }
        }
    }
}

/// Translates WebSocket frames.
final class FrameAdapter: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = RequestPart
    typealias OutboundIn = ResponsePart
    typealias OutboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(wrapInboundOut(.frame(unwrapInboundIn(data))))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .frame(let frame) = unwrapOutboundIn(data) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
