import HTTP1
import HTTP2
import NIOCore

/// One connection to an origin: HTTP/1.1 out, one request at a time.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class OriginConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let pool: OriginPool
    private var context: ChannelHandlerContext?
    private var parser: HTTP1ResponseParser
    private var buffer = ByteBuffer()
    private var exchange: OriginExchange?
    private var readIsWanted = false
    private var isBlocked = false
    private var isClosing = false
    private var hasUnflushed = false
    /// For the answer while there is an exchange, and for the next exchange while there is none.
    private var deadline: RestartableDeadline?
    /// Requests that were answered on this connection.
    private(set) var answered = 0
    /// Whether any byte of the present response has come.
    private(set) var hasHeard = false
    /// Whether it is one of those that its pool counts.
    var isCounted = false
    /// Whether it began with the address of a visitor.
    var servesOneVisitor = false

    init(pool: OriginPool) {
        self.pool = pool
        parser = HTTP1ResponseParser(limits: pool.httpLimits)
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }
    var isReusable: Bool { !isClosing && context?.channel.isActive == true }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Not weak: that would make every count of references to the connection dearer. It is let go of with the context.
        deadline = RestartableDeadline(in: pool.deadlines) { self.deadlinePassed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        self.context = nil
    }

    // MARK: Writing

    /// Begins a request: from now on what the origin says is the exchange's.
    func begin(_ exchange: OriginExchange, head: ByteBuffer, as request: HTTP1ResponseParser.Request) {
        deadline?.suspend()
        self.exchange = exchange
        hasHeard = false
        parser.expect(request)
        write(head)
    }

    func write(_ bytes: ByteBuffer) {
        hasUnflushed = true
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.originIsReady() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
        hasHeard = true
        process()
    }

    private func process() {
        while !isClosing {
            do throws(HTTP1Error) {
                guard let part = try parser.next(&buffer) else { return }
                exchange?.received(part)
            } catch {
                return fail(.badResponse(error))
            }
        }
    }

    func read(context: ChannelHandlerContext) {
        guard !isBlocked else {
            readIsWanted = true
            return
        }
        context.read()
    }

    /// The tunnel takes no more at present.
    func block() { isBlocked = true }

    func unblock() {
        isBlocked = false
        guard readIsWanted, let context else { return }
        readIsWanted = false
        context.read()
    }

    // MARK: Deadlines

    /// The exchange is told when this time has passed.
    func expectAnswer(within time: TimeAmount) { deadline?.restart(in: time) }

    /// What the exchange waited for has come.
    func answerCame() { deadline?.suspend() }

    func closeUnlessUsed(within time: TimeAmount) { deadline?.restart(in: time) }

    private func deadlinePassed() {
        if let exchange { exchange.deadlinePassed() } else { close() }
    }

    // MARK: Ends

    /// The response is complete.
    ///
    /// - Parameter mayBeReused: Whether nothing of the request or the response is left on the connection.
    func exchangeEnded(mayBeReused: Bool) {
        exchange = nil
        deadline?.suspend()
        isBlocked = false
        answered += 1
        guard mayBeReused, isReusable, buffer.readableBytes == 0 else { return close() }
        unblock()
        pool.giveBack(self)
    }

    /// Drops the connection; nothing that still comes is looked at.
    func close() {
        isClosing = true
        exchange = nil
        deadline?.cancel()
        context?.close(promise: nil)
    }

    /// Says that nothing more will be written, once all that was has left; what the origin says is still heard.
    func closeOutput() {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenSuccess { bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.ended(self)
        if !isClosing, exchange != nil { ended() }
        isClosing = true
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func ended() {
        do throws(HTTP1Error) {
            guard let part = try parser.connectionClosed() else { return fail(.closed) }
            isClosing = true
            exchange?.received(part)
        } catch {
            fail(hasHeard ? .badResponse(error) : .closed)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(OriginFailure(inUse: error))
        context.close(promise: nil)
    }

    private func fail(_ failure: OriginFailure) {
        let failed = exchange
        let connection = self
        close()
        failed?.failed(failure, on: connection)
    }
}
