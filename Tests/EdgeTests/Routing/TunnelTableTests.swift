import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

/// Which of a device's tunnels stay.
struct TunnelTableTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private var table = TunnelTable<FakeTunnel>()

    /// What the edge does at a hello: turn the newcomer away, or let it in and end those that it replaces.
    private mutating func admit(_ tunnel: FakeTunnel) -> Bool {
        if let session = tunnel.session, table.session(newerThan: session, of: tunnel.device) != nil { return false }
        for old in table.opened(tunnel) { #expect(!close(old)) }
        return true
    }

    /// Whether it was the last one of its device.
    private mutating func close(_ tunnel: FakeTunnel) -> Bool { table.closed(tunnel, at: Self.start) }

    private func present(_ device: String = "laptop") -> [FakeTunnel] { table.tunnels(of: device) }

    @Test mutating func `slots of one process stand side by side`() {
        let (first, second) = (FakeTunnel("laptop", instance: "a"), FakeTunnel("laptop", instance: "a", slot: 1))
        #expect(admit(first))
        #expect(admit(second))
        #expect(table.count == 2)
        #expect(!close(first))
        #expect(close(second))
        #expect(!close(second))
        #expect(table.count == 0)
    }

    @Test mutating func `a newer process replaces every slot of the older one`() {
        for slot in 0..<4 { #expect(admit(FakeTunnel("laptop", instance: "a", slot: slot))) }
        let newer = FakeTunnel("laptop", instance: "b")
        #expect(admit(newer))
        #expect(present().map(ObjectIdentifier.init) == [ObjectIdentifier(newer)])
        #expect(table.count == 1)
    }

    @Test(arguments: [0, 1, 63])
    mutating func `an older process that dials again cannot displace the newer one`(slot: Int) {
        #expect(admit(FakeTunnel("laptop", instance: "a")))
        #expect(admit(FakeTunnel("laptop", instance: "b", epoch: 7)))
        let late = FakeTunnel("laptop", instance: "a", epoch: 900, slot: slot)
        #expect(!admit(late))
        #expect(late.session.flatMap { table.session(newerThan: $0, of: "laptop") }?.epoch == 7)
        #expect(present().count == 1)
    }

    @Test mutating func `an older process serves while the newer one is away, and no longer`() {
        let newer = FakeTunnel("laptop", instance: "b")
        #expect(admit(FakeTunnel("laptop", instance: "a")))
        #expect(admit(newer))
        #expect(close(newer))
        #expect(admit(FakeTunnel("laptop", instance: "a", epoch: 2)))
        #expect(admit(FakeTunnel("laptop", instance: "b", epoch: 2)))
        #expect(present().first?.session?.instance.first == "b")
        #expect(!admit(FakeTunnel("laptop", instance: "a", epoch: 3)))
    }

    @Test mutating func `the order outlives the last tunnel for the time of a lease`() {
        let tunnels = [FakeTunnel("laptop", instance: "a"), FakeTunnel("laptop", instance: "b")]
        for tunnel in tunnels { #expect(admit(tunnel)) }
        #expect(close(tunnels[1]))
        #expect(admit(FakeTunnel("laptop", instance: "b", epoch: 2)))
        #expect(!admit(FakeTunnel("laptop", instance: "a", epoch: 2)))
    }

    @Test mutating func `three processes keep their order`() {
        for instance in ["a", "b", "c"] as [Character] { #expect(admit(FakeTunnel("laptop", instance: instance))) }
        #expect(!admit(FakeTunnel("laptop", instance: "a", epoch: 2)))
        #expect(!admit(FakeTunnel("laptop", instance: "b", epoch: 2)))
        #expect(admit(FakeTunnel("laptop", instance: "c", epoch: 2)))
        #expect(admit(FakeTunnel("laptop", instance: "d")))
        #expect(present().count == 1)
    }

    @Test mutating func `devices have nothing to do with each other`() {
        #expect(admit(FakeTunnel("laptop", instance: "a")))
        #expect(admit(FakeTunnel("laptop", instance: "b")))
        #expect(admit(FakeTunnel("desktop", instance: "b")))
        #expect(admit(FakeTunnel("desktop", instance: "a")))
        #expect(table.all.count == 2)
    }

    @Test mutating func `a sidecar replaces and is replaced`() {
        #expect(admit(FakeTunnel("laptop", instance: "a", slot: 0)))
        #expect(admit(FakeTunnel("laptop")))
        #expect(admit(FakeTunnel("laptop")))
        #expect(present().count == 1)
        #expect(admit(FakeTunnel("laptop", instance: "a", epoch: 2)))
        #expect(present().first?.session != nil)
    }
}
