package import HTTPFields
package import NIOCore

/// Joins a TCP connection with a stream: bytes, half-closes and resets pass both ways, and a slow reader at one end
/// stops the writer at the other.
///
/// It is a handler in the connection's pipeline first; nothing is read there before ``join(_:of:early:hasEnded:)`` names
/// the stream. What it holds is bounded by the stream's receive window and send queue.
///
/// ## Concurrency
/// Belongs to the event loop that the connection and the tunnel share; not `Sendable`.
package final class StreamSplice: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What whoever joined the two may want to know.
    package enum Event {
        case fromSocket(Int)
        case toSocket(Int)
        /// Said once, last.
        case ended(End)
    }

    /// Why it is over.
    package enum End: Sendable, Equatable {
        /// Both directions ended in order.
        case finished
        /// The connection failed.
        case socketReset
        /// The stream did.
        case streamReset(HTTP2ErrorCode)
    }

    private var observe: (Event) -> Void
    private var context: ChannelHandlerContext?
    private var handler: HTTP2Handler?
    private var stream: HTTP2Stream?
    /// From the socket, before there is a stream; empty unless the peer's end made the system drain the socket.
    private var early = StalledBody()
    /// From the stream, for a socket that takes no more.
    private var waiting = StalledBody()
    private var readIsWanted = false
    private var isBlocked = false
    private var socketHasEnded = false
    private var streamHasEnded = false
    private var outputIsEnding = false
    private var outputHasEnded = false
    private var isOver = false

    /// - Parameter observe: Told what happens; let go of after the end.
    package init(observe: @escaping (Event) -> Void) { self.observe = observe }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Lets bytes pass from now on; the splice becomes the stream's delegate.
    ///
    /// - Parameters:
    ///   - stream: The stream, accepted by both ends.
    ///   - handler: The connection of the stream.
    ///   - early: What came on the stream before and has not been counted as taken.
    ///   - hasEnded: Whether the peer has ended its side of the stream already.
    package func join(
        _ stream: HTTP2Stream,
        of handler: HTTP2Handler,
        early: StalledBody = StalledBody(),
        hasEnded: Bool = false
    ) {
        guard !isOver else { return handler.reset(stream, .connectError) }
        self.stream = stream
        self.handler = handler
        stream.delegate = self
        waiting = early
        streamHasEnded = hasEnded
        passWaiting()
        while let data = self.early.take() { push(data, to: stream) }
        if socketHasEnded { handler.finish(stream) }
        resumeReading()
    }

    /// Ends both at once, by a reset.
    package func abort() {
        if let stream, !stream.isClosed { handler?.reset(stream, .cancel) }
        context?.channel.closeWithReset()
        end(.streamReset(.cancel))
    }

    private func end(_ end: End) {
        guard !isOver else { return }
        isOver = true
        let rest = waiting.drop()
        if let stream { handler?.taken(rest, on: stream) }
        observe(.ended(end))
        observe = { _ in }
    }

    // MARK: From the socket to the stream

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let bytes = unwrapInboundIn(data)
        guard let stream else { return early.keep(bytes) }
        push(bytes, to: stream)
    }

    private func push(_ bytes: ByteBuffer, to stream: HTTP2Stream) {
        observe(.fromSocket(bytes.readableBytes))
        if handler?.send(bytes, on: stream) == false { isBlocked = true }
    }

    package func read(context: ChannelHandlerContext) {
        guard stream != nil, !isBlocked else {
            readIsWanted = true
            return
        }
        context.read()
    }

    private func resumeReading() {
        guard readIsWanted, !isBlocked, let context else { return }
        readIsWanted = false
        context.read()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { socketEnded() }
        context.fireUserInboundEventTriggered(event)
    }

    private func socketEnded() {
        guard !isOver, !socketHasEnded else { return }
        socketHasEnded = true
        if let stream { handler?.finish(stream) }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        // The system tells a FIN that follows our own by closing; anything else comes too early to be an end in order.
        if outputHasEnded {
            socketEnded()
            end(.finished)
        } else {
            socketFailed()
        }
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        socketFailed()
        context.close(promise: nil)
    }

    private func socketFailed() {
        guard !isOver else { return }
        if let stream, !stream.isClosed { handler?.reset(stream, .connectError) }
        end(.socketReset)
    }

    // MARK: From the stream to the socket

    private func pass(_ bytes: ByteBuffer, from stream: HTTP2Stream) {
        guard let context else { return }
        observe(.toSocket(bytes.readableBytes))
        context.write(wrapOutboundOut(bytes), promise: nil)
        handler?.taken(bytes.readableBytes, on: stream)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { passWaiting() }
        context.fireChannelWritabilityChanged()
    }

    private func passWaiting() {
        guard !isOver, let stream else { return }
        while context?.channel.isWritable == true, let bytes = waiting.take() { pass(bytes, from: stream) }
        endOutputWhenPassed()
        context?.flush()
    }

    /// The FIN follows when the last byte has left: a connection whose input has ended would otherwise close over it.
    private func endOutputWhenPassed() {
        guard streamHasEnded, waiting.isEmpty, !outputIsEnding, let context else { return }
        outputIsEnding = true
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenSuccess { bound.value.closeOutput() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    private func closeOutput() {
        guard !isOver, let context else { return }
        outputHasEnded = true
        context.close(mode: .output, promise: nil)
    }
}

extension StreamSplice: HTTP2StreamDelegate {
    package func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

    package func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard !isOver, let context else {
            handler?.taken(data.readableBytes, on: stream)
            return
        }
        if waiting.isEmpty, !context.channel.isWritable { context.flush() }
        guard waiting.isEmpty, context.channel.isWritable else {
            waiting.keep(data)
            handler?.readerStalled(on: stream)
            return
        }
        pass(data, from: stream)
    }

    package func streamReadComplete(_ stream: HTTP2Stream) { context?.flush() }

    package func streamEnded(_ stream: HTTP2Stream) {
        streamHasEnded = true
        guard !isOver else { return }
        endOutputWhenPassed()
    }

    package func streamWritable(_ stream: HTTP2Stream) {
        isBlocked = false
        resumeReading()
    }

    package func bytesKept(of stream: HTTP2Stream) -> Int { isOver ? 0 : waiting.byteCount }

    package func streamEvicted(_ stream: HTTP2Stream) {
        context?.channel.closeWithReset()
        end(.streamReset(.enhanceYourCalm))
    }

    package func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        guard !isOver else { return }
        // A stream that both ends have ended may still have bytes for a slow socket.
        if code == .noError, streamHasEnded, socketHasEnded { return }
        context?.channel.closeWithReset()
        end(.streamReset(code))
    }
}
