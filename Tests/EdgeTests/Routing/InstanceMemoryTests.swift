import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct InstanceMemoryTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private var memory = InstanceMemory(time: .minutes(5), departedLimit: 100)

    @Test mutating func `a device that left is remembered for its time`() {
        memory.met("a", of: "laptop")
        memory.left("laptop", at: Self.start)
        memory.met("b", of: "desktop")
        memory.left("desktop", at: Self.start + .minutes(5) - .nanoseconds(1))
        #expect(memory.order(of: "laptop").count == 1)
        memory.met("b", of: "desktop")
        memory.left("desktop", at: Self.start + .minutes(5))
        #expect(memory.order(of: "laptop").count == 0)
        #expect(memory.devices == 1)
    }

    @Test mutating func `a device that came back is not forgotten`() {
        memory.met("a", of: "laptop")
        memory.left("laptop", at: Self.start)
        memory.met("b", of: "laptop")
        memory.met("c", of: "desktop")
        memory.left("desktop", at: Self.start + .hours(1))
        #expect(memory.order(of: "laptop").count == 2)
    }

    @Test mutating func `of many devices that left only the last ones are remembered`() {
        for index in 0..<1000 {
            memory.met("a", of: "device\(index)")
            memory.left("device\(index)", at: Self.start)
        }
        #expect(memory.devices == 100)
        #expect(memory.order(of: "device900").count == 1)
        #expect(memory.order(of: "device899").count == 0)
    }

    @Test mutating func `a device that comes and goes costs no more than others`() {
        memory.met("a", of: "here")
        memory.met("a", of: "away")
        memory.left("away", at: Self.start)
        for index in 0..<1000 {
            memory.met("a\(index)", of: "laptop")
            memory.left("laptop", at: Self.start)
        }
        #expect(memory.order(of: "laptop").count == TunnelConstants.instancesRemembered)
        #expect(memory.order(of: "here").count == 1)
        #expect(memory.order(of: "away").count == 1)
        #expect(memory.devices == 3)
    }

    @Test mutating func `sidecars leave nothing behind`() {
        memory.left("sidecar", at: Self.start)
        #expect(memory.devices == 0)
    }
}
