import HTTPFields
import NIOCore
import NIOEmbedded

@testable import HTTP2

/// Writes down what a delegate hears.
final class RecordingDelegate: HTTP2ConnectionDelegate, HTTP2StreamDelegate {
    var settings: [HTTP2Event.PeerSettings] = []
    var accepted: [HTTP2Stream] = []
    var heads: [(fields: FieldSection, kind: HTTP2Event.HeadKind)] = []
    var received = 0
    var ended = 0
    var writable = 0
    var closed: [HTTP2ErrorCode] = []
    var readCompletes = 0
    var goAways: [String] = []
    var roundTrips: [TimeAmount] = []
    var ends: [HTTP2Handler.End] = []

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {
        self.settings.append(settings)
    }

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        guard request.string(":path") != "/refused" else { return nil }
        accepted.append(stream)
        return self
    }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {
        goAways.append(String(buffer: debug))
    }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) { roundTrips.append(roundTrip) }
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) { ends.append(reason) }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        heads.append((fields, kind))
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { received += data.readableBytes }
    func streamEnded(_ stream: HTTP2Stream) { ended += 1 }
    func streamWritable(_ stream: HTTP2Stream) { writable += 1 }
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { closed.append(code) }
    func streamReadComplete(_ stream: HTTP2Stream) { readCompletes += 1 }
}

/// An edge's and an agent's handler on two channels without a network.
final class HandlerPair {
    let edge = EmbeddedChannel()
    let agent = EmbeddedChannel()
    let edgeDelegate = RecordingDelegate()
    let agentDelegate = RecordingDelegate()
    let edgeBudget: MemoryBudget
    let edgeHandler: HTTP2Handler
    let agentHandler: HTTP2Handler
    /// Writes of each end so far.
    private(set) var writes = (edge: 0, agent: 0)

    init(
        edgeLimits: HTTP2Limits = .towardsAgent,
        agentLimits: HTTP2Limits = .towardsEdge,
        budget: Int = 1 << 30,
        sharing shared: MemoryBudget? = nil
    ) throws {
        edgeBudget = shared ?? MemoryBudget(limit: budget)
        edgeHandler = try HTTP2Handler(role: .client, limits: edgeLimits, budget: edgeBudget, delegate: edgeDelegate)
        agentHandler = try HTTP2Handler(
            role: .server,
            limits: agentLimits,
            budget: MemoryBudget(limit: 1 << 30),
            delegate: agentDelegate
        )
        for (channel, handler) in [(edge, edgeHandler), (agent, agentHandler)] {
            try channel.pipeline.syncOperations.addHandler(handler)
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/tunnel"), promise: nil)
        }
        try exchange()
    }

    /// A channel that was never closed keeps its handler for ever, and the handler its nghttp2 session.
    deinit {
        for channel in [edge, agent] {
            do { _ = try channel.finish(acceptAlreadyClosed: true) } catch { continue }  // a test may end in an error
        }
    }

    /// Carries bytes both ways until both ends are silent.
    func exchange() throws {
        var moved = true
        while moved {
            moved = false
            edge.embeddedEventLoop.run()
            while let bytes = try edge.readOutbound(as: ByteBuffer.self) {
                writes.edge += 1
                moved = true
                if agent.isActive { try agent.writeInbound(bytes) }
            }
            agent.embeddedEventLoop.run()
            while let bytes = try agent.readOutbound(as: ByteBuffer.self) {
                writes.agent += 1
                moved = true
                if edge.isActive { try edge.writeInbound(bytes) }
            }
        }
    }

    /// Opens a stream from the edge and lets the agent see it.
    func open(_ fields: FieldSection = .get("/"), ends: Bool = true) throws -> (edge: HTTP2Stream, agent: HTTP2Stream) {
        let stream = try edgeHandler.open(fields, ends: ends, delegate: edgeDelegate)
        try exchange()
        guard let accepted = agentDelegate.accepted.last else {
            throw HTTP2Error(.streamState, "the agent saw no request")
        }
        return (stream, accepted)
    }

    /// Opens a stream whose response is under way.
    func openAnswered() throws -> (edge: HTTP2Stream, agent: HTTP2Stream) {
        let streams = try open()
        try agentHandler.respond(.status("200"), on: streams.agent, ends: false)
        return streams
    }
}
