import NIOCore
import NIOEmbedded
import Testing
import Trust
import TunnelProtocol

@testable import Edge

/// What tunnels remember of the names that they registered.
struct TunnelNamesTests {
    private let harness: CoreHarness

    init() throws {
        harness = try CoreHarness(on: EmbeddedEventLoop()) { configuration, device in
            configuration.fixedBindings = [try FixedBinding("*.wild.example=\(device)")]
        }
    }

    @Test func `a name that is given back on one tunnel is gone from all`() throws {
        let (first, second) = (harness.tunnel(slot: 0), harness.tunnel(slot: 1))
        for tunnel in [first, second] {
            tunnel.register(Register(ref: 1, kind: "http", host: "app"))
            tunnel.register(Register(ref: 2, kind: "http", host: "other"))
        }
        #expect(first.hosts == ["app.t.example", "other.t.example"])
        #expect(first.hosts == second.hosts)
        let grant = try harness.core.bindings.register("app", for: harness.identity.id, at: .now()).get()
        first.unregister(Unregister(binding: grant.id))
        #expect(first.hosts == ["other.t.example"])
        #expect(second.hosts == ["other.t.example"])
    }

    @Test func `of names under a wildcard a tunnel remembers only so many, and all of its own`() {
        let tunnel = harness.tunnel()
        for number in 0..<600 { tunnel.register(Register(ref: number, kind: "http", host: "n\(number).wild.example")) }
        #expect(tunnel.hosts.count == 512)
        tunnel.register(Register(ref: 600, kind: "http", host: "app"))
        #expect(tunnel.hosts.count == 513)
        #expect(tunnel.hosts.contains("app.t.example"))
    }
}
