import AdminHTTP
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Edge

/// What an edge answers to operators and to the programs beside it.
struct OperatingTests {
    private static let device = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"

    private func withEdge(
        configured configure: (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (EngineHarness.RunningEdge) async throws -> Void
    ) async throws {
        let ca = try ThrowawayCA()
        let edge = try ca.edge()
        let binding = try FixedBinding("app.example.com=\(Self.device)")
        try await EngineHarness.withEdge(
            of: ca,
            certificate: edge.chainPath,
            key: edge.keyPath,
            configured: { configuration in
                configuration.internalAddress = .tcp(host: "127.0.0.1", port: 0)
                configuration.fixedBindings = [binding]
                configure(&configuration)
            },
            body
        )
    }

    private static func ask(_ name: String, _ edge: EngineHarness.RunningEdge) async throws -> Int {
        let text = try #require(edge.addresses.internal)
        let address = try #require(AdminAddress(text))
        return try await AdminClient.get("/internal/caddy/ask?domain=\(name)", at: address, limits: .patient).status
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate may be ordered for a name that is served, and for nothing else`() async throws {
        try await withEdge { edge in
            for name in ["app.example.com", "APP.Example.COM"] {
                let status = try await Self.ask(name, edge)
                #expect(status == 200, "\(name)")
            }
            for name in ["other.example.com", "127.0.0.1", "*.example.com", "app.example.com.", "", "%00"] {
                let status = try await Self.ask(name, edge)
                #expect(status == 404, "\(name)")
            }
            #expect(edge.figure("osm_edge_ask_total{result=\"served\"}") == "2")
            #expect(edge.figure("osm_edge_ask_total{result=\"unknown\"}") == "6")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `who asks too often is told so`() async throws {
        try await withEdge { configuration in
            configuration.ask.perSecond = 1
            configuration.ask.burst = 2
        } _: { edge in
            let statuses = try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { try await Self.ask("other.example.com", edge) } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(Set(statuses) == [404, 429])
            #expect(statuses.filter { $0 == 404 }.count >= 2)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a reload looks at the identity at once`() async throws {
        let ca = try ThrowawayCA()
        let files = try ReplaceableFiles(in: ca.scratchPath, first: ca.edge())
        let renewed = try ca.issueEdge("other.\(ca.domain)", at: .now.addingTimeInterval(3600))
        let (certificate, key) = (files.certificate, files.key)
        let configured: (inout EdgeConfiguration) -> Void = { $0.identityCheckInterval = .hours(1) }
        try await EngineHarness.withEdge(of: ca, certificate: certificate, key: key, configured: configured) { edge in
            let name = "osm_edge_cert_expiry_timestamp_seconds"
            let before = try #require(edge.figure(name))
            try files.put(renewed)
            edge.reload()
            try await eventually { edge.figure(name) != before }
        }
    }

    /// Anybody can make a TLS terminator ask about names of their own invention.
    @Test(.timeLimit(.minutes(5)))
    func `questions about invented names leave those about real ones alone`() async throws {
        let few: (inout EdgeConfiguration) -> Void = {
            $0.ask.perSecond = 1
            $0.ask.burst = 2
        }
        try await withEdge(configured: few) { edge in
            var invented: [Int] = []
            for number in 0..<10 { invented.append(try await Self.ask("n\(number).example.com", edge)) }
            #expect(invented.first == 404)
            #expect(invented.contains(429))
            for _ in 0..<10 {
                let status = try await Self.ask("app.example.com", edge)
                #expect(status == 200)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `operators find every page`() async throws {
        try await withEdge { edge in
            let address = try #require(AdminAddress(edge.addresses.admin))
            for path in ["/healthz", "/readyz", "/metrics", "/version", "/tunnels", "/config"] {
                let status = try await AdminClient.get(path, at: address, limits: .patient).status
                #expect(status == 200, "\(path)")
            }
            let expires = try #require(edge.figure("osm_edge_cert_expiry_timestamp_seconds").flatMap(Double.init))
            #expect(expires > Date.now.timeIntervalSince1970)
            #expect(edge.figure("osm_edge_build_info{version=\"test\"}") == "1")
        }
    }
}
