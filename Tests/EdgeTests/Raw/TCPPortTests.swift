import Agent
import HTTP2
import NIOCore
import NIOPosix
import ProxyProtocol
import Synchronization
import Testing

@testable import Edge

/// Whole connections: visitor, edge, tunnel, agent and local service.
@Suite(.timeLimit(.minutes(5)))
struct TCPPortTests {
    /// Runs a visitor's connection to a service behind a port.
    private func visit<Result: Sendable>(
        _ serve: @escaping @Sendable (TCP.Connection) async throws -> Void,
        proxyHeader: ProxyHeader.Version? = nil,
        configure: @escaping @Sendable (inout RawConfiguration) -> Void = { _ in },
        configureEdge: @escaping @Sendable (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RawHarness.PublicPort) async throws -> Result
    ) async throws -> Result {
        try await TCP.withService(serve) { local in
            let target = try OriginTarget("\(local)")
            return try await RawHarness.withPort(
                to: try .tcp(target, port: nil, proxyHeader: proxyHeader),
                configure: configure,
                configureEdge: configureEdge,
                body
            )
        }
    }

    /// Answers each piece with itself, and an end with an end.
    private static let echo: @Sendable (TCP.Connection) async throws -> Void = { connection in
        try await connection.executeThenClose { inbound, outbound in
            for try await piece in inbound { try await outbound.write(piece) }
        }
    }

    @Test func `bytes pass both ways, and a visitor's end reaches the service before the service ends`() async throws {
        let answer = try await visit { connection in
            try await connection.executeThenClose { inbound, outbound in
                let all = try await TCP.text(inbound)
                try await outbound.write(ByteBuffer(string: "after your end: \(all)"))
            }
        } _: { port in
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "hello, "))
                try await outbound.write(ByteBuffer(string: "service"))
                outbound.finish()
                return try await TCP.text(inbound)
            }
        }
        #expect(answer == "after your end: hello, service")
    }

    @Test func `a service that ends first goes on hearing the visitor`() async throws {
        let (heard, tell) = AsyncStream.makeStream(of: String.self)
        let greeting = try await visit { connection in
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "greeting"))
                outbound.finish()
                tell.yield(try await TCP.text(inbound))
            }
        } _: { port in
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                let greeting = try await TCP.text(inbound)
                try await outbound.write(ByteBuffer(string: "after the end"))
                outbound.finish()
                for await text in heard { return "\(greeting), \(text)" }
                return ""
            }
        }
        #expect(greeting == "greeting, after the end")
    }

    @Test func `a visitor's reset is a reset for the service`() async throws {
        let (ends, tell) = AsyncStream.makeStream(of: Bool.self)
        let wasReset = try await visit { connection in
            do {
                try await connection.executeThenClose { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: "x"))
                    for try await _ in inbound {}
                }
                tell.yield(false)
            } catch {
                tell.yield(true)
            }
        } _: { port in
            let connection = try await TCP.connect(port.number)
            let channel = connection.channel
            return try await connection.executeThenClose { inbound, _ in
                var pieces = inbound.makeAsyncIterator()
                _ = try await pieces.next()
                channel.closeWithReset()
                for await wasReset in ends { return wasReset }
                return false
            }
        }
        #expect(wasReset)
    }

    @Test func `a service's reset is a reset for the visitor`() async throws {
        let end = try await visit { connection in
            let channel = connection.channel
            do {
                try await connection.executeThenClose { inbound, _ in
                    var pieces = inbound.makeAsyncIterator()
                    _ = try await pieces.next()
                    channel.closeWithReset()
                    try await channel.closeFuture.get()
                }
            } catch {}  // it is this service that broke the connection
        } _: { port in
            await Self.end(of: port, saying: "x")
        }
        #expect(end == .reset)
    }

    private enum End { case inOrder, reset }

    /// Connects and waits for the end.
    ///
    /// Who is reset at once must say nothing: its words may meet the reset and take the error that its reader would have
    /// seen.
    private static func end(of port: RawHarness.PublicPort, saying words: String? = nil) async -> End {
        do {
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                if let words { try await outbound.write(ByteBuffer(string: words)) }
                for try await _ in inbound {}
            }
            return .inOrder
        } catch {
            return .reset
        }
    }

    @Test func `a visitor of a service that does not run is reset, and counted`() async throws {
        let (end, refused) = try await TCP.withUnusedPort { local in
            let target = try OriginTarget("\(local)")
            return try await RawHarness.withPort(to: try .tcp(target, port: nil)) { port in
                (await Self.end(of: port), port.figure("osm_edge_raw_refused_total{reason=\"refused\"}"))
            }
        }
        #expect(end == .reset)
        #expect(refused == 1)
    }

    @Test func `visitors of ports are among all visitors of the edge`() async throws {
        try await visit(Self.echo, configureEdge: { $0.visitorLimit = 1 }) { port in
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                var pieces = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: "only"))
                #expect(try await pieces.next().map { String(buffer: $0) } == "only")
                #expect(await Self.end(of: port) == .reset)
                #expect(port.figure("osm_edge_raw_refused_total{reason=\"busy\"}") == 1)
            }
            try await port.until("osm_edge_raw_connections", is: 0)
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "next"))
                outbound.finish()
                #expect(try await TCP.text(inbound) == "next")
            }
        }
    }

    @Test func `one address has no more connections than it may, and gets them back`() async throws {
        try await visit(Self.echo, configure: { $0.connectionsPerAddress = 1 }) { port in
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                var pieces = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: "first"))
                #expect(try await pieces.next().map { String(buffer: $0) } == "first")
                #expect(await Self.end(of: port) == .reset)
                #expect(port.figure("osm_edge_raw_refused_total{reason=\"busy\"}") == 1)
                try await outbound.write(ByteBuffer(string: "still"))
                #expect(try await pieces.next().map { String(buffer: $0) } == "still")
            }
            try await port.until("osm_edge_raw_connections", is: 0)
            try await TCP.connect(port.number).executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "again"))
                outbound.finish()
                #expect(try await TCP.text(inbound) == "again")
            }
        }
    }

    @Test(arguments: ProxyHeader.Version.allCases)
    func `a service that asks for it is told who the visitor is`(version: ProxyHeader.Version) async throws {
        let (headers, tell) = AsyncStream.makeStream(of: ByteBuffer.self)
        let serve: @Sendable (TCP.Connection) async throws -> Void = { connection in
            try await connection.executeThenClose { inbound, _ in
                var all = ByteBuffer()
                for try await piece in inbound { all.writeImmutableBuffer(piece) }
                tell.yield(all)
            }
        }
        try await visit(serve, proxyHeader: version) { port in
            let connection = try await TCP.connect(port.number)
            let visitor = try #require(connection.channel.localAddress)
            let listener = try #require(connection.channel.remoteAddress)
            try await connection.executeThenClose { _, outbound in
                try await outbound.write(ByteBuffer(string: "payload"))
                outbound.finish()
                for await header in headers {
                    var bytes = header
                    let expected = try #require(ProxiedConnection(from: visitor, to: listener))
                    #expect(try ProxyHeader.read(from: &bytes) == .proxied(expected))
                    #expect(String(buffer: bytes) == "payload")
                    return
                }
            }
        }
    }
}
