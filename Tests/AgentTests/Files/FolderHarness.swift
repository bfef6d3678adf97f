import HTTP2
import HTTPFields
import NIOCore
import NIOPosix
import Testing

@testable import Agent

/// A tunnel between two HTTP/2 ends on loopback whose agent serves a folder; all on one event loop.
final class FolderHarness: Sendable {
    let eventLoop: any EventLoop
    /// What was told of each request when it was over.
    let records: AsyncStream<RequestRecord>
    private let edge: NIOLoopBound<HTTP2Handler>
    private let agent: NIOLoopBound<FolderStandIn>
    private let channels: [any Channel]

    private init(
        _ eventLoop: any EventLoop,
        _ records: AsyncStream<RequestRecord>,
        _ edge: NIOLoopBound<HTTP2Handler>,
        _ agent: NIOLoopBound<FolderStandIn>,
        _ channels: [any Channel]
    ) {
        self.eventLoop = eventLoop
        self.records = records
        self.edge = edge
        self.agent = agent
        self.channels = channels
    }

    static func with<Result>(
        _ folder: SampleFolder,
        listing: Bool = false,
        deadline: TimeAmount = .seconds(30),
        threads: NIOThreadPool = .singleton,
        _ body: (FolderHarness) async throws -> Result
    ) async throws -> Result {
        let harness = try await start(folder.folder, listing, deadline, threads)
        defer { harness.stop() }
        return try await body(harness)
    }

    private static func start(
        _ folder: Folder,
        _ listing: Bool,
        _ deadline: TimeAmount,
        _ threads: NIOThreadPool
    ) async throws -> FolderHarness {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let (records, told) = AsyncStream.makeStream(of: RequestRecord.self)
        let agent = try await eventLoop.submit {
            let jobs = DiskJobs(eventLoop: eventLoop, threads: threads)
            let origin = FolderOrigin(folder: folder, allowsListing: listing, jobs: jobs, eventLoop: eventLoop)
            return NIOLoopBound(FolderStandIn(origin, deadline, told), eventLoop: eventLoop)
        }.get()
        let listener = try await ServerBootstrap(group: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(agent.value.handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let edge = try await eventLoop.submit {
            NIOLoopBound(try SilentEdge.handler(), eventLoop: eventLoop)
        }.get()
        let channel = try await ClientBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(edge.value) }
            }
            .connect(host: "127.0.0.1", port: listener.localAddress?.port ?? 0).get()
        return FolderHarness(eventLoop, records, edge, agent, [listener, channel])
    }

    /// Ends the tunnel.
    func stop() { for channel in channels.reversed() { channel.close(promise: nil) } }

    /// Opens a stream as an edge does for its visitor.
    func visit(_ path: String?, _ fields: [String: String] = [:], reads: Bool = true, ends: Bool = true) async throws
        -> Visit
    {
        let (events, continuation) = AsyncStream.makeStream(of: Visit.Event.self)
        var all = [":method": "GET", ":scheme": "https", ":authority": "app.example.com"]
        all[":path"] = path
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

    /// Asks and waits for the whole answer.
    func get(_ path: String, _ fields: [String: String] = [:]) async throws -> Visit.Answer {
        try await visit(path, fields).answer()
    }

    /// Waits until the next exchange is over.
    func nextRecord() async throws -> RequestRecord {
        for await record in records { return record }
        throw FolderProblem.missing
    }

    /// How many jobs are with the disk, and how many wait for their turn.
    func jobs() async throws -> (underWay: Int, waiting: Int) {
        try await eventLoop.submit { [agent] in
            (agent.value.origin.jobs.underWay, agent.value.origin.jobs.areWaiting)
        }.get()
    }
}

/// The agent's end of the tunnel, without a control stream.
private final class FolderStandIn: HTTP2ConnectionDelegate {
    let origin: FolderOrigin
    private let headDeadline: TimeAmount
    private let records: AsyncStream<RequestRecord>.Continuation

    init(_ origin: FolderOrigin, _ headDeadline: TimeAmount, _ records: AsyncStream<RequestRecord>.Continuation) {
        self.origin = origin
        self.headDeadline = headDeadline
        self.records = records
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
        origin.serve(
            TunnelRequest(stream: stream, fields: request, handler: handler, headDeadline: headDeadline) { [records] in
                records.yield(RequestRecord($0, endpoint: ""))
            }
        )
    }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        origin.close()
        records.finish()
    }
    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
}

/// The edge's end of the tunnel: what matters happens on streams.
private final class SilentEdge: HTTP2ConnectionDelegate {
    static func handler() throws -> HTTP2Handler {
        let budget = MemoryBudget(limit: 1 << 30)
        return try HTTP2Handler(role: .client, limits: .towardsAgent, budget: budget, delegate: SilentEdge())
    }

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
