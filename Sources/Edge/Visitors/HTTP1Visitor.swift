import CoreMetrics
import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// A visitor's connection that speaks HTTP/1.x: bytes in, one request at a time, each carried by a stream of a tunnel.
///
/// It is every visitor's first handler, and makes way when the first bytes are those of HTTP/2.
///
/// Pipelined requests wait in the read buffer, which stops being filled beyond a mark; a body that the tunnel cannot
/// take stops the reading of the socket; a response that the visitor does not take stops the credit of its stream.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class HTTP1Visitor: ChannelDuplexHandler, RemovableChannelHandler, Visitor {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let core: EdgeCore
    var context: ChannelHandlerContext?
    private var parser: HTTP1RequestParser
    var buffer = ByteBuffer()
    var exchange: VisitorExchange?
    /// The first bytes were not those of HTTP/2.
    var speaksHTTP1 = false
    /// The request that is being received ended, its response has not.
    var awaitsResponse = false
    var isClosing = false
    /// The visitor has said that the present request is its last one, and, once that is over, has sent all of it.
    var visitorEnds = false
    /// The connection is a WebSocket now: what comes is not HTTP any more.
    var isRaw = false

    var readIsWanted = false
    var bodyIsBlocked = false
    /// For the next head while there is no exchange; for the visitor's end when the connection lingers.
    var times: VisitorTimes?
    var isLingering = false

    /// What the present request is answered with.
    var head: HTTP1RequestHead?
    var writer = ResponseWriter()
    /// Small pieces of a response, written as one.
    var outbound = ByteBuffer()
    private var isUnflushed = false
    private var wasBehind = false

    /// Bytes of pipelined requests that are kept while a response is on its way.
    static let pipelinedBytes = 16 * 1024
    /// Pieces up to this size are copied behind the head instead of written on their own.
    static let joinedBytes = 2 * 1024
    /// How long what a visitor still sends is read and thrown away after the last answer.
    static let lingering = TimeAmount.seconds(2)

    /// Who connected: see ``VisitorResponder/peer``.
    let peer: IPAddress?

    init(core: EdgeCore, peer: IPAddress?) {
        self.core = core
        self.peer = peer
        parser = HTTP1RequestParser(limits: core.configuration.http1Limits)
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: Reading

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Not weak: that would make every count of references to the visitor dearer. It is let go of with the context.
        times = VisitorTimes(core: core) { self.timeHasCome() }
        core.visitorConnected(self)
        if context.channel.isActive { expectHead(within: core.configuration.headDeadline) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        times?.cancel()
        times = nil
        self.context = nil
        core.visitorDisconnected(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        expectHead(within: core.configuration.headDeadline)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var bytes = unwrapInboundIn(data)
        let wasIdle = exchange == nil && buffer.readableBytes == 0
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
        guard speaksHTTP1 || findsHTTP1(context) else { return }
        process()
        // A head has begun: from here on it has its own time, not what a kept connection may rest.
        if wasIdle, isWithinHead { expectHead(within: core.configuration.headDeadline) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard mayRead else {
            readIsWanted = true
            return
        }
        context.read()
    }

    var isWithinHead: Bool { exchange == nil && !isClosing && buffer.readableBytes > 0 }

    private var mayRead: Bool {
        if isClosing { return true }
        if bodyIsBlocked { return false }
        return isRaw || !awaitsResponse || buffer.readableBytes < Self.pipelinedBytes
    }

    func resumeReading() {
        guard readIsWanted, mayRead, let context else { return }
        readIsWanted = false
        context.read()
    }

    /// Takes as much out of the buffer as the state of the connection allows.
    func process() {
        if isRaw { return passRaw() }
        do throws(HTTP1Error) {
            while !awaitsResponse, !isClosing, let part = try parser.next(&buffer) { try take(part) }
        } catch {
            refuse(error)
        }
    }

    private func take(_ part: HTTP1RequestParser.Part) throws(HTTP1Error) {
        switch part {
        case .head(let head):
            visitorEnds = !head.keepAlive
            if head.hasNoBody {
                // The end comes at once and needs no byte: whatever answers finds the whole request read.
                _ = try parser.next(&buffer)
                awaitsResponse = true
            }
            begin(head)
        case .body(let data):
            core.metrics.bytesFromVisitors.increment(by: data.readableBytes)
            if exchange?.requestBody(data) == false { bodyIsBlocked = true }
        case .end(let trailers):
            awaitsResponse = true
            if let trailers { exchange?.requestTrailers(trailers) }
            exchange?.requestEnded()
        }
    }

    /// The response was a 101: bytes pass as they are from here on, those included that came early.
    func becameRaw() {
        isRaw = true
        passRaw()
        resumeReading()
    }

    private func passRaw() {
        guard !bodyIsBlocked, let bytes = buffer.readSlice(length: buffer.readableBytes), bytes.readableBytes > 0 else {
            return
        }
        core.metrics.bytesFromVisitors.increment(by: bytes.readableBytes)
        if exchange?.requestBody(bytes) == false { bodyIsBlocked = true }
    }

    private func begin(_ head: HTTP1RequestHead) {
        times?.rest()
        self.head = head
        writer = ResponseWriter()
        let exchange = VisitorExchange(request: VisitorRequest(head), responder: self, core: core)
        self.exchange = exchange
        exchange.begin()
    }

    /// The tunnel takes more of the request's body.
    func requestBodyMayGoOn() {
        bodyIsBlocked = false
        process()
        resumeReading()
    }

    /// The parser refused what came: one answer, then the end of the connection.
    private func refuse(_ error: HTTP1Error) {
        isClosing = true
        if let exchange {
            if !exchange.requestIsMalformed(error) { abort() }
            return
        }
        let page = core.refused(status: error.status, sentence: error.sentence, peer: peer)
        outbound.writeImmutableBuffer(page.bytes(closes: true))
        closeAfterFlush()
    }

    // MARK: Writing

    /// Joins small pieces, so that a head and a short body leave in one write.
    func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        if bytes.readableBytes <= Self.joinedBytes {
            if outbound.readableBytes == 0 { outbound = bytes } else { outbound.writeImmutableBuffer(bytes) }
            return
        }
        writeJoined()
        write(bytes, context)
    }

    /// See ``VisitorResponder/isBehind``; what was written since the last flush does not count.
    var isBehind: Bool {
        if !isUnflushed { wasBehind = (context?.channel.waitingBytes ?? 0) > 0 }
        return wasBehind
    }

    func flush() {
        guard let context else { return }
        writeJoined()
        guard isUnflushed else { return }
        isUnflushed = false
        context.flush()
        times?.flushed(at: context.eventLoop.now)
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        isUnflushed = true
        times?.wrote(bytes.readableBytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func writeJoined() {
        guard outbound.readableBytes > 0, let context else { return }
        let joined = outbound
        outbound = ByteBuffer()
        write(joined, context)
        core.keep(joined)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.visitorIsReady() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: The end of the channel

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        times?.cancel()
        exchange?.visitorLeft()
        exchange = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
