import HTTP2
import HTTPFields
import NIOCore
import NIOPosix

@testable import Agent

/// A tunnel between two HTTP/2 ends on loopback whose agent serves one HTTP/2 origin; all on one event loop.
final class OriginHarness: Sendable {
    let eventLoop: any EventLoop
    let serviceEvents: AsyncStream<ScriptedService.Event>
    private let service: NIOLoopBound<ScriptedService>
    private let edge: NIOLoopBound<HTTP2Handler>
    private let channels: [any Channel]

    /// What the agent's end of the tunnel is told to do otherwise than by default.
    struct Variation: Sendable {
        var headDeadline = TimeAmount.seconds(30)
        var connectDeadline = TimeAmount.seconds(5)
        var serviceLimits = HTTP2Limits.towardsAgent
        /// In place of the service: what to say to whoever connects.
        var greeting: [UInt8]?
        var isDown = false
        /// In place of the HTTP/2 service: an origin that is there already.
        var origin: LocalService?
        var connections = ConnectionBudget.Limits()
        /// Whether each request is to another endpoint, all of the same service.
        var hasManyEndpoints = false
        var rules = VisitorRules.none
        var observe: @Sendable (RequestRecord) -> Void = { _ in }
    }

    private init(
        _ eventLoop: any EventLoop,
        _ serviceEvents: AsyncStream<ScriptedService.Event>,
        _ service: NIOLoopBound<ScriptedService>,
        _ edge: NIOLoopBound<HTTP2Handler>,
        _ channels: [any Channel]
    ) {
        self.eventLoop = eventLoop
        self.serviceEvents = serviceEvents
        self.service = service
        self.edge = edge
        self.channels = channels
    }

    static func with<Result>(
        _ variation: Variation = Variation(),
        _ body: (OriginHarness) async throws -> Result
    ) async throws -> Result {
        let harness = try await start(variation)
        do {
            let result = try await body(harness)
            harness.stop()
            return result
        } catch {
            harness.stop()
            throw error
        }
    }

    /// A tunnel whose agent serves a service that is there already.
    static func with<Result>(
        _ service: LocalService,
        headDeadline: TimeAmount = .seconds(30),
        _ body: (OriginHarness) async throws -> Result
    ) async throws -> Result {
        var variation = Variation()
        variation.origin = service
        variation.headDeadline = headDeadline
        return try await with(variation, body)
    }

    /// A tunnel whose agent serves a service of HTTP/1.1.
    static func with<Result>(
        _ service: PlainService,
        _ change: (inout OriginOptions) -> Void = { _ in },
        vary: (inout Variation) -> Void = { _ in },
        headDeadline: TimeAmount = .seconds(30),
        _ body: (OriginHarness) async throws -> Result
    ) async throws -> Result {
        var options = service.options
        change(&options)
        let local = try LocalService(try OriginTarget(service.target), options: options)
        var variation = Variation()
        variation.origin = local
        variation.headDeadline = headDeadline
        vary(&variation)
        return try await with(variation, body)
    }

    private static func start(_ variation: Variation) async throws -> OriginHarness {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let (events, continuation) = AsyncStream.makeStream(of: ScriptedService.Event.self)
        let service = try await eventLoop.submit {
            NIOLoopBound(
                ScriptedService(limits: variation.serviceLimits, events: continuation),
                eventLoop: eventLoop
            )
        }.get()
        let serviceChannel = try await listen(on: eventLoop) { channel in
            guard let greeting = variation.greeting else { return try service.value.start(on: channel) }
            try channel.pipeline.syncOperations.addHandler(Greeter(greeting))
        }
        let port = serviceChannel.localAddress?.port ?? 0
        if variation.isDown { try await serviceChannel.close().get() }
        let target = try OriginTarget("http2://127.0.0.1:\(port)")
        let tunnel = try await listen(on: eventLoop) { channel in
            let standIn = try AgentStandIn(target, variation, eventLoop)
            try channel.pipeline.syncOperations.addHandler(standIn.handler())
        }
        let edge = try await dial(tunnel.localAddress?.port ?? 0, on: eventLoop)
        return OriginHarness(eventLoop, events, service, edge.handler, [serviceChannel, tunnel, edge.channel])
    }

