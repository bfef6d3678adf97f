import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Which names a TLS terminator may order certificates for.
struct ServedNamesTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private var table: BindingTable

    init() throws { table = BindingTable(baseDomain: try #require(HostName("t.example"))) }

    private func isServed(_ host: String, after time: TimeAmount = .zero) -> Bool {
        table.standing(of: host, at: Self.start + time) != .nowhere
    }

    @Test mutating func `a registered name is served, its neighbours and its domain are not`() throws {
        _ = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(isServed("app.t.example"))
        for host in ["b.t.example", "t.example", "a.app.t.example", "app.t.example.evil", "app"] {
            #expect(!isServed(host), "\(host)")
        }
    }

    @Test mutating func `a device may have what stands directly under the domain and is not the operator's`() throws {
        table.fix(try FixedBinding("fixed.t.example=\(Self.laptop)"), key: StickyKey())
        table.fix(try FixedBinding("path.t.example/api=\(Self.laptop)"), key: StickyKey())
        let name = { (host: String) in try #require(HostName(host)) }
        #expect(table.mayBeRegistered(try name("app.t.example")))
        for host in [
            "fixed.t.example", "path.t.example", "t.example", "a.app.t.example", "a.example", "www.t.example",
        ] {
            #expect(!table.mayBeRegistered(try name(host)), "\(host)")
        }
    }

    @Test mutating func `a leased name is served until its lease ends`() throws {
        _ = try table.register("app", for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        #expect(isServed("app.t.example", after: table.limits.lease - .nanoseconds(1)))
        #expect(!isServed("app.t.example", after: table.limits.lease))
    }

    @Test mutating func `what the operator has bound is served, a path or a wildcard of it too`() throws {
        let key = StickyKey()
        table.fix(try FixedBinding("a.example=\(Self.laptop)"), key: key)
        table.fix(try FixedBinding("b.example/api=\(Self.laptop)"), key: key)
        table.fix(try FixedBinding("*.apps.example=\(Self.laptop)"), key: key)
        for host in ["a.example", "b.example", "x.apps.example"] { #expect(isServed(host), "\(host)") }
        for host in ["apps.example", "x.y.apps.example", "c.example"] { #expect(!isServed(host), "\(host)") }
        #expect(table.standing(of: "a.example", at: Self.start) == .own)
        #expect(table.standing(of: "x.apps.example", at: Self.start) == .wildcard)
    }
}
