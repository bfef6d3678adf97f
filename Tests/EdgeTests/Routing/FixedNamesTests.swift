import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Names that the operator has bound, among those that devices ask for.
struct FixedNamesTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let desktop = "6f1c8f0e-ffff-4b6e-9d2e-3a1c1f6b7a11"
    private static let stranger = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private let key = StickyKey()
    private var table: BindingTable

    init() throws { table = BindingTable(baseDomain: try #require(HostName("t.example"))) }

    private mutating func fix(_ text: String) throws { table.fix(try FixedBinding(text), key: key) }

    private func devices(_ host: String, _ path: String = "/", at now: NIODeadline = start) -> [String]? {
        table.match(host, path.utf8, at: now)?.binding.devices
    }

    @Test(arguments: ["www.t.example", "app.other.example", "a.b.t.example", "app.t.example"])
    mutating func `the operator may bind any name`(host: String) throws {
        try fix("\(host)=\(Self.laptop)")
        #expect(devices(host) == [Self.laptop])
        #expect(table.device(serving: host, at: Self.start) == Self.laptop)
        let registered = try table.register(host, for: Self.laptop, at: Self.start).get()
        #expect(registered.isFixed)
        #expect(table.count == 1)
    }

    @Test mutating func `nobody else gets a bound name, on whatever path it is bound`() throws {
        try fix("app.t.example/api=\(Self.laptop)")
        try fix("app.other.example=\(Self.laptop)")
        #expect(table.register("app", for: Self.stranger, at: Self.start) == .failure(.init(.nameTaken)))
        let foreign = table.register("app.other.example", for: Self.stranger, at: Self.start)
        #expect(foreign == .failure(.init(.nameNotAllowed)))
    }

    @Test mutating func `each device of a bound name may register it`() throws {
        try fix("app.t.example=\(Self.laptop),\(Self.desktop)")
        try fix("app.t.example/api=\(Self.stranger)")
        for device in [Self.laptop, Self.desktop, Self.stranger] {
            #expect(try table.register("app", for: device, at: Self.start).get().host == "app.t.example")
        }
        #expect(devices("app.t.example") == [Self.laptop, Self.desktop])
        #expect(devices("app.t.example", "/api/x") == [Self.stranger])
    }

    @Test mutating func `a bound name has no lease`() throws {
        try fix("app.t.example=\(Self.laptop)")
        table.deviceLeft(Self.laptop, at: Self.start)
        table.expireLeases(at: Self.start + .hours(24))
        #expect(devices("app.t.example", at: Self.start + .hours(24)) == [Self.laptop])
        #expect(table.register("app", for: Self.stranger, at: Self.start + .hours(24)) == .failure(.init(.nameTaken)))
    }

    @Test mutating func `a device cannot give a bound name back`() throws {
        try fix("app.t.example=\(Self.laptop)")
        let grant = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(table.unregister(grant.id, of: Self.laptop) == nil)
        #expect(devices("app.t.example") == [Self.laptop])
    }

    @Test mutating func `of two bindings of one site the last one counts`() throws {
        try fix("app.t.example=\(Self.laptop)")
        try fix("app.t.example=\(Self.stranger)")
        try fix("app.t.example/api=\(Self.laptop)")
        #expect(devices("app.t.example") == [Self.stranger])
        #expect(devices("app.t.example", "/api") == [Self.laptop])
        #expect(Set(table.bindings.map(\.id)).count == table.count)
    }

    @Test mutating func `bound names do not count for their device`() throws {
        var limits = BindingLimits()
        limits.bindingsPerDevice = 1
        table = BindingTable(baseDomain: try #require(HostName("t.example")), limits: limits)
        try fix("a.t.example=\(Self.laptop)")
        #expect(try !table.register("b", for: Self.laptop, at: Self.start).get().isFixed)
        #expect(table.register("c", for: Self.laptop, at: Self.start) == .failure(.init(.tooManyBindings)))
    }

    // MARK: Wildcards

    @Test mutating func `a device of a wildcard registers the names below it`() throws {
        try fix("*.apps.example=\(Self.laptop)")
        try fix("own.apps.example=\(Self.stranger)")
        let grant = try table.register("x.apps.example", for: Self.laptop, at: Self.start).get()
        #expect(grant.isFixed)
        #expect(grant.host == "x.apps.example")
        for (host, device) in [
            ("x.apps.example", Self.stranger), ("own.apps.example", Self.laptop), ("apps.example", Self.laptop),
            ("y.x.apps.example", Self.laptop),
        ] {
            #expect(table.register(host, for: device, at: Self.start) == .failure(.init(.nameNotAllowed)))
        }
        #expect(table.count == 2)
    }

    @Test mutating func `a wildcard below the base domain leaves its names to whoever comes first`() throws {
        try fix("*.t.example=\(Self.laptop)")
        #expect(devices("app.t.example") == [Self.laptop])
        #expect(try !table.register("app", for: Self.stranger, at: Self.start).get().isFixed)
        #expect(devices("app.t.example") == [Self.stranger])
        #expect(table.register("www", for: Self.stranger, at: Self.start) == .failure(.init(.nameReserved)))
        #expect(try table.register("www", for: Self.laptop, at: Self.start).get().isFixed)
    }

    // MARK: Another list

    @Test mutating func `another list takes the place of the old one, and leases go on`() throws {
        try fix("old.t.example=\(Self.laptop)")
        let kept = try table.register("kept", for: Self.stranger, at: Self.start).get()
        _ = try table.register("lost", for: Self.stranger, at: Self.start).get()
        table.deviceLeft(Self.stranger, at: Self.start)

        let list = try ["lost.t.example/x=\(Self.desktop)", "new.example=\(Self.desktop)"].map { try FixedBinding($0) }
        let before = table
        table = table.replacingFixed(with: list, key: key)

        #expect(devices("old.t.example") == nil)
        #expect(devices("new.example") == [Self.desktop])
        #expect(devices("lost.t.example") == nil)
        #expect(devices("lost.t.example", "/x") == [Self.desktop])
        #expect(devices("kept.t.example") == [Self.stranger])
        #expect(devices("kept.t.example", at: Self.start + .minutes(5)) == nil)
        #expect(try table.register("kept", for: Self.stranger, at: Self.start).get() == kept)
        #expect(try table.register("more", for: Self.stranger, at: Self.start).get().id == "b3")
        #expect(table.register("lost", for: Self.stranger, at: Self.start) == .failure(.init(.nameTaken)))
        #expect(before.match("old.t.example", "/".utf8, at: Self.start) != nil)
    }
}
