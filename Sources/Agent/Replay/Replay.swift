import HTTP2
import HTTPFields
import NIOCore
import NIOPosix

/// One request that is sent again, over a connection within the process: this end asks as an edge would and forgets
/// the answer, the other one serves it.
///
/// ## Concurrency
/// Belongs to its event loop, on which both ends of the connection live. They end together, in each of these ways: the
/// answer is over, the connection fails, the deadline has passed, whoever asked gives up.
final class Replay: HTTP2ConnectionDelegate {
    private let fields: FieldSection
    private let body: ByteBuffer
    private let far: ReplayedEndpoint
    /// Kept once, when the replay is over.
    private let outcome: EventLoopPromise<Void>
    private var handler: HTTP2Handler?
    private var stream: HTTP2Stream?
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// From the beginning to the end of the answer.
    static let deadline = TimeAmount.seconds(60)

    init(_ fields: FieldSection, body: ByteBuffer, to far: ReplayedEndpoint, outcome: EventLoopPromise<Void>) {
        self.fields = fields
        self.body = body
        self.far = far
        self.outcome = outcome
    }

    private var eventLoop: any EventLoop { outcome.futureResult.eventLoop }

    // MARK: The connection

    func begin(within deadline: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: deadline) { bound.value.end(.timedOut) }
        let pair: SocketPair
        do { pair = try SocketPair() } catch { return end(.noConnection(error)) }
        let far = connect(pair.far) { try bound.value.far.start(on: $0) }
        let near = connect(pair.near) { try bound.value.start(on: $0) }
        far.and(near).whenFailure { error in
            bound.value.end(.noConnection(error))
            bound.value.far.close()
        }
    }

    private func connect(
        _ descriptor: CInt,
        _ start: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: eventLoop)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try start(channel) } }
            .withConnectedSocket(descriptor)
    }

    private func start(on channel: any Channel) throws {
        guard !isOver else { throw ChannelError.ioOnClosedChannel }
        let budget = MemoryBudget(limit: HTTP2Limits.towardsOrigin.receiveBudget)
        let handler = try HTTP2Handler(role: .client, limits: .towardsOrigin, budget: budget, delegate: self)
        self.handler = handler
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Ends both sides: the far one reads that the stream is cancelled, where it is still open, and then the end.
    func end(_ failure: ReplayFailure?) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        if let stream, !stream.isClosed { handler?.reset(stream, .cancel) }
        handler?.close()
        handler = nil
        stream = nil
        if let failure { outcome.fail(failure) } else { outcome.succeed() }
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {
        guard stream == nil, !isOver else { return }
        do throws(HTTP2Error) {
            let stream = try handler.open(fields, ends: body.readableBytes == 0, delegate: self)
            self.stream = stream
            guard body.readableBytes > 0 else { return }
            // It is in memory as a whole already, so its source need not be told to wait.
            _ = handler.send(body, on: stream)
            handler.finish(stream)
        } catch {
            end(.refused)
        }
    }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        end(.noConnection(ChannelError.eof))
    }

    /// The far end opens no streams.
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? { nil }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
}

// The answer: whoever looks on at the far end has seen it.
extension Replay: HTTP2StreamDelegate {
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { handler?.taken(data.readableBytes, on: stream) }

    /// How the answer ended is a matter of the exchange, once the far end serves it.
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { end(far.hasAccepted ? nil : .refused) }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}
    func streamEnded(_ stream: HTTP2Stream) {}
    func streamWritable(_ stream: HTTP2Stream) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}
}