    private static func listen(
        on eventLoop: any EventLoop,
        _ accept: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        try await ServerBootstrap(group: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private static func dial(
        _ port: Int,
        on eventLoop: any EventLoop
    ) async throws -> (channel: any Channel, handler: NIOLoopBound<HTTP2Handler>) {
        let made = try await eventLoop.submit {
            let handler = try HTTP2Handler(
                role: .client,
                limits: .towardsAgent,
                budget: MemoryBudget(limit: 1 << 30),
                delegate: SilentDelegate()
            )
            return NIOLoopBound(handler, eventLoop: eventLoop)
        }.get()
        let channel = try await ClientBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(made.value)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return (channel, made)
    }

    private func stop() {
        for channel in channels.reversed() { channel.close(promise: nil) }
    }

    /// Opens a stream as an edge does for its visitor.
    func visit(_ path: String, _ fields: [String: String] = [:], reads: Bool = true, ends: Bool = true) async throws
        -> Visit
    {
        let (events, continuation) = AsyncStream.makeStream(of: Visit.Event.self)
        var all = [":scheme": "https", ":authority": "app.example.com", ":path": path]
        all[":method"] = ends ? "GET" : "POST"
        all.merge(fields) { $1 }
        let request = FieldSection.of(all)
        return try await eventLoop.submit { [edge] in
            let reader = VisitReader(handler: edge.value, reads: reads, events: continuation)
            let stream = try edge.value.open(request, ends: ends, delegate: reader)
            return Visit(
                events: events,
                eventLoop: edge.eventLoop,
                handler: edge,
                stream: NIOLoopBound(stream, eventLoop: edge.eventLoop),
                reader: NIOLoopBound(reader, eventLoop: edge.eventLoop)
            )
        }.get()
    }

    /// The path of the next request that reaches the service.
    func asked() async -> String? {
        for await event in serviceEvents {
            if case .asked(let path) = event { return path }
        }
        return nil
    }

    /// The service's present connection hears nothing more, as if its host had lost its power.
    func numb() async throws { try await eventLoop.submit { [service] in try service.value.numb() }.get() }

    /// The service reads the body that it held back, and what follows.
    func release() async throws { try await eventLoop.submit { [service] in service.value.release() }.get() }

    /// What of a download the service has not sent yet.
    func queuedDownload() async throws -> Int {
        try await eventLoop.submit { [service] in service.value.queuedDownload }.get()
    }
}

/// The agent's end of the tunnel, without a control stream.
private final class AgentStandIn: HTTP2ConnectionDelegate {
    private var origins: [any Origin] = []
    private let makeOrigin: () throws -> any Origin
    private let hasManyEndpoints: Bool
    private let headDeadline: TimeAmount
    private let observe: (RequestRecord) -> Void

    init(_ target: OriginTarget, _ variation: OriginHarness.Variation, _ eventLoop: any EventLoop) throws {
        headDeadline = variation.headDeadline
        observe = variation.observe
        var options = OriginOptions()
        options.limits.connectDeadline = variation.connectDeadline
        let service = try variation.origin ?? LocalService(target, options: options)
        let connections = ConnectionBudget(variation.connections)
        let rules = variation.rules
        hasManyEndpoints = variation.hasManyEndpoints
        makeOrigin = {
            let made = service.origin(on: eventLoop, memoryBudget: 1 << 30, connections: connections)
            guard let made else { throw NothingCame() }
            return rules.isEmpty ? made : GuardedOrigin(made, rules: rules, eventLoop: eventLoop)
        }
    }

    private func origin() throws -> any Origin {
        if let last = origins.last, !hasManyEndpoints { return last }
        let made = try makeOrigin()
        origins.append(made)
        return made
    }

    func handler() throws -> HTTP2Handler {
        let budget = MemoryBudget(limit: 1 << 30)
        return try HTTP2Handler(role: .server, limits: .towardsEdge, budget: budget, delegate: self)
    }

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        let origin: any Origin
        do { origin = try self.origin() } catch { return nil }
        return origin.serve(
            TunnelRequest(
                stream: stream,
                fields: request,
                handler: handler,
                headDeadline: headDeadline,
                observe: { [observe] in observe(RequestRecord($0, endpoint: "")) }
            )
        )
    }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        for origin in origins { origin.close() }
    }
    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
}

/// Says the same to everybody and listens to nobody.
private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: [UInt8]

    init(_ greeting: [UInt8]) { self.greeting = greeting }

    func channelActive(context: ChannelHandlerContext) {
        guard !greeting.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: greeting)), promise: nil)
    }
}

/// Hears nothing: what matters happens on streams.
private final class SilentDelegate: HTTP2ConnectionDelegate {
    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? { nil }
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {}
}
