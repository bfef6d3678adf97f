import Agent
import Foundation
import HTTP2
import HTTPFields
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Edge

/// Edge, agent and a local service in one process, and the log of the edge in a file.
struct RequestEndHarness: Sendable {
    /// What the log says of one request.
    struct Line: Decodable, Equatable {
        var target: String
        var status: Int
        var device: String?
        var failure: String?
    }

    let edge: EngineHarness.RunningEdge
    let device: String
    /// How many requests the local service has seen.
    let asked: Counter
    /// From one on, `/break` breaks off.
    let breaks: Counter
    private let path: String
    private let cutTunnel: AsyncStream<Void>.Continuation

    /// A number that several tasks see.
    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func increment() { number.withLock { $0 += 1 } }
    }

    static func run(
        configured configure: @escaping @Sendable (inout EdgeConfiguration) -> Void,
        _ body: @escaping @Sendable (RequestEndHarness) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let ca = try ThrowawayCA()
        let device = try ca.issueDevice()
        let identity = try ca.edge()
        let absent = try FixedBinding("absent.localhost=6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11")
        let path = "\(folder.path)/access.log"
        let (asked, breaks) = (Counter(), Counter())
        try await TCP.withService({ try await ScriptedOrigin.serve($0, asked, breaks) }) { local in
            try await EngineHarness.withEdge(
                of: ca,
                certificate: identity.chainPath,
                key: identity.keyPath,
                configured: { configuration in
                    configuration.accessLog.destination = .file(path)
                    configuration.fixedBindings = [absent]
                    configure(&configuration)
                },
                { edge in
                    let (cuts, cut) = AsyncStream.makeStream(of: Void.self)
                    let harness = RequestEndHarness(
                        edge: edge,
                        device: device.id,
                        asked: asked,
                        breaks: breaks,
                        path: path,
                        cutTunnel: cut
                    )
                    try await harness.withAgent(of: ca, as: device, local, cuts) { try await body(harness) }
                }
            )
        }
        withExtendedLifetime(folder) {}
    }

    private func withAgent(
        of ca: ThrowawayCA,
        as device: ThrowawayCA.Device,
        _ local: Int,
        _ cuts: AsyncStream<Void>,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let bundle = try OperatorBundle.decode(Array(try Data(contentsOf: URL(filePath: ca.bundlePath))))
        let anchors = try bundle.anchors(at: .now)
        let credentials = try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM)
        let tunnels = try #require(EdgeAddress(edge.addresses.tunnel)).port
        let name = ca.domain
        try await TCP.withService({ try await Self.relay($0, to: tunnels, until: cuts) }) { relay in
            let agent = try AgentService(
                configuration: AgentConfiguration(
                    edges: [EdgeTarget(address: try #require(EdgeAddress("127.0.0.1:\(relay)")), serverName: name)],
                    anchors: anchors,
                    credentials: credentials,
                    endpoints: [try Endpoint(name: "app", target: try OriginTarget("\(local)"))],
                    software: "osm-agent/test"
                ),
                pid: 1,
                logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
            )
            let events = agent.state.subscribe()
            try await withThrowingTaskGroup { group in
                defer { group.cancelAll() }
                group.addTask { try await agent.run() }
                group.addTask {
                    for await case .endpoint(let status) in events where status.state == .serving {
                        return try await body()
                    }
                }
                try await group.next()
            }
        }
    }

    /// Hands bytes on both ways, until it is told to cut.
    private static func relay(_ near: TCP.Connection, to port: Int, until cuts: AsyncStream<Void>) async throws {
        try? await near.executeThenClose { fromNear, toNear in
            try await TCP.connect(port).executeThenClose { fromFar, toFar in
                await withTaskGroup { group in
                    group.addTask { try? await toFar.write(contentsOf: fromNear) }
                    group.addTask { try? await toNear.write(contentsOf: fromFar) }
                    group.addTask { for await _ in cuts { return } }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    // MARK: What a test does

    /// The agent is gone at once, as if the power had failed.
    func killAgent() { cutTunnel.yield() }

    /// What the log has so far.
    func lines() throws -> [Line] {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
    }

    /// How many requests were counted, by the class of their status.
    func counts() -> [String: Int] {
        var counts: [String: Int] = [:]
        for label in ["none", "1xx", "2xx", "3xx", "4xx", "5xx"] {
            let count = edge.figure("osm_edge_requests_total{code=\"\(label)\"}").flatMap { Int($0) } ?? 0
            if count > 0 { counts[label] = count }
        }
        return counts
    }

    /// Bytes of responses that visitors were sent.
    func untilSent(_ bytes: Int) async throws {
        try await eventually { edge.figure("osm_edge_bytes_total{direction=\"out\"}") == "\(bytes)" }
    }

    /// Sends a request as it is written.
    func visitor(_ text: String) async throws -> RawVisitor {
        let visitor = try await RawVisitor(to: edge.addresses.visitor)
        try await visitor.send(text.replacing("\n", with: "\r\n"))
        return visitor
    }

    /// Asks for a path over HTTP/2; a request that does not end has a body that never comes.
    func http2Visitor(_ path: String, host: String = "app.localhost", ends: Bool = true) async throws -> any Channel {
        let address = try #require(ListenAddress(edge.addresses.visitor))
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try HTTP2Handler(
                        role: .client,
                        limits: .towardsVisitor,
                        budget: MemoryBudget(limit: 1 << 30),
                        delegate: HTTP2Asker(path, host, ends: ends)
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: address.host, port: address.port).get()
    }
}

/// Asks for one path as soon as the server has sent its settings, and reads the answer.
private final class HTTP2Asker: HTTP2ConnectionDelegate, HTTP2StreamDelegate {
    private let request: FieldSection
    private let ends: Bool
    private var handler: HTTP2Handler?

    init(_ path: String, _ host: String, ends: Bool) {
        self.ends = ends
        var fields = FieldSection()
        for (name, value) in [
            (":method", ends ? "GET" : "POST"), (":scheme", "http"), (":authority", host), (":path", path),
        ] {
            fields.append(name, value)
        }
        request = fields
    }

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {
        guard self.handler == nil else { return }
        self.handler = handler
        // A connection that cannot be asked shows in the log as one that was not.
        _ = try? handler.open(request, ends: ends, delegate: self)
    }

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? { nil }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) { self.handler = nil }
    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { handler?.taken(data.readableBytes, on: stream) }
    func streamEnded(_ stream: HTTP2Stream) {}
    func streamWritable(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}
}

/// A local service that does what the path of a request says.
private enum ScriptedOrigin {
    typealias Counter = RequestEndHarness.Counter

    static func serve(_ connection: TCP.Connection, _ asked: Counter, _ breaks: Counter) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head = ""
            for try await piece in inbound {
                head += String(buffer: piece)
                guard head.contains("\r\n\r\n") else { continue }
                asked.increment()
                guard try await answer(head, outbound, breaks) else { return }
                head = ""
            }
        }
    }

    /// - Returns: Whether the connection stays.
    private static func answer(
        _ head: String,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ breaks: Counter
    ) async throws -> Bool {
        func say(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text.replacing("\n", with: "\r\n")))
        }
        switch head.split(separator: " ").dropFirst().first {
        case "/ok": try await say("HTTP/1.1 200 OK\ncontent-length: 4\n\ngood")
        case "/half": try await say("HTTP/1.1 200 OK\ncontent-length: 100\n\nhalf")
        case "/break":
            try await say("HTTP/1.1 200 OK\ncontent-length: 100\n\nhalf")
            try await eventually { breaks.value > 0 }
            return false
        case "/socket", "/short-socket":
            let line = head.lowercased().range(of: "sec-websocket-key: ")
            let key = line.map { head[$0.upperBound...].prefix { $0 != "\r\n" } } ?? ""
            let accept = WebSocketAccept.answer(to: ByteBuffer(string: String(key)).readableBytesView)
            let fields = "connection: upgrade\nupgrade: websocket\nsec-websocket-accept: \(accept)"
            try await say("HTTP/1.1 101 Switching Protocols\n\(fields)\n\ngood")
            return head.contains(" /socket ")
        default: break
        }
        return true
    }
}
