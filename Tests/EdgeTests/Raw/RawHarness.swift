import Agent
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import TestSupport
import Testing
import Trust
import TunnelProtocol

@testable import Edge

/// Edge, agent and a local service in one process, with one TCP or UDP port between them.
enum RawHarness {
    /// A port of the edge that leads to a local service.
    struct PublicPort: Sendable {
        let number: Int
        let edge: EngineHarness.RunningEdge

        /// The figure in that line of the metrics page.
        func figure(_ line: String) -> Int? {
            edge.registry.render().split(separator: "\n").first { $0.hasPrefix("\(line) ") }
                .flatMap { Double($0.dropFirst(line.count + 1)) }.map { Int($0) }
        }

        /// Waits until a figure has a value.
        func until(_ line: String, is value: Int) async throws {
            while figure(line) != value { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// Why the agent never got its port.
    struct NoPort: Error {}

    static func withPort<Result: Sendable>(
        to endpoint: Endpoint,
        configure: @escaping @Sendable (inout RawConfiguration) -> Void = { _ in },
        configureEdge: @escaping @Sendable (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (PublicPort) async throws -> Result
    ) async throws -> Result {
        let ca = try ThrowawayCA()
        let device = try ca.issueDevice()
        let identity = try ca.edge()
        // Below the ports that systems give to clients; the edge looks for one that is free.
        let first = Int.random(in: 20_000..<30_000)
        let range = try #require(PortRange("\(first)-\(first + 50)"))
        return try await EngineHarness.withEdge(
            of: ca,
            certificate: identity.chainPath,
            key: identity.keyPath,
            configured: { configuration in
                configuration.raw.host = "127.0.0.1"
                configuration.raw.ports = range
                // A flow ends when its visitor has been silent, which no test waits for.
                configuration.drainDeadline = .milliseconds(100)
                configureEdge(&configuration)
                configure(&configuration.raw)
            },
            { edge in
                try await withAgent(at: edge, of: ca, as: device, serving: endpoint) { port in
                    try await body(PublicPort(number: port, edge: edge))
                }
            }
        )
    }

    private static func withAgent<Result: Sendable>(
        at edge: EngineHarness.RunningEdge,
        of ca: ThrowawayCA,
        as device: ThrowawayCA.Device,
        serving endpoint: Endpoint,
        _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let bundle = try OperatorBundle.decode(Array(try Data(contentsOf: URL(filePath: ca.bundlePath))))
        var configuration = AgentConfiguration(
            edges: [EdgeTarget(address: try #require(EdgeAddress(edge.addresses.tunnel)), serverName: ca.domain)],
            anchors: try bundle.anchors(at: .now),
            credentials: try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM),
            endpoints: [endpoint],
            software: "osm-agent/test"
        )
        configuration.drainTime = .milliseconds(100)
        let agent = try AgentService(
            configuration: configuration,
            pid: 1,
            logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
        )
        let events = agent.state.subscribe()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await agent.run()
                return nil
            }
            group.addTask {
                for await case .endpoint(let status) in events {
                    if let port = status.port { return try await body(port) }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw NoPort()
        }
    }
}

/// TCP on loopback, as visitors and local services speak it.
enum TCP {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private static let group = MultiThreadedEventLoopGroup.singleton

    private static func wrap(_ channel: any Channel) throws -> Connection {
        try Connection(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
        )
    }

    /// Accepted connections: one that arrives when its test has ended is served by nobody, and its writer ends the process
    /// when it is forgotten.
    private static let accepted = Mutex<[Connection]>([])

    private static func kept(_ connection: Connection) -> Connection {
        accepted.withLock { $0.append(connection) }
        return connection
    }

    static func connect(_ port: Int) async throws -> Connection {
        try await ClientBootstrap(group: group).channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try wrap(channel) }
            }
    }

    /// Runs a service that treats each connection in that way, for as long as the body runs; its port is free again
    /// afterwards.
    static func withService<Result: Sendable>(
        _ serve: @escaping @Sendable (Connection) async throws -> Void,
        _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { kept(try wrap(channel)) }
            }
        let port = try #require(listener.channel.localAddress?.port)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { visitors in
                        for try await connection in connections { visitors.addTask { try await serve(connection) } }
                    }
                }
                return nil
            }
            group.addTask { try await body(port) }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// Keeps a port on which nobody listens, and nobody else can meanwhile: a client has it.
    static func withUnusedPort<Result: Sendable>(
        _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        try await withService({ try await $0.executeThenClose { inbound, _ in for try await _ in inbound {} } }) {
            port in
            let client = try await connect(port)
            return try await client.executeThenClose { _, _ in
                try await body(try #require(client.channel.localAddress?.port))
            }
        }
    }

    /// What a connection brings until its end.
    static func text(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var all = ByteBuffer()
        for try await piece in inbound { all.writeImmutableBuffer(piece) }
        return String(buffer: all)
    }
}
