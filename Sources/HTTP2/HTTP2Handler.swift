import HTTPFields
package import NIOCore

/// An HTTP/2 connection on a NIO channel, above TLS.
///
/// One read of the socket leads to at most one write: what delegates send while a read is told waits for its end, and
/// what they send at other times waits for the end of the loop's tick. The bytes that readers have not taken are
/// counted against the limits of the connection and of the process; while they are over, the peer gets no credit.
///
/// ## Concurrency
/// Belongs to its channel's event loop; not `Sendable`. Every method is called there.
package final class HTTP2Handler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    let session: HTTP2Session
    let limits: HTTP2Limits
    let budget: MemoryBudget
    /// Let go of at the end: it keeps this handler, too.
    private var delegate: (any HTTP2ConnectionDelegate)?
    private var guardAgainstFloods: FloodGuard
    private(set) var context: ChannelHandlerContext?

    private var isReading = false
    private var isPumping = false
    private var pumpIsScheduled = false
    private var isDispatching = false
    private(set) var hasEnded = false
    /// GOAWAY has been sent or queued by us, not by the library.
    private(set) var hasSaidGoAway = false
    /// The last bytes are on their way to a peer that may take its time: see ``HTTP2Limits/farewell``.
    var saysFarewell = false
    var farewellEnd: Scheduled<Void>?
    /// What the peer did wrong; it is the reason of the end, whatever closes the channel then.
    private var failure: End?
    private var batch: [HTTP2Event] = []
    private var dirty: [HTTP2Stream] = []

    /// Bytes that readers have not taken, over all streams.
    var unread = 0
    /// What the windows of all open streams have grown by.
    var windowsGrown = 0
    /// Connection credit kept back while too much is unread.
    var heldCredit = 0
    var waitsForBudget = false
    /// Streams that are over whose readers have not taken everything yet.
    var behind: [ObjectIdentifier: Behind] = [:]
    /// The connection is over, and nothing counts any more but what readers keep.
    var isSettled = false
    private var pings = PingClock()

    /// When the last byte of the peer arrived.
    package private(set) var lastReceived = NIODeadline.now()
    /// The smoothed round-trip time of PINGs, nil before the first.
    package var roundTrip: TimeAmount? { pings.roundTrip }
    /// The peer's SETTINGS, nil before they arrive.
    package private(set) var peerSettings: HTTP2Event.PeerSettings?

    /// How much is written at once: a TLS record or eight, one system call.
    static let writeSize = 128 * 1024
    /// Writes of one turn before other connections of the loop get theirs.
    static let writesATurn = 4

    /// - Parameters:
    ///   - role: Which end of HTTP/2 this is.
    ///   - limits: What the peer may do.
    ///   - budget: The memory that all tunnels of this event loop share.
    ///   - delegate: Hears about the connection; kept until it is over.
    /// - Throws: ``HTTP2Error`` when the session cannot be made.
    package init(
        role: HTTP2Session.Role,
        limits: HTTP2Limits,
        budget: MemoryBudget,
        delegate: any HTTP2ConnectionDelegate
    ) throws(HTTP2Error) {
        session = try HTTP2Session(role: role, limits: limits)
        self.limits = limits
        self.budget = budget
        self.delegate = delegate
        guardAgainstFloods = FloodGuard(limits: limits, now: .now())
    }

    /// A stream that is over, and who holds bytes of it: its owner keeps it, not this, or each would keep the other.
    struct Behind {
        let stream: HTTP2Stream
        weak var reader: (any HTTP2StreamDelegate)?
    }

    /// A reader that was let go of without a word has not given back what it held.
    deinit { if unread > 0 { budget.remove(unread) } }

    // MARK: ChannelInboundHandler

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard context.channel.isActive else { return }
        start()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(.closed)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        start()
        context.fireChannelActive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded, !saysFarewell else { return }
        isReading = true
        lastReceived = .now()
        do {
            try session.receive(unwrapInboundIn(data))
        } catch {
            dispatchEvents()
            return fail(error)
        }
        dispatchEvents()
        if let flood = guardAgainstFloods.admit(session.takeTally(), now: lastReceived) {
            return fail(HTTP2Error(.flooded, flood.rawValue))
        }
        relieveMemory()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flushDirtyStreams()
        pump()
        context.fireChannelReadComplete()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(saysFarewell ? .closed : .peerClosed)
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failed(String(describing: error)))
        context.close(promise: nil)
    }

    private func start() {
        // Windows grow by the round-trip time, so it is measured from the first moment.
        ping()
        pump()
    }

    // MARK: The connection

    /// Measures the round-trip time, unless a PING is already under way.
    package func ping() {
        guard !hasEnded, let payload = pings.begin(at: .now()) else { return }
        // A session that takes no PING has ended, which its owner hears in another way.
        guard (try? session.ping(payload)) != nil else { return pings.abandon() }
        schedulePump()
    }

    /// Says GOAWAY with a reason; the connection stays until ``close()`` or until its streams are done.
    package func goAway(_ code: HTTP2ErrorCode, debug: String = "") {
        guard !hasEnded, (try? session.goAway(code, debug: debug)) != nil else { return }
        hasSaidGoAway = true
        schedulePump()
    }

    private func fail(_ error: HTTP2Error) {
        isReading = false
        // The library has queued its own GOAWAY where it noticed; ours follows for what only we count.
        let flooded = error.code == .flooded
        failure = flooded ? .flooded(error.detail) : .protocolViolation(error.detail)
        goAway(flooded ? .enhanceYourCalm : .protocolError, debug: error.code.rawValue)
        pump()
        end(.closed)
        context?.close(promise: nil)
    }

    func end(_ reason: End) {
        guard !hasEnded else { return }
        hasEnded = true
        isReading = false
        farewellEnd?.cancel()
        for stream in session.abandonStreams() { streamIsOver(stream, .connectionLost) }
        forgetAllButKept()
        let ending = delegate
        delegate = nil
        ending?.connection(self, ended: failure ?? reason)
    }

    // MARK: Telling delegates

    private func dispatchEvents() {
        // A delegate may close or send while it is told something: what that brings about waits its turn.
        guard !isDispatching else { return }
        isDispatching = true
        defer { isDispatching = false }
        while session.hasEvents {
            session.takeEvents(into: &batch)
            for index in batch.indices {
                // Taken out by exchange, which leaves every reference as it is; whoever copied would count them all.
                var event = HTTP2Event.pong(0)
                swap(&event, &batch[index])
                dispatch(event)
            }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func dispatch(_ event: consuming HTTP2Event) {
        guard !hasEnded else { return dropped(event) }
        switch consume event {
        case .data(let stream, let data): received(data, on: stream)
        case .head(let stream, let fields, let kind): received(fields, kind, on: stream)
        case .ended(let stream):
            markDirty(stream)
            stream.tap?.receivedEnd()
            stream.delegate?.streamEnded(stream)
        case .writable(let stream): stream.delegate?.streamWritable(stream)
        case .closed(let stream, let code): streamIsOver(stream, code)
        case .settings(let settings):
            peerSettings = settings
            delegate?.connection(self, received: settings)
        case .pong(let payload): pongArrived(payload)
        case .goAway(let code, let debug): delegate?.connection(self, peerLeaving: code, debug: debug)
        }
    }

    /// What came before the end and is told after it.
    private func dropped(_ event: HTTP2Event) {
        if case .closed(let stream, let code) = event { streamIsOver(stream, code) }
    }

    private func received(_ fields: FieldSection, _ kind: HTTP2Event.HeadKind, on stream: HTTP2Stream) {
        if kind == .request { return accept(stream, fields) }
        markDirty(stream)
        if kind == .trailers { stream.tap?.received(trailers: fields) }
        stream.delegate?.stream(stream, received: fields, kind: kind)
    }

    private func accept(_ stream: HTTP2Stream, _ request: FieldSection) {
        guard let accepted = delegate?.connection(self, accepted: stream, request: request) else {
            return reset(stream, .refusedStream)
        }
        stream.delegate = accepted
        markDirty(stream)
    }

    private func pongArrived(_ payload: UInt64) {
        guard let measured = pings.answered(payload, at: lastReceived) else { return }
        delegate?.connection(self, measured: measured)
    }

    func markDirty(_ stream: HTTP2Stream) {
        guard !stream.isDirty else { return }
        stream.isDirty = true
        dirty.append(stream)
    }

    private func flushDirtyStreams() {
        guard !dirty.isEmpty else { return }
        var flushing: [HTTP2Stream] = []
        swap(&flushing, &dirty)
        flushing.reverse()
        while let stream = flushing.popLast() {
            guard stream.isDirty else { continue }
            stream.isDirty = false
            stream.delegate?.streamReadComplete(stream)
        }
        if dirty.isEmpty { swap(&flushing, &dirty) }
    }

    // MARK: Writing

    /// Sees to it that what was submitted leaves: at the end of the read that is being told, or of this tick.
    func schedulePump() {
        guard !isReading, !isPumping, !pumpIsScheduled, !hasEnded, let context, session.wantsToWrite else { return }
        pumpIsScheduled = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            bound.value.pumpIsScheduled = false
            bound.value.pump()
        }
    }

    func pump() {
        guard !isPumping, !hasEnded, !saysFarewell, let context else { return }
        isPumping = true
        var writes = 0
        do {
            while writes < Self.writesATurn, context.channel.isWritable,
                let bytes = try session.produce(limit: Self.writeSize)
            {
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                writes += 1
            }
        } catch {
            isPumping = false
            dispatchEvents()
            end(.protocolViolation(error.detail))
            return context.close(promise: nil)
        }
        isPumping = false
        dispatchEvents()
        if session.isFinished {
            finish()
        } else if context.channel.isWritable {
            schedulePump()
        }
    }
}
