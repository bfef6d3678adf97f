import HTTP2
import HTTPFields
import NIOCore
import NIOPosix

/// One TCP stream: dials the local target, and joins the two when it is there.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, on which its connection lives too.
final class TCPOrigin: HTTP2StreamDelegate {
    private let target: OriginTarget
    private let stream: HTTP2Stream
    private let handler: HTTP2Handler
    private let header: ByteBuffer?
    private let observe: (String?) -> Void
    private let splice = StreamSplice { _ in }
    private var early = StalledBody()
    private var visitorHasEnded = false
    private var isOver = false

    private static let dialDeadline = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - target: What to dial.
    ///   - stream: The stream to answer.
    ///   - handler: Its tunnel.
    ///   - header: What the target is told before the visitor's first byte.
    ///   - observe: Told when the target has taken the connection, with nil, or why it has not.
    init(
        _ target: OriginTarget,
        stream: HTTP2Stream,
        handler: HTTP2Handler,
        header: ByteBuffer?,
        observe: @escaping (String?) -> Void
    ) {
        self.target = target
        self.stream = stream
        self.handler = handler
        self.header = header
        self.observe = observe
    }

    /// - Parameters:
    ///   - eventLoop: That of the tunnel.
    ///   - connections: Counts it while it is made: whoever asked may leave meanwhile, and the dial goes on.
    func begin(on eventLoop: any EventLoop, within connections: ConnectionBudget) {
        connections.opens()
        // What the bytes are is nobody's business here: there is no TLS but the visitor's own.
        OriginDialer(target, tls: nil, deadline: Self.dialDeadline, on: eventLoop).dial(
            preface: header,
            Self.configure,
            prepare: { _ in },
            whenDone: { [self] result in
                connections.ended()
                switch result {
                case .success(let channel): connected(channel)
                case .failure(let failure): failed(failure)
                }
            }
        )
    }

    private static func configure(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        bootstrap
            .channelOption(.allowRemoteHalfClosure, value: true)
            // One name may be dialled at two addresses, so the splice waits for the one that answers.
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
    }

    private func connected(_ channel: any Channel) {
        observe(nil)
        guard !isOver else { return channel.closeWithReset() }
        isOver = true
        var fields = FieldSection(capacity: 32, fields: 1)
        fields.append(":status", "200")
        do {
            try channel.pipeline.syncOperations.addHandler(splice)
            try handler.respond(fields, on: stream, ends: false)
            splice.join(stream, of: handler, early: early, hasEnded: visitorHasEnded)
            channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
        } catch {
            handler.reset(stream, .internalError)
            channel.closeWithReset()
        }
    }

    private func failed(_ failure: OriginFailure) {
        observe(failure.sentence)
        guard !isOver else { return }
        isOver = true
        stream.delegate = DiscardingReader(handler)
        handler.taken(early.drop(), on: stream)
        AgentAnswer(failure).send(on: stream, handler)
    }

    // MARK: HTTP2StreamDelegate, until the target is there

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { early.keep(data) }
    func streamEnded(_ stream: HTTP2Stream) { visitorHasEnded = true }
    func streamWritable(_ stream: HTTP2Stream) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { isOver = true }
}
