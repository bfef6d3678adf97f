import HTTP1
import NIOCore
import NIOPosix
import NIOSSL

/// One request to a public name, as any visitor would make it.
struct PublicRequest: Sendable {
    let address: PublicAddress
    let path: String
    /// For `https`; what is trusted there has nothing to do with the operator's CA.
    let context: NIOSSLContext?
    /// For everything, connecting included.
    let deadline: TimeAmount

    /// - Returns: The status of the answer.
    /// - Throws: ``ProbeFailure``.
    func status(on eventLoop: any EventLoop) async throws(ProbeFailure) -> Int {
        let answer = eventLoop.makePromise(of: Int.self)
        let timer = eventLoop.scheduleTask(in: deadline) { answer.fail(ProbeFailure.silent) }
        let (address, context, head) = (address, context, head)
        let connected = ClientBootstrap(group: eventLoop)
            .connectTimeout(deadline)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if address.isEncrypted, let context {
                        let isName = address.host.contains { $0.isLetter }
                        let name = isName && !address.host.contains(":") ? address.host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try pipeline.addHandler(StatusReader(asking: head, answer: answer))
                }
            }
            .connect(host: address.dialledHost, port: address.port)
        connected.whenFailure { answer.fail($0) }
        defer {
            timer.cancel()
            connected.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                answer.fail(ProbeFailure.silent)
            }
        } catch {
            throw ProbeFailure(error)
        }
    }

    private var head: ByteBuffer {
        ByteBuffer(
            string: """
                GET \(path) HTTP/1.1\r
                host: \(address.authority)\r
                user-agent: osm-agent-probe\r
                accept: text/plain\r
                connection: close\r
                \r

                """
        )
    }
}

/// Sends a request and waits for the status of its final response.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
private final class StatusReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let answer: EventLoopPromise<Int>
    private var parser: HTTP1ResponseParser
    private var buffer = ByteBuffer()

    init(asking request: ByteBuffer, answer: EventLoopPromise<Int>) {
        self.request = request
        self.answer = answer
        parser = HTTP1ResponseParser(limits: HTTP1Limits())
        parser.expect(.ordinary)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        do throws(HTTP1Error) {
            while let part = try parser.next(&buffer) {
                guard case .head(let head) = part else { continue }
                answer.succeed(head.status)
                return context.close(promise: nil)
            }
        } catch {
            answer.fail(ProbeFailure.badAnswer)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(ProbeFailure.badAnswer)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(ProbeFailure(error))
        context.close(promise: nil)
    }
}
