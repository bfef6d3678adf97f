import NIOCore
import Testing

@testable import Edge

struct FlowTableTests {
    private let now = NIODeadline.now()

    private func address(_ host: String, _ port: Int = 1) throws -> SocketAddress {
        try SocketAddress(ipAddress: host, port: port)
    }

    private func table(perBinding: Int = 4, perNetwork: Int = 2) -> FlowTable<Int> {
        var limits = FlowLimits()
        limits.perBinding = perBinding
        limits.perNetwork = perNetwork
        return FlowTable(limits: limits)
    }

    @Test func `a flow is known by address and port`() throws {
        var table = table()
        table.add(1, for: try address("192.0.2.1", 10), at: now)
        table.add(2, for: try address("192.0.2.1", 11), at: now)
        #expect(table[try address("192.0.2.1", 10)] == 1)
        #expect(table[try address("192.0.2.1", 11)] == 2)
        #expect(table[try address("192.0.2.2", 10)] == nil)
    }

    @Test func `a flow ends when its visitor has been silent for the idle time`() throws {
        var table = table()
        let (one, two) = (try address("192.0.2.1"), try address("198.51.100.1"))
        table.add(1, for: one, at: now)
        table.add(2, for: two, at: now)
        table.heard(from: two, at: now + .seconds(30))
        #expect(table.expire(at: now + .seconds(59)) == [])
        #expect(table.expire(at: now + .seconds(60)) == [1])
        #expect(table.expire(at: now + .seconds(89)) == [])
        #expect(table.expire(at: now + .seconds(90)) == [2])
        #expect(table.count == 0)
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.200", "192.0.3.1"), ("2001:db8:1::1", "2001:db8:1:ffff::9", "2001:db8:2::1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.9", "::ffff:192.0.3.1"), ("::ffff:192.0.2.1", "192.0.2.9", "::1"),
        ]
    )
    func `one network has no more flows than it may`(first: String, near: String, far: String) throws {
        var table = table()
        table.add(1, for: try address(first, 1), at: now)
        table.add(2, for: try address(near, 2), at: now)
        #expect(!table.mayAdd(try address(first, 3)))
        #expect(table.mayAdd(try address(far, 3)))
        table.remove(try address(near, 2))
        #expect(table.mayAdd(try address(first, 3)))
    }

    @Test func `a binding has no more flows than it may, whoever comes`() throws {
        var table = table()
        for number in 1...4 { table.add(number, for: try address("10.0.\(number).1"), at: now) }
        #expect(!table.mayAdd(try address("10.0.9.1")))
        #expect(table.expire(at: now + .seconds(60)).count == 4)
        #expect(table.mayAdd(try address("10.0.9.1")))
    }
}
