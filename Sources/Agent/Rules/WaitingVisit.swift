import HTTP2
import HTTPFields
import NIOCore

/// A request whose visitor may come in or not: it is not known yet.
///
/// What the visitor sends meanwhile waits here, within the stream's window, and follows the request to the origin.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
final class WaitingVisit: HTTP2StreamDelegate {
    private let request: TunnelRequest
    private let deadline: TimeAmount
    private let eventLoop: any EventLoop
    private let pass: (TunnelRequest) -> (any HTTP2StreamDelegate)?

    private var progress: RequestProgress
    private var body = StalledBody()
    private var trailers: FieldSection?
    private var hasEnded = false
    private var isOver = false
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - request: The request.
    ///   - deadline: How long it waits for a decision.
    ///   - eventLoop: That of its tunnel.
    ///   - pass: Serves it once it is admitted.
    init(
        _ request: TunnelRequest,
        deadline: TimeAmount,
        eventLoop: any EventLoop,
        pass: @escaping (TunnelRequest) -> (any HTTP2StreamDelegate)?
    ) {
        self.request = request
        self.deadline = deadline
        self.eventLoop = eventLoop
        self.pass = pass
        progress = RequestProgress(request.fields)
    }

    func wait(for decision: EventLoopFuture<VisitorGate.Decision>) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: deadline) { bound.value.decided(.denied(.busy)) }
        let eventLoop = eventLoop
        decision.whenComplete { result in
            // Even a decision that is there already is heard after the stream has been told who hears it.
            eventLoop.execute {
                switch result {
                case .success(let decision): bound.value.decided(decision)
                // An event loop that ends fails what it was to do later.
                case .failure: bound.value.decided(.denied(.busy))
                }
            }
        }
    }

    private func decided(_ decision: VisitorGate.Decision) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        switch decision {
        case .allowed: release()
        case .denied(let answer): refuse(answer)
        }
    }

    private func release() {
        let stream = request.stream
        guard let reader = pass(request) else { return refuse(.malformed) }
        guard !stream.isClosed else { return }
        stream.delegate = reader
        while let early = body.take() { reader.stream(stream, received: early) }
        if let trailers, !stream.isClosed { reader.stream(stream, received: trailers, kind: .trailers) }
        if hasEnded, !stream.isClosed { reader.streamEnded(stream) }
        if !stream.isClosed { reader.streamReadComplete(stream) }
    }

    private func refuse(_ answer: AgentAnswer) {
        request.stream.delegate = DiscardingReader(request.handler)
        drop()
        request.deny(answer, progress: &progress)
    }

    private func drop() {
        request.handler.taken(body.drop(), on: request.stream)
    }

    // MARK: HTTP2StreamDelegate, until the verdict

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        if kind == .trailers { trailers = fields }
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        body.keep(data)
        request.handler.readerStalled(on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) { hasEnded = true }
    func streamWritable(_ stream: HTTP2Stream) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        drop()
    }
}
