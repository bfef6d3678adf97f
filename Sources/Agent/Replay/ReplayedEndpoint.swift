import HTTP2
import HTTPFields
import NIOCore

/// The far end of a replay: serves one endpoint as a tunnel would.
///
/// ## Concurrency
/// Belongs to the event loop of its replay.
final class ReplayedEndpoint: HTTP2ConnectionDelegate {
    private let listeners: EndpointListeners
    private let crew: TunnelCrew
    /// The exchange that is repeated.
    private let original: Int
    /// Nil once the connection is over; it would not serve again.
    private var origin: (any Origin)?
    private var handler: HTTP2Handler?
    /// Whether the request has come this far.
    private(set) var hasAccepted = false

    /// - Returns: Nil for an endpoint that serves no requests.
    init?(_ endpoint: Endpoint, original: Int, crew: TunnelCrew, eventLoop: any EventLoop) {
        let factory = OriginFactory(eventLoop: eventLoop, memoryBudget: crew.configuration.memoryBudget)
        guard let origin = factory.origin(of: endpoint) else { return nil }
        self.origin = origin
        listeners = crew.serving.listeners(of: endpoint)
        self.original = original
        self.crew = crew
    }

    func start(on channel: any Channel) throws {
        let handler = try HTTP2Handler(
            role: .server,
            limits: .towardsEdge,
            budget: MemoryBudget(limit: crew.configuration.memoryBudget),
            delegate: self
        )
        self.handler = handler
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// For a connection whose other end did not come about; otherwise it ends with that.
    func close() {
        handler?.close()
        end()
    }

    private func end() {
        handler = nil
        origin?.close()
        origin = nil
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        guard let origin else { return nil }
        hasAccepted = true
        return crew.serving.serve(request, on: stream, handler, listeners, origin, replayOf: original)
    }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) { end() }

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
}
