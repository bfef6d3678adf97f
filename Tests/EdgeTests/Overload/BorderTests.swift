import AdminHTTP
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Edge

/// An edge in this process and visitors that are too many, too slow or not what they claim.
@Suite(.timeLimit(.minutes(5)))
struct BorderTests {
    private static let get = "GET / HTTP/1.1\r\nHost: nobody.localhost\r\nConnection: close\r\n\r\n"

    private let loopback: TrustedProxies

    init() throws { loopback = try TrustedProxies(["loopback"]) }

    private static func status(_ edge: EngineHarness.RunningEdge, _ text: String = get) async throws -> Substring {
        let visitor = try await RawVisitor(to: edge.addresses.visitor)
        // Whoever is let in no further may be cut off before it has said anything.
        try? await visitor.send(text)
        return try await visitor.untilClosed().dropFirst(9).prefix(3)
    }

    // MARK: Too many

    @Test func `an address that has all its connections is told so, and let in again when one ends`() async throws {
        try await EngineHarness.withEdge {
            $0.border.connectionsPerAddress = 1
            $0.border.exemptsLoopback = false
        } _: { edge in
            let first = try await RawVisitor(to: edge.addresses.visitor)
            try await eventually { edge.figure("osm_edge_visitors") == "1" }
            let refused = try await Self.status(edge)
            #expect(refused == "429")
            #expect(edge.figure("osm_edge_visitors_refused_total{reason=\"per_address\"}") == "1")
            try await first.close()
            try await eventually { edge.figure("osm_edge_visitors") == "0" }
            let served = try await Self.status(edge)
            #expect(served == "404")
        }
    }

    @Test func `a trusted proxy has no limit of its own`() async throws {
        try await EngineHarness.withEdge {
            $0.border.connectionsPerAddress = 1
            $0.border.exemptsLoopback = false
            $0.trustedProxies = loopback
        } _: { edge in
            let first = try await RawVisitor(to: edge.addresses.visitor)
            try await eventually { edge.figure("osm_edge_visitors") == "1" }
            let status = try await Self.status(edge)
            #expect(status == "404")
            try await first.close()
        }
    }

