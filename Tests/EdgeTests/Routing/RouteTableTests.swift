import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Which binding a request is for, by host and path.
struct RouteTableTests {
    private static let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let device = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"

    private func table(_ sites: [String]) throws -> BindingTable {
        var table = BindingTable(baseDomain: try #require(HostName("t.example")))
        let key = StickyKey()
        for site in sites { table.fix(try FixedBinding("\(site)=\(Self.device)"), key: key) }
        return table
    }

    private func site(_ host: String, _ path: String, in table: BindingTable) -> String? {
        table.match(host, path.utf8, at: Self.now).map { "\($0.binding.host)\($0.binding.path)" }
    }

    @Test(
        arguments: [
            ("app.example", "/", "app.example/"), ("app.example", "/api/x", "app.example/api"),
            ("b.app.example", "/api", "*.app.example/"), ("c.b.app.example", "/", nil), ("example", "/", nil),
            ("x.example", "/", "*.example/"), ("only.example", "/api", "only.example/api"),
            ("only.example", "/", nil), ("app.example.org", "/", nil), ("", "/", nil),
        ] as [(String, String, String?)]
    )
    func `exact before wildcard, one label a star, then the longest path`(
        host: String,
        path: String,
        expected: String?
    ) throws {
        let table = try table([
            "app.example", "app.example/api", "*.app.example", "*.example", "only.example/api",
        ])
        #expect(site(host, path, in: table) == expected)
    }

    @Test func `a name that is free again belongs to the wildcard above it`() throws {
        var table = try table(["*.t.example"])
        let stranger = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"
        _ = try table.register("app", for: stranger, at: Self.now).get()
        #expect(table.match("app.t.example", "/".utf8, at: Self.now)?.binding.devices == [stranger])
        table.deviceLeft(stranger, at: Self.now)
        let later = Self.now + .minutes(5)
        #expect(table.match("app.t.example", "/".utf8, at: later)?.binding.devices == [Self.device])
    }

    @Test func `a registered name is served on every path`() throws {
        var table = try table([])
        _ = try table.register("app", for: Self.device, at: Self.now).get()
        for path in ["/", "/a/b", "*", "", "//"] { #expect(site("app.t.example", path, in: table) != nil) }
    }

    @Test func `counts every host and path once`() throws {
        var table = try table(["a.example", "a.example/", "a.example/x", "*.a.example", "*.a.example/y", "b.example/x"])
        #expect(table.count == 5)
        #expect(Set(table.bindings.map(\.id)).count == 5)
        _ = try table.register("app", for: Self.device, at: Self.now).get()
        #expect(table.count == 6)
        table.fix(try FixedBinding("app.t.example/x=\(Self.device)"), key: StickyKey())
        #expect(table.count == 6)
        #expect(table.bindings.count == 6)
    }

    @Test func `a hundred thousand bindings cost no more hash tables than ten`() throws {
        func sites(_ count: Int) -> [String] {
            (0..<count).flatMap {
                ["name\($0).example", "*.wild\($0).example", "paths.example/p\($0)", "name\($0).example/a/b"]
            }
        }
        let (small, large) = (try table(sites(3)), try table(sites(25_000)))
        #expect(large.count == 100_000)
        for host in ["name1.example", "x.wild1.example", "unknown.example", "a.b.c.d.example", "paths.example"] {
            for path in ["/", "/p1/x", "/a/b/c/d", String(repeating: "/a", count: 4000)] {
                let probes = large.match(host, path.utf8, at: Self.now)?.probes
                #expect(probes == small.match(host, path.utf8, at: Self.now)?.probes)
                #expect(probes ?? 0 <= 3)
            }
        }
    }
}
