import Testing

@testable import TunnelProtocol

struct InstanceOrderTests {
    private var order = InstanceOrder()

    @Test mutating func `whoever was met first is the older, however often it comes back`() {
        for instance in ["a", "b", "c", "a", "b"] { order.met(instance) }
        #expect(order.count == 3)
        #expect(order.isOlder("a", than: "b") && order.isOlder("a", than: "c") && order.isOlder("b", than: "c"))
        #expect(!order.isOlder("c", than: "a") && !order.isOlder("b", than: "a") && !order.isOlder("a", than: "a"))
    }

    @Test mutating func `an instance that was never met is older than none`() {
        order.met("a")
        #expect(!order.isOlder("b", than: "a"))
        #expect(!order.isOlder("a", than: "b"))
    }

    @Test mutating func `of a thousand instances the last eight are remembered`() {
        for number in 0..<1000 { order.met("\(number)") }
        #expect(order.count == TunnelConstants.instancesRemembered)
        #expect(order.isOlder("992", than: "999"))
        #expect(!order.isOlder("991", than: "999"))
    }
}
