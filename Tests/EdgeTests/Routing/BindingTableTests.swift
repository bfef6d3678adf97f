import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct BindingTableTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    private static let desktop = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let afterLease = start + .minutes(5)

    private var table: BindingTable

    init() throws { table = try Self.table() }

    private static func table(perDevice: Int = 64, total: Int = 100) throws -> BindingTable {
        var limits = BindingLimits()
        limits.bindingsPerDevice = perDevice
        limits.bindings = total
        return BindingTable(baseDomain: try #require(HostName("t.example")), limits: limits)
    }

    // MARK: First come, first served

    @Test(arguments: ["app", "APP", "app.t.example", "App.T.Example.", "app.t.example:443"])
    mutating func `a label or a full name is bound in one form`(wanted: String) throws {
        let binding = try table.register(wanted, for: Self.laptop, at: Self.start).get()
        #expect(binding.host == "app.t.example")
        #expect(!binding.isFixed)
        #expect(table.device(serving: "app.t.example", at: Self.start) == Self.laptop)
    }

    @Test mutating func `a name goes to whoever comes first`() throws {
        _ = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(table.register("app", for: Self.desktop, at: Self.start) == .failure(.init(.nameTaken)))
        #expect(table.device(serving: "app.t.example", at: Self.start) == Self.laptop)
    }

    @Test mutating func `asking again brings the same binding`() throws {
        let first = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(try table.register("app.t.example", for: Self.laptop, at: Self.start).get() == first)
        #expect(table.count == 1)
    }

    @Test mutating func `a name without a device has no server`() {
        #expect(table.device(serving: "app.t.example", at: Self.start) == nil)
    }

    @Test(arguments: ["", ".", "-app", "a_b", "a b", "*", "127.0.0.1", "[::1]", "app\r\n", "a..t.example"])
    mutating func `refuses what is no host name`(wanted: String) {
        #expect(table.register(wanted, for: Self.laptop, at: Self.start) == .failure(.init(.nameInvalid)))
    }

    @Test(arguments: ["app.other.example", "t.example", "at.example", "a.b.t.example", "app.t.example.evil.example"])
    mutating func `refuses names that are not one label below the base domain`(wanted: String) {
        #expect(table.register(wanted, for: Self.laptop, at: Self.start) == .failure(.init(.nameNotAllowed)))
    }

    @Test(arguments: ReservedNames.labels.sorted())
    mutating func `refuses the operator's names`(label: String) {
        #expect(table.register(label, for: Self.laptop, at: Self.start) == .failure(.init(.nameReserved)))
    }

    // MARK: Leases

    @Test mutating func `a device that is away keeps its name until its lease has run out`() throws {
        _ = try table.register("app", for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        let last = Self.afterLease - .nanoseconds(1)
        #expect(table.device(serving: "app.t.example", at: last) == Self.laptop)
        #expect(
            table.register("app", for: Self.desktop, at: last) == .failure(.init(.nameLeased, pause: .nanoseconds(1)))
        )
        #expect(table.device(serving: "app.t.example", at: Self.afterLease) == nil)
    }

    @Test mutating func `a device that is shut out leaves its names to others at once`() throws {
        for name in ["app", "shop"] { _ = try table.register(name, for: Self.laptop, at: Self.start).get() }
        table.deviceShutOut(Self.laptop)
        #expect(table.device(serving: "app.t.example", at: Self.start) == nil)
        _ = try table.register("app", for: Self.desktop, at: Self.start).get()
        #expect(table.device(serving: "app.t.example", at: Self.start) == Self.desktop)
    }

    @Test mutating func `another device gets the name once the lease has run out`() throws {
        let first = try table.register("app", for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        let second = try table.register("app", for: Self.desktop, at: Self.afterLease).get()
        #expect(second.id != first.id)
        #expect(table.device(serving: "app.t.example", at: Self.afterLease) == Self.desktop)
        #expect(table.unregister(first.id, of: Self.laptop) == nil)
        #expect(table.register("app", for: Self.laptop, at: Self.afterLease) == .failure(.init(.nameTaken)))
    }

    @Test mutating func `coming back within the lease ends it`() throws {
        let first = try table.register("app", for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        let again = try table.register("app", for: Self.laptop, at: Self.start + .minutes(4)).get()
        #expect(again == first)
        #expect(table.device(serving: "app.t.example", at: Self.afterLease + .hours(1)) == Self.laptop)
    }

    @Test mutating func `a device that comes back for other names lets the old ones go`() throws {
        var table = try Self.table(perDevice: 1)
        _ = try table.register("old", for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        #expect(table.register("new", for: Self.laptop, at: Self.start) == .failure(.init(.tooManyBindings)))
        #expect(try table.register("new", for: Self.laptop, at: Self.afterLease).get().host == "new.t.example")
        #expect(table.count == 1)
    }

    @Test mutating func `only leases that have run out are swept`() throws {
        _ = try table.register("gone", for: Self.laptop, at: Self.start).get()
        _ = try table.register("here", for: Self.desktop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        table.expireLeases(at: Self.afterLease - .nanoseconds(1))
        #expect(table.count == 2)
        table.expireLeases(at: Self.afterLease)
        #expect(table.bindings.map(\.host.description) == ["here.t.example"])
    }

    // MARK: Giving a name back

    @Test mutating func `a name that is given back is free at once`() throws {
        let binding = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(table.unregister(binding.id, of: Self.laptop) == "app.t.example")
        #expect(table.unregister(binding.id, of: Self.laptop) == nil)
        #expect(try table.register("app", for: Self.desktop, at: Self.start).get().host == "app.t.example")
    }

    @Test mutating func `nobody gives back the name of another device`() throws {
        let binding = try table.register("app", for: Self.laptop, at: Self.start).get()
        #expect(table.unregister(binding.id, of: Self.desktop) == nil)
        #expect(table.unregister("b999", of: Self.laptop) == nil)
        #expect(table.device(serving: "app.t.example", at: Self.start) == Self.laptop)
    }

    // MARK: Limits

    @Test mutating func `a device has as many names as it may and not one more`() throws {
        var table = try Self.table(perDevice: 3)
        for label in ["a", "b", "c"] { _ = try table.register(label, for: Self.laptop, at: Self.start).get() }
        #expect(table.register("d", for: Self.laptop, at: Self.start) == .failure(.init(.tooManyBindings)))
        #expect(try table.register("a", for: Self.laptop, at: Self.start).get().host == "a.t.example")
        #expect(try table.register("d", for: Self.desktop, at: Self.start).get().host == "d.t.example")
    }

    @Test mutating func `a full table takes nobody in before a lease runs out`() throws {
        var table = try Self.table(total: 2)
        _ = try table.register("a", for: Self.laptop, at: Self.start).get()
        _ = try table.register("b", for: Self.laptop, at: Self.start).get()
        #expect(table.register("c", for: Self.desktop, at: Self.start) == .failure(.init(.overloaded)))
        table.deviceLeft(Self.laptop, at: Self.start)
        #expect(table.register("c", for: Self.desktop, at: Self.start) == .failure(.init(.overloaded)))
        #expect(try table.register("c", for: Self.desktop, at: Self.afterLease).get().host == "c.t.example")
        #expect(table.count == 1)
    }
}