    @Test func `a full edge says so, and beyond that just closes`() async throws {
        try await EngineHarness.withEdge {
            $0.visitorLimit = 1
            $0.border.explainedRefusals = 1
        } _: { edge in
            let first = try await RawVisitor(to: edge.addresses.visitor)
            try await eventually { edge.figure("osm_edge_visitors") == "1" }
            let told = try await RawVisitor(to: edge.addresses.visitor)
            try await eventually { edge.figure("osm_edge_visitors_refused_total{reason=\"total\"}") == "1" }
            let beyond = try await RawVisitor(to: edge.addresses.visitor).untilClosed()
            #expect(beyond.isEmpty)
            try await told.send(Self.get)
            let answer = try await told.untilClosed()
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains("retry-after: "))
            try await first.close()
        }
    }

    // MARK: PROXY protocol

    @Test func `a listener that demands a header serves those who send one`() async throws {
        try await EngineHarness.withEdge {
            $0.border.proxyProtocol = true
            $0.trustedProxies = loopback
        } _: { edge in
            let proxied = try await Self.status(edge, "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n\(Self.get)")
            #expect(proxied == "404")
            let local = try await Self.status(edge, "PROXY UNKNOWN\r\n\(Self.get)")
            #expect(local == "404")
            let bare = try await Self.status(edge)
            #expect(bare.isEmpty)
            #expect(edge.figure("osm_edge_visitors_refused_total{reason=\"proxy_malformed\"}") == "1")
        }
    }

    @Test func `a header counts for the address that it names`() async throws {
        try await EngineHarness.withEdge {
            $0.border.proxyProtocol = true
            $0.border.connectionsPerAddress = 1
            $0.border.exemptsLoopback = false
            $0.trustedProxies = loopback
        } _: { edge in
            let first = try await RawVisitor(to: edge.addresses.visitor)
            try await first.send("PROXY TCP4 192.0.2.7 198.51.100.1 1 443\r\n")
            try await eventually { edge.figure("osm_edge_visitors") == "1" }
            let refused = try await Self.status(edge, "PROXY TCP4 192.0.2.7 198.51.100.1 2 443\r\n\(Self.get)")
            #expect(refused == "429")
            let served = try await Self.status(edge, "PROXY TCP4 192.0.2.8 198.51.100.1 3 443\r\n\(Self.get)")
            #expect(served == "404")
            try await first.close()
        }
    }

    @Test func `who is not trusted cannot name anybody`() async throws {
        try await EngineHarness.withEdge {
            $0.border.proxyProtocol = true
        } _: { edge in
            let answer = try await RawVisitor(to: edge.addresses.visitor).untilClosed()
            #expect(answer.isEmpty)
            #expect(edge.figure("osm_edge_visitors_refused_total{reason=\"proxy_untrusted\"}") == "1")
        }
    }

    @Test func `who says nothing is closed at the deadline`() async throws {
        try await EngineHarness.withEdge {
            $0.border.proxyProtocol = true
            $0.border.proxyProtocolDeadline = .milliseconds(50)
            $0.trustedProxies = loopback
        } _: { edge in
            let answer = try await RawVisitor(to: edge.addresses.visitor).untilClosed()
            #expect(answer.isEmpty)
            #expect(edge.figure("osm_edge_visitors_refused_total{reason=\"proxy_late\"}") == "1")
        }
    }

    // MARK: Too slow

    @Test func `a head that is late is told so and counted, on a kept connection as on a new one`() async throws {
        try await EngineHarness.withEdge {
            // Long enough for a busy machine to connect and send, short enough to wait for twice.
            $0.headDeadline = .seconds(2)
            $0.keepAliveDeadline = .minutes(10)
        } _: { edge in
            let isFirst = try await Self.status(edge, "GET / HTT")
            #expect(isFirst == "408")
            let kept = try await RawVisitor(to: edge.addresses.visitor)
            try await kept.send("GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n")
            try await eventually { edge.figure("osm_edge_requests_total{code=\"4xx\"}") == "2" }
            try await kept.send("GET / HTT")
            let answers = try await kept.untilClosed()
            #expect(answers.hasPrefix("HTTP/1.1 404 ") && answers.contains("HTTP/1.1 408 "))
            #expect(edge.figure("osm_edge_requests_total{code=\"4xx\"}") == "3")
        }
    }

    // MARK: Memory

    @Test func `an edge short of memory is not ready`() async throws {
        try await EngineHarness.withEdge {
            $0.border.memorySoftLimit = 1
            $0.border.memoryHardLimit = .max
            $0.border.memoryInterval = .milliseconds(5)
        } _: { edge in
            try await eventually { Int(edge.figure("osm_edge_resident_bytes") ?? "") ?? 0 > 0 }
            let address = try #require(AdminAddress(edge.addresses.admin))
            let readiness = try await AdminClient.get("/readyz", at: address, limits: .patient).status
            #expect(readiness == 503)
        }
    }

    @Test func `beyond the hard mark of memory nobody is let in`() async throws {
        try await EngineHarness.withEdge {
            $0.border.memorySoftLimit = 1
            $0.border.memoryHardLimit = 1
            $0.border.memoryInterval = .milliseconds(5)
        } _: { edge in
            try await eventually { Int(edge.figure("osm_edge_resident_bytes") ?? "") ?? 0 > 0 }
            let visitor = try await RawVisitor(to: edge.addresses.visitor)
            try await visitor.send(Self.get)
            // Two more measurements later it still stands in the backlog.
            let admin = try await RawVisitor(to: edge.addresses.admin)
            try await admin.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            let health = try await admin.untilClosed()
            #expect(health.hasPrefix("HTTP/1.1 200 "))
            #expect(edge.figure("osm_edge_visitors") == "0")
            try await visitor.close()
        }
    }
}
