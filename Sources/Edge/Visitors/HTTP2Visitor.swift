import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// A visitor's connection that speaks HTTP/2 by prior knowledge (RFC 9113, 3.3): many requests at a time.
///
/// The peer is a browser's proxy more often than a browser: it resets streams because people press Stop, so the guards
/// against floods are generous with resets and strict with everything that no good peer sends.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class HTTP2Visitor: HTTP2ConnectionDelegate, Visitor {
    private let core: EdgeCore
    private let channel: any Channel
    private(set) var handler: HTTP2Handler?
    private var requests: [ObjectIdentifier: HTTP2Responder] = [:]
    private var look: RepeatedTask?
    private var deadline: Scheduled<Void>?
    private var isLeaving = false

    /// Who connected: see ``VisitorResponder/peer``.
    let peer: IPAddress?

    init(core: EdgeCore, channel: any Channel, peer: IPAddress?) {
        self.core = core
        self.peer = peer
        self.channel = channel
    }

    /// Becomes the HTTP/2 server of the connection.
    func start(after position: ChannelPipeline.SynchronousOperations.Position) throws {
        let handler = try HTTP2Handler(
            role: .server,
            limits: core.configuration.visitorHTTP2Limits,
            budget: core.budget,
            delegate: self
        )
        self.handler = handler
        core.visitorConnected(self)
        try channel.pipeline.syncOperations.addHandler(handler, position: position)
        expectRequest(within: core.configuration.headDeadline)
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        guard !isLeaving else { return nil }
        deadline?.cancel()
        let responder = HTTP2Responder(stream: stream, visitor: self, core: core)
        requests[ObjectIdentifier(responder)] = responder
        lookAfterReaders()
        responder.begin(request)
        return responder
    }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        deadline?.cancel()
        look?.cancel()
        self.handler = nil
        core.visitorDisconnected(self)
    }

    // MARK: Ends

    func closed(_ responder: HTTP2Responder) {
        requests[ObjectIdentifier(responder)] = nil
        guard requests.isEmpty, handler != nil else { return }
        look?.cancel()
        look = nil
        if isLeaving { handler?.close() } else { expectRequest(within: core.configuration.keepAliveDeadline) }
    }

    /// An idle connection ends; PINGs do not make it busy.
    private func expectRequest(within time: TimeAmount) {
        deadline?.cancel()
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        deadline = channel.eventLoop.scheduleTask(in: time) { bound.value.closeWhenIdle() }
    }

    func closeWhenIdle() {
        guard !isLeaving else { return }
        isLeaving = true
        handler?.goAway(.noError)
        if requests.isEmpty { handler?.close() }
    }

    /// Ends streams whose window stays shut: their bytes wait here, where the socket does not show them.
    private func lookAfterReaders() {
        guard look == nil else { return }
        let interval = TimeAmount.nanoseconds(core.configuration.border.readerDeadline.nanoseconds / 4)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        look = channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            for request in bound.value.requests.values { request.lookAfterReader(at: .now()) }
        }
    }

    func abort() { channel.close(promise: nil) }
}
