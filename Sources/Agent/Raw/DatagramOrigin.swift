import HTTP2
import HTTPFields
import NIOCore
import NIOPosix
import TunnelProtocol

/// One flow of datagrams: a UDP socket of its own, connected to the local target, so that nobody else's datagrams come in.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, on which its socket lives too.
final class DatagramOrigin: ChannelInboundHandler, HTTP2StreamDelegate {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = ByteBuffer

    private let target: OriginTarget
    private let stream: HTTP2Stream
    private let handler: HTTP2Handler
    private let observe: (String?) -> Void
    private var hasAnswered = false
    private var context: ChannelHandlerContext?
    private var decoder = CapsuleDecoder()
    /// What came before the socket was there.
    private var early: [ByteBuffer] = []
    private var timer: Scheduled<Void>?
    private var isConnected = false
    /// What the target's name meant when the flow began.
    private var place: SocketAddress?
    private var isBlocked = false
    private var isOver = false

    private static let earlyDatagrams = 16
    /// For a name to be resolved; a socket is connected at once.
    private static let dialDeadline = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - target: What to send to.
    ///   - stream: The stream to answer.
    ///   - handler: Its tunnel.
    ///   - observe: Told when the target has sent something back, with nil, or why nobody is there.
    init(
        _ target: OriginTarget,
        stream: HTTP2Stream,
        handler: HTTP2Handler,
        observe: @escaping (String?) -> Void
    ) {
        self.target = target
        self.stream = stream
        self.handler = handler
        self.observe = observe
    }

    func begin(on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.dialDeadline) {
            bound.value.failed(.connectTimeout)
        }
        address(on: eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let address): connect(to: address, on: eventLoop)
            case .failure(let error): failed(OriginFailure(connecting: error))
            }
        }
    }

    /// What the target's name means now; the system is asked on a thread where it may take its time.
    private func address(on eventLoop: any EventLoop) -> EventLoopFuture<SocketAddress> {
        guard case .host(let host, let port) = target.place else {
            return eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        // A name that stands for two addresses here; a datagram cannot tell which of them is served.
        if let address = OriginReach.address(host == "localhost" ? "127.0.0.1" : host, port: port) {
            return eventLoop.makeSucceededFuture(address)
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try SocketAddress.makeAddressResolvingHost(host, port: port)
        }
    }

    private func connect(to address: SocketAddress, on eventLoop: any EventLoop) {
        guard !isOver else { return }
        guard target.reach.verdict(on: address) == .mayBeServed else { return failed(.prohibited) }
        place = address
        socket(to: address, on: eventLoop).whenComplete { [self] result in
            switch result {
            case .success: connected()
            case .failure(let error): failed(OriginFailure(connecting: error))
            }
        }
    }

    private func socket(
        to address: SocketAddress,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel>.Isolated {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return DatagramBootstrap(group: eventLoop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .connect(to: address)
            .assumeIsolated()
    }

    private func connected() {
        timer?.cancel()
        guard !isOver else { return close() }
        var fields = FieldSection(capacity: 64, fields: 2)
        fields.append(":status", "200")
        fields.append("capsule-protocol", "?1")
        do { try handler.respond(fields, on: stream, ends: false) } catch { return end(.internalError) }
        isConnected = true
        for payload in early { write(payload) }
        early = []
        context?.flush()
    }

    private func failed(_ failure: OriginFailure) {
        guard !isOver, !isConnected else { return }
        isOver = true
        observe(failure.sentence)
        timer?.cancel()
        early = []
        AgentAnswer(failure).send(on: stream, handler)
    }

    // MARK: From the target

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { if self.context === context { self.context = nil } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasAnswered { observe(nil) }
        hasAnswered = true
        // A full queue drops the newest, as a router would.
        guard !isOver, isConnected, !isBlocked, let capsule = DatagramCapsule.encode(unwrapInboundIn(data).data)
        else { return }
        if !handler.send(capsule, on: stream) { isBlocked = true }
    }

    /// Where nobody listens, the system refuses to send the datagram after the one that was turned away, and that ends the
    /// channel.
    func channelInactive(context: ChannelHandlerContext) {
        if !isOver, isConnected, let place { renew(to: place, on: context.eventLoop) } else { end(.connectError) }
        context.fireChannelInactive()
    }

    private func renew(to address: SocketAddress, on eventLoop: any EventLoop) {
        socket(to: address, on: eventLoop).whenComplete { [self] result in
            if case .failure = result { return end(.connectError) }
            // The flow may have ended meanwhile.
            if isOver { close() }
        }
    }

    /// A target that does not listen may do so later: what the system says of single datagrams ends no flow.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hasAnswered = false
        observe(OriginFailure(connecting: error).sentence)
    }

    // MARK: From the visitor

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard !isOver else { return handler.taken(data.readableBytes, on: stream) }
        let held = decoder.pendingBytes
        decoder.feed(data)
        do throws(CapsuleError) {
            while let payload = try decoder.next() { pass(payload) }
        } catch {
            return end(.protocolError)
        }
        handler.taken(held + data.readableBytes - decoder.pendingBytes, on: stream)
    }

    private func pass(_ payload: ByteBuffer) {
        if isConnected {
            write(payload)
        } else if early.count < Self.earlyDatagrams {
            early.append(ByteBuffer(bytes: payload.readableBytesView))
        }
    }

    private func write(_ payload: ByteBuffer) {
        guard let context, context.channel.isWritable else { return }
        context.write(wrapOutboundOut(payload), promise: nil)
    }

    func streamReadComplete(_ stream: HTTP2Stream) { context?.flush() }
    func streamWritable(_ stream: HTTP2Stream) { isBlocked = false }
    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

    func streamEnded(_ stream: HTTP2Stream) {
        guard !isOver else { return }
        guard decoder.isBetweenCapsules else { return end(.protocolError) }
        isOver = true
        if isConnected { handler.finish(stream) } else { handler.reset(stream, .cancel) }
        close()
    }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        isOver = true
        close()
    }

    // MARK: Ends

    private func end(_ code: HTTP2ErrorCode) {
        guard !isOver else { return }
        isOver = true
        if !stream.isClosed { handler.reset(stream, code) }
        close()
    }

    private func close() {
        timer?.cancel()
        early = []
        context?.close(promise: nil)
    }
}
