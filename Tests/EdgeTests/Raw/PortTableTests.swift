import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct PortTableTests {
    private final class Tunnel {}

    private let now = NIODeadline.now()
    private let one = Tunnel()
    private let two = Tunnel()
    private static let deviceA = "00000000-0000-4000-8000-000000000001"
    private static let deviceB = "00000001-0000-4000-8000-000000000002"

    private func table(_ range: String? = "20000-20009", _ change: (inout RawConfiguration) -> Void = { _ in }) throws
        -> PortTable
    {
        var configuration = RawConfiguration()
        configuration.ports = try range.map { try #require(PortRange($0)) }
        change(&configuration)
        return PortTable(configuration, listeners: [20_001])
    }

    private func register(
        _ table: inout PortTable,
        _ port: Int? = nil,
        _ kind: BindingKind = .tcp,
        device: String = deviceA,
        by tunnel: Tunnel? = nil
    ) -> Result<PortTable.Binding, RegistrationRefusal> {
        table.register(kind, port: port, for: device, by: ObjectIdentifier(tunnel ?? one))
    }

    private func port(_ result: Result<PortTable.Binding, RegistrationRefusal>) throws -> Int {
        try result.get().key.port
    }

    @Test func `without a range there are no such bindings`() throws {
        var table = try table(nil)
        #expect(register(&table) == .failure(.unsupportedKind))
        #expect(register(&table, 20_000, .udp) == .failure(.unsupportedKind))
    }

    @Test func `a port that is asked for is given once, and TCP and UDP are apart`() throws {
        var table = try table()
        let first = try register(&table, 20_005).get()
        #expect(register(&table, 20_005, device: Self.deviceB, by: two) == .failure(.portTaken))
        #expect(try register(&table, 20_005, by: two).get().id == first.id)
        #expect(try register(&table, 20_005, .udp, device: Self.deviceB, by: two).get().id != first.id)
    }

    @Test(arguments: [1, 19_999, 20_010, 20_001, 20_003])
    func `a port outside the range, reserved, or the edge's own is not given`(port: Int) throws {
        var table = try table { $0.reserved = [20_003] }
        #expect(register(&table, port) == .failure(.portNotAllowed))
    }

    @Test func `the edge's choice depends on the device, and passes over what is taken or reserved`() throws {
        var table = try table()
        #expect(try port(register(&table)) == 20_000)
        // 20001 is the edge's own, and the first port is carried already.
        #expect(try port(register(&table)) == 20_002)
        #expect(try port(register(&table, device: Self.deviceB, by: two)) == 20_003)
    }

    @Test func `a port that cannot be opened is passed over, and refused to who asks for it`() throws {
        var table = try table()
        let chosen = table.register(.tcp, port: nil, for: Self.deviceA, by: ObjectIdentifier(one), unusable: [20_000])
        #expect(try port(chosen) == 20_002)
        let asked = table.register(.tcp, port: 20_000, for: Self.deviceA, by: ObjectIdentifier(one), unusable: [20_000])
        #expect(asked == .failure(.portTaken))
    }

    @Test func `a device has no more ports than it may`() throws {
        var table = try table { $0.portsPerDevice = 2 }
        _ = try register(&table, 20_005).get()
        _ = try register(&table, 20_006, .udp).get()
        #expect(register(&table, 20_007) == .failure(.tooManyBindings))
        #expect(try port(register(&table, 20_005)) == 20_005)
    }

    @Test func `when every port is taken there is none, and one that is given back is free at once`() throws {
        var table = try table("20000-20000")
        let held = try register(&table).get()
        #expect(register(&table, device: Self.deviceB) == .failure(.portsExhausted))
        #expect(table.unregister(held.id, of: Self.deviceB) == nil)
        #expect(table.unregister(held.id, of: Self.deviceA) == held.key)
        #expect(try port(register(&table, device: Self.deviceB)) == 20_000)
    }

    @Test func `a port waits for its device for the lease and no longer`() throws {
        var table = try table("20000-20000")
        let held = try register(&table).get()
        #expect(table.tunnelClosed(ObjectIdentifier(one), at: now) == true)
        #expect(table.free(at: now + .seconds(299)) == [])
        #expect(register(&table, device: Self.deviceB, by: two) == .failure(.portsExhausted))
        #expect(table.free(at: now + .seconds(300)) == [held.key])
        #expect(try port(register(&table, device: Self.deviceB, by: two)) == 20_000)
    }

    @Test func `the device that comes back has the same port again`() throws {
        var table = try table()
        let held = try register(&table, 20_007).get()
        _ = table.tunnelClosed(ObjectIdentifier(one), at: now)
        #expect(try register(&table, by: two).get().id == held.id)
        #expect(table.free(at: now + .hours(1)) == [])
    }

    @Test func `a port that another tunnel carries does not begin its lease`() throws {
        var table = try table()
        _ = try register(&table, 20_007).get()
        _ = try register(&table, 20_007, by: two).get()
        #expect(table.tunnelClosed(ObjectIdentifier(one), at: now) == false)
        #expect(table.free(at: now + .hours(1)) == [])
        #expect(table.tunnelClosed(ObjectIdentifier(two), at: now) == true)
    }

    @Test func `a port that is given back or was not opened is nobody's, also when its tunnel ends later`() throws {
        var table = try table()
        let held = try register(&table, 20_005).get()
        let unopened = try register(&table, 20_006).get()
        #expect(table.unregister(held.id, of: Self.deviceA) == held.key)
        table.abandon(unopened.key)
        #expect(table.tunnelClosed(ObjectIdentifier(one), at: now) == false)
        #expect(table.count == 0)
        #expect(try port(register(&table, 20_005, device: Self.deviceB, by: two)) == 20_005)
    }

    @Test func `a device that comes and goes often has its port to the end of the last lease`() throws {
        var table = try table()
        let held = try register(&table, 20_007).get()
        for second in 0..<100 {
            #expect(try register(&table, 20_007).get().id == held.id)
            #expect(table.tunnelClosed(ObjectIdentifier(one), at: now + .seconds(Int64(second))) == true)
        }
        #expect(table.free(at: now + .seconds(398)) == [])
        #expect(table.free(at: now + .seconds(399)) == [held.key])
    }

    /// What looked at every port for each of them would take a quarter of an hour.
    @Test(.timeLimit(.minutes(2))) func `forty thousand tunnels come and go in the time of forty thousand`() throws {
        var table = try table("20000-60000") { $0.reserved = [] }
        let tunnels = (20_002...60_000).map { ($0, Tunnel()) }
        for (port, tunnel) in tunnels {
            _ = try table.register(.tcp, port: port, for: "device \(port)", by: ObjectIdentifier(tunnel)).get()
            #expect(table.free(at: now) == [])
        }
        for (_, tunnel) in tunnels {
            #expect(table.tunnelClosed(ObjectIdentifier(tunnel), at: now) == true)
            #expect(table.free(at: now) == [])
        }
        #expect(table.free(at: now + .seconds(300)).count == tunnels.count)
        #expect(table.count == 0)
    }

    @Test func `the ports of a device that may not come back are free at once`() throws {
        var table = try table("20000-20000")
        _ = try table.register(.tcp, port: nil, for: Self.deviceA, by: ObjectIdentifier(one)).get()
        let away = try table.register(.udp, port: nil, for: Self.deviceA, by: ObjectIdentifier(one)).get()
        #expect(table.tunnelClosed(ObjectIdentifier(one), at: now) == true)
        #expect(
            table.register(.udp, port: 20_000, for: Self.deviceB, by: ObjectIdentifier(two)) == .failure(.portTaken)
        )
        #expect(Set(table.deviceShutOut(Self.deviceA).map(\.kind)) == [.tcp, .udp])
        let next = try table.register(.udp, port: 20_000, for: Self.deviceB, by: ObjectIdentifier(two)).get()
        #expect(next.key == away.key)
        // The lease that it had is nobody's any more.
        #expect(table.free(at: now + .hours(1)) == [])
        #expect(table.count == 1)
    }

    @Test(arguments: ["20000-20100", "20000", "1-65535"])
    func `a range of ports is read`(text: String) { #expect(PortRange(text) != nil) }

    @Test(
        arguments: ["", "-", "0", "0-5", "5-4", "1-2-3", "1-", "-1", "a-b", "1-65536", "+1-2", "1 - 2", "20000:20100"]
    )
    func `what is no range of ports is not read`(text: String) { #expect(PortRange(text) == nil) }
}
