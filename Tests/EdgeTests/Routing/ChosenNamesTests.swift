import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Names that the edge chose for a device that asked for none.
struct ChosenNamesTests {
    private static let laptop = "6f1c8f0e-0c55-4b6e-9d2e-3a1c1f6b7a11"
    /// Begins like the laptop's.
    private static let twin = "6f1c8f0e-ffff-4b6e-9d2e-3a1c1f6b7a11"
    private static let stranger = "0b7de3a2-91f4-4a53-8f0e-52d8c6a4b9c3"
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let afterLease = start + .minutes(5)

    private var table: BindingTable

    init() throws { table = BindingTable(baseDomain: try #require(HostName("t.example"))) }

    // MARK: Chosen by the edge

    @Test mutating func `a chosen name follows from the device alone`() throws {
        #expect(try table.register(nil, for: Self.laptop, at: Self.start).get().host == "d6f1c8f0e.t.example")
        #expect(try table.register(nil, for: Self.stranger, at: Self.start).get().host == "d0b7de3a2.t.example")
    }

    @Test mutating func `a chosen name is the same when the device asks again`() throws {
        let first = try table.register(nil, for: Self.laptop, at: Self.start).get()
        #expect(try table.register(nil, for: Self.laptop, at: Self.start).get() == first)
        table.deviceLeft(Self.laptop, at: Self.start)
        table.expireLeases(at: Self.afterLease)
        #expect(try table.register(nil, for: Self.laptop, at: Self.afterLease).get().host == first.host)
    }

    @Test mutating func `devices that begin alike get longer names`() throws {
        _ = try table.register(nil, for: Self.laptop, at: Self.start).get()
        #expect(try table.register(nil, for: Self.twin, at: Self.start).get().host == "d6f1c8f0effff4b6e.t.example")
    }

    @Test mutating func `a device keeps its longer name when the shorter one becomes free`() throws {
        let short = try table.register(nil, for: Self.laptop, at: Self.start).get()
        let long = try table.register(nil, for: Self.twin, at: Self.start).get()
        _ = table.unregister(short.id, of: Self.laptop)
        #expect(try table.register(nil, for: Self.twin, at: Self.start).get() == long)
        #expect(table.count == 1)
    }

    @Test mutating func `a name that waits for its device is not chosen for another`() throws {
        _ = try table.register(nil, for: Self.laptop, at: Self.start).get()
        table.deviceLeft(Self.laptop, at: Self.start)
        #expect(try table.register(nil, for: Self.twin, at: Self.start).get().host == "d6f1c8f0effff4b6e.t.example")
    }

    @Test mutating func `a beginning that is only leased is worth waiting for`() throws {
        let labels = [8, 16, 24, 32].map { "d\(Self.laptop.filter { $0 != "-" }.prefix($0))" }
        for label in labels.dropLast() { _ = try table.register(label, for: Self.stranger, at: Self.start).get() }
        _ = try table.register(labels[3], for: Self.twin, at: Self.start).get()
        table.deviceLeft(Self.twin, at: Self.start)
        let lease = table.limits.lease
        #expect(table.register(nil, for: Self.laptop, at: Self.start) == .failure(.init(.nameLeased, pause: lease)))
    }

    @Test mutating func `somebody who squats on every beginning is a name taken`() throws {
        for length in [8, 16, 24, 32] {
            let label = "d\(Self.laptop.filter { $0 != "-" }.prefix(length))"
            _ = try table.register(label, for: Self.stranger, at: Self.start).get()
        }
        #expect(table.register(nil, for: Self.laptop, at: Self.start) == .failure(.init(.nameTaken)))
    }
}
