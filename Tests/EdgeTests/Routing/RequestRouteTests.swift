import HTTPFields
import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Which tunnel carries a request.
struct RequestRouteTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let desktop = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"

    private var table = TunnelTable<FakeTunnel>()
    private let key = StickyKey()

    private mutating func open(_ device: String, streams: Int = 0, slot: Int = 0) -> FakeTunnel {
        let tunnel = FakeTunnel(device, instance: "a", slot: slot)
        tunnel.openStreams = streams
        _ = table.opened(tunnel)
        return tunnel
    }

    private func binding(_ option: String = "", path: String = "/") throws -> Binding {
        Binding(try FixedBinding("app.example\(path)=\(Self.laptop),\(Self.desktop)\(option)"), key: key)
    }

    private func route(_ binding: Binding?, cookie: String? = nil, webSocket: Bool = false) -> RequestRoute {
        RequestRoute(
            to: binding,
            host: "app.example",
            fields: FieldSection(cookie.map { [("cookie", $0)] } ?? []),
            needsExtendedConnect: webSocket,
            isSecure: true
        )
    }

    /// The tunnel that a route names; nil for a known name without one.
    private mutating func next(_ route: inout RequestRoute) throws -> FakeTunnel? {
        switch route.next(in: &table) {
        case .tunnel(let tunnel): return tunnel
        case .offline: return nil
        case .unknown:
            Issue.record("the route is to nowhere")
            return nil
        }
    }

    // MARK: Least outstanding

    @Test mutating func `of all tunnels of all devices the one with the fewest streams`() throws {
        _ = open(Self.laptop, streams: 3)
        _ = open(Self.laptop, streams: 2, slot: 1)
        let idle = open(Self.desktop, streams: 1)
        _ = open("another device", streams: 0)
        var route = route(try binding())
        #expect(try next(&route) === idle)
        #expect(route.setCookie == nil)
    }

    @Test mutating func `a hundred requests spread evenly`() throws {
        let tunnels = [open(Self.laptop), open(Self.laptop, slot: 1), open(Self.desktop), open(Self.desktop, slot: 1)]
        for _ in 0..<100 {
            var route = route(try binding())
            try next(&route)?.openStreams += 1
        }
        #expect(tunnels.map(\.openStreams) == [25, 25, 25, 25])
    }

    @Test mutating func `idle tunnels take turns`() throws {
        let tunnels = [open(Self.laptop), open(Self.desktop)]
        var chosen: [ObjectIdentifier] = []
        for _ in 0..<10 {
            var route = route(try binding())
            chosen.append(ObjectIdentifier(try #require(try next(&route))))
        }
        for tunnel in tunnels { #expect(chosen.count { $0 == ObjectIdentifier(tunnel) } == 5) }
    }

    @Test mutating func `a tunnel that is leaving is passed over, a full one when there is another`() throws {
        let (leaving, full) = (open(Self.laptop), open(Self.desktop))
        leaving.isServing = false
        full.isFull = true
        var first = route(try binding())
        #expect(try next(&first) === full)
        let other = open(Self.desktop, streams: 50, slot: 1)
        var second = route(try binding())
        #expect(try next(&second) === other)
    }

    @Test mutating func `a device that is away is passed over`() throws {
        let present = open(Self.desktop, streams: 9)
        var route = route(try binding())
        #expect(try next(&route) === present)
        _ = table.closed(present, at: .uptimeNanoseconds(1))
        var late = self.route(try binding())
        #expect(try next(&late) == nil)
    }

    @Test mutating func `a WebSocket goes where it is taken`() throws {
        let plain = open(Self.laptop)
        plain.allowsExtendedConnect = false
        let able = open(Self.desktop, streams: 9)
        var webSocket = route(try binding(), webSocket: true)
        #expect(try next(&webSocket) === able)
        #expect(try next(&webSocket) === plain)
        var request = route(try binding())
        #expect(try next(&request) === plain)
    }

    // MARK: Asked again

    @Test mutating func `asked again it names each other tunnel once`() throws {
        let tunnels = [open(Self.laptop), open(Self.laptop, slot: 1), open(Self.desktop)]
        var route = route(try binding())
        var named: [ObjectIdentifier] = []
        while let tunnel = try next(&route) { named.append(ObjectIdentifier(tunnel)) }
        #expect(Set(named) == Set(tunnels.map(ObjectIdentifier.init)))
        #expect(named.count == 3)
    }

    @Test mutating func `a route to nowhere stays one`() throws {
        _ = open(Self.laptop)
        var route = route(nil)
        for _ in 0..<2 {
            guard case .unknown = route.next(in: &table) else {
                Issue.record("a request without a binding has a tunnel")
                return
            }
        }
    }

    // MARK: Sticky

    private func cookie(for device: String, in binding: Binding) throws -> String {
        "osm_sticky=\(try #require(binding.mark(of: device)))"
    }

    @Test mutating func `a new visitor is told to stay`() throws {
        _ = open(Self.laptop, streams: 1)
        let idle = open(Self.desktop)
        let binding = try binding(";sticky", path: "/api")
        var route = route(binding)
        #expect(try next(&route) === idle)
        let expected = try cookie(for: Self.desktop, in: binding)
        #expect(route.setCookie == "\(expected); Path=/api; HttpOnly; SameSite=Lax; Secure")
    }

    @Test mutating func `a visitor stays with its device, on its least busy tunnel`() throws {
        _ = open(Self.laptop, streams: 90)
        let stuck = open(Self.laptop, streams: 80, slot: 1)
        _ = open(Self.desktop)
        let binding = try binding(";sticky")
        var route = route(binding, cookie: "a=b; \(try cookie(for: Self.laptop, in: binding))")
        #expect(try next(&route) === stuck)
        #expect(route.setCookie == nil)
    }

    @Test mutating func `a visitor whose device is away moves and is told so`() throws {
        let other = open(Self.desktop)
        let binding = try binding(";sticky")
        var route = route(binding, cookie: try cookie(for: Self.laptop, in: binding))
        #expect(try next(&route) === other)
        #expect(route.setCookie?.hasPrefix(try cookie(for: Self.desktop, in: binding)) == true)
    }

    @Test mutating func `asked again a visitor keeps its device as long as it has a tunnel`() throws {
        let stuck = [open(Self.laptop), open(Self.laptop, slot: 1)]
        let other = open(Self.desktop)
        let binding = try binding(";sticky")
        var route = route(binding, cookie: try cookie(for: Self.laptop, in: binding))
        for _ in 0..<2 {
            let tunnel = try next(&route)
            #expect(stuck.contains { $0 === tunnel })
            #expect(route.setCookie == nil)
        }
        #expect(try next(&route) === other)
        #expect(route.setCookie != nil)
    }

    @Test mutating func `marks of other sites, keys and devices count for nothing`() throws {
        let (busy, idle) = (open(Self.laptop, streams: 1), open(Self.desktop))
        let binding = try binding(";sticky")
        let path = try #require(PathPrefix("/api"))
        let strange = [
            StickyKey().mark(of: Self.laptop, at: binding.host, .root),
            key.mark(of: Self.laptop, at: binding.host, path),
            key.mark(of: "another device", at: binding.host, .root),
        ]
        for mark in strange {
            var route = route(binding, cookie: "osm_sticky=\(mark)")
            #expect(try next(&route) === idle)
            #expect(route.setCookie != nil)
        }
        let both = "osm_sticky=\(strange[0]); \(try cookie(for: Self.laptop, in: binding))"
        var route = route(binding, cookie: both)
        #expect(try next(&route) === busy)
    }

    @Test mutating func `a site that is not sticky ignores the cookie`() throws {
        _ = open(Self.laptop, streams: 1)
        let idle = open(Self.desktop)
        let mark = try cookie(for: Self.laptop, in: try binding(";sticky"))
        var route = route(try binding(), cookie: mark)
        #expect(try next(&route) === idle)
        #expect(route.setCookie == nil)
    }
}
