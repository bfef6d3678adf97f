import NIOCore
import NIOHTTP1

/// Makes whole requests out of HTTP parts and HTTP parts out of whole responses, on one connection.
///
/// The pipelining handler in front of it lets one request through at a time. The connection ends when a request is not
/// complete within the `request` limit, when it is idle for the `idle` limit, when its body is too long, and when it takes
/// nothing of a streamed answer for the `stall` limit.
///
/// ## Concurrency
/// Owned by the event loop of its channel.
final class AdminCodec: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = AdminRequest
    typealias OutboundIn = AdminAnswerPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case waiting
        case collecting(HTTPRequestHead, ByteBuffer)
        case answering(HTTPRequestHead)
        case streaming
        case closing
    }

    private let limits: AdminServer.Limits
    private let refusal: AdminRefusal
    private var state = State.waiting
    private var deadline: Scheduled<Void>?

    init(limits: AdminServer.Limits, refuse: @escaping AdminRefusal) {
        self.limits = limits
        refusal = refuse
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { arm(limits.request, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        arm(limits.request, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        state = .closing
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state = .closing
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .waiting):
            arm(limits.request, context)
            state = .collecting(head, context.channel.allocator.buffer(capacity: 0))
        case (.body(var bytes), .collecting(let head, var body)):
            guard body.readableBytes + bytes.readableBytes <= limits.bodyBytes else {
                return refuse(refusal(413, "the body is too long"), head, context)
            }
            body.writeBuffer(&bytes)
            state = .collecting(head, body)
        case (.end, .collecting(let head, let body)):
            deadline?.cancel()
            state = .answering(head)
            context.fireChannelRead(wrapInboundOut(AdminRequest(head, body: body, from: context.remoteAddress)))
        case (_, .waiting), (_, .collecting), (_, .answering), (_, .streaming), (_, .closing):
            return  // what follows a refused request on its way out
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .streaming = state {
            if context.channel.isWritable { deadline?.cancel() } else { arm(limits.stall, context) }
        }
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (unwrapOutboundIn(data), state) {
        case (.whole(let response), .answering(let head)):
            state = head.isKeepAlive ? .waiting : .closing
            send(response, to: head, keepAlive: head.isKeepAlive, context, promise)
            if head.isKeepAlive { arm(limits.idle, context) }
        case (.head(let response), .answering(let head)):
            state = .streaming
            context.write(wrapOutboundOut(.head(Self.head(of: response, to: head, keepAlive: false))), promise: promise)
        case (.piece(let bytes), .streaming):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case (.end, .streaming):
            state = .closing
            end(keepAlive: false, context, promise)
        case (.whole, _), (.head, _), (.piece, _), (.end, _):
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    private func refuse(_ response: AdminResponse, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        state = .closing
        send(response, to: head, keepAlive: false, context, nil)
        context.flush()
    }

    private func send(
        _ response: AdminResponse,
        to request: HTTPRequestHead,
        keepAlive: Bool,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        let head = Self.head(of: response, to: request, keepAlive: keepAlive)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        }
        end(keepAlive: keepAlive, context, promise)
    }

    /// Without a length when the body is made while it is sent.
    private static func head(
        of response: AdminResponse,
        to request: HTTPRequestHead,
        keepAlive: Bool
    ) -> HTTPResponseHead {
        var head = HTTPResponseHead(version: request.version, status: .init(statusCode: response.status))
        head.headers.add(name: "content-type", value: response.contentType)
        if response.produce == nil {
            head.headers.add(name: "content-length", value: "\(response.body.readableBytes)")
        }
        head.headers.add(name: "cache-control", value: "no-store")
        head.headers.add(name: "x-content-type-options", value: "nosniff")
        for (name, value) in response.fields { head.headers.add(name: name, value: value) }
        head.headers.add(name: "connection", value: keepAlive ? "keep-alive" : "close")
        return head
    }

    private func end(keepAlive: Bool, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise()
        if !keepAlive {
            arm(limits.stall, context)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        context.write(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func arm(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
}

extension AdminRequest {
    fileprivate init(_ head: HTTPRequestHead, body: ByteBuffer, from peer: SocketAddress?) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let hosts = head.headers["host"]
        self.init(
            method: head.method.rawValue,
            path: parts.first.map(String.init) ?? "/",
            query: parts.count == 2 ? String(parts[1]) : "",
            host: hosts.count == 1 ? hosts[0] : nil,
            origin: head.headers.first(name: "origin"),
            body: body,
            headers: head.headers,
            peer: peer?.ipAddress == nil ? nil : peer
        )
    }
}
