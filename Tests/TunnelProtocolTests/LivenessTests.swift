import NIOCore
import Testing
import TunnelProtocol

struct LivenessTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func after(_ seconds: Int64) -> NIODeadline { Self.start + .seconds(seconds) }

    @Test func `a ping leaves at each interval, also while bytes come`() {
        var liveness = Liveness(now: Self.start)
        #expect(liveness.tick(at: after(9), lastReceived: after(9)) == .carryOn)
        #expect(liveness.tick(at: after(10), lastReceived: after(10)) == .ping)
        #expect(liveness.tick(at: after(11), lastReceived: after(11)) == .carryOn)
        #expect(liveness.tick(at: after(20), lastReceived: after(11)) == .ping)
    }

    @Test func `a silent peer is pinged once and then dead`() {
        var liveness = Liveness(now: Self.start)
        #expect(liveness.tick(at: after(10), lastReceived: Self.start) == .ping)
        #expect(liveness.tick(at: after(14), lastReceived: Self.start) == .carryOn)
        let limit = Self.start + TimeAmount(TunnelConstants.deadAfter)
        #expect(liveness.tick(at: limit - .nanoseconds(1), lastReceived: Self.start) == .carryOn)
        #expect(liveness.tick(at: limit, lastReceived: Self.start) == .dead)
    }

    @Test func `any byte puts death off`() {
        var liveness = Liveness(now: Self.start)
        #expect(liveness.tick(at: after(16), lastReceived: after(2)) == .ping)
        #expect(liveness.tick(at: after(17), lastReceived: after(2)) == .dead)
        #expect(liveness.tick(at: after(17), lastReceived: after(16)) == .carryOn)
    }

    @Test func `the patience outlasts the interval`() {
        #expect(TunnelConstants.deadAfter > TunnelConstants.heartbeatInterval)
    }
}
