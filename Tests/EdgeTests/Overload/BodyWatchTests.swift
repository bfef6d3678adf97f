import HTTP2
import NIOCore
import NIOEmbedded
import Testing

@testable import Edge

struct BodyWatchTests {
    /// A watch on a loop whose time the test moves.
    private final class Watched {
        let loop = EmbeddedEventLoop()
        var late = 0
        private lazy var queue = DeadlineQueue(on: loop)
        private lazy var watch = BodyWatch(limits: limits, in: queue) { [unowned self] in look() }

        private func look() { if watch.isLate(at: loop.now) { late += 1 } }

        func awaits() { watch.awaits(at: loop.now) }
        func arrived(_ bytes: Int) { watch.arrived(bytes, at: loop.now) }
        func rests() { watch.rests() }

        private var limits: BorderLimits {
            var limits = BorderLimits()
            limits.bodyDeadline = .seconds(30)
            limits.bodyMinimum = 100
            return limits
        }
    }

    @Test func `a body that stops is given up once`() {
        let body = Watched()
        body.awaits()
        body.loop.advanceTime(by: .seconds(29))
        #expect(body.late == 0)
        body.loop.advanceTime(by: .seconds(300))
        #expect(body.late == 1)
    }

    @Test func `a body that goes on is not`() {
        let body = Watched()
        body.awaits()
        for _ in 0..<20 {
            body.loop.advanceTime(by: .seconds(20))
            body.arrived(100)
        }
        #expect(body.late == 0)
        body.loop.advanceTime(by: .seconds(30))
        #expect(body.late == 1)
    }

    @Test func `a trickle is given up`() {
        let body = Watched()
        body.awaits()
        for _ in 0..<30 {
            body.loop.advanceTime(by: .seconds(1))
            body.arrived(1)
        }
        #expect(body.late == 1)
    }

    @Test func `nothing is late while it rests`() {
        let body = Watched()
        body.awaits()
        body.loop.advanceTime(by: .seconds(29))
        body.rests()
        body.loop.advanceTime(by: .seconds(300))
        body.awaits()
        body.loop.advanceTime(by: .seconds(29))
        body.rests()
        body.loop.advanceTime(by: .hours(1))
        #expect(body.late == 0)
    }
}
