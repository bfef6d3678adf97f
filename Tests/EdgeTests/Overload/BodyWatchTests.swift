import NIOCore
import NIOEmbedded
import Testing

@testable import Edge

struct BodyWatchTests {
    /// A watch on a loop whose time the test moves.
    private final class Watched {
        let loop = EmbeddedEventLoop()
        var late = 0
        private(set) lazy var watch = BodyWatch(limits: limits, eventLoop: loop) { [unowned self] in late += 1 }

        private var limits: BorderLimits {
            var limits = BorderLimits()
            limits.bodyDeadline = .seconds(30)
            limits.bodyMinimum = 100
            return limits
        }
    }

    @Test func `a body that stops is given up once`() {
        let body = Watched()
        body.watch.awaits()
        body.loop.advanceTime(by: .seconds(29))
        #expect(body.late == 0)
        body.loop.advanceTime(by: .seconds(300))
        #expect(body.late == 1)
    }

    @Test func `a body that goes on is not`() {
        let body = Watched()
        body.watch.awaits()
        for _ in 0..<20 {
            body.loop.advanceTime(by: .seconds(20))
            body.watch.arrived(100)
        }
        #expect(body.late == 0)
        body.loop.advanceTime(by: .seconds(30))
        #expect(body.late == 1)
    }

    @Test func `a trickle is given up`() {
        let body = Watched()
        body.watch.awaits()
        for _ in 0..<30 {
            body.loop.advanceTime(by: .seconds(1))
            body.watch.arrived(1)
        }
        #expect(body.late == 1)
    }

    @Test func `nothing is late while it rests`() {
        let body = Watched()
        body.watch.awaits()
        body.loop.advanceTime(by: .seconds(29))
        body.watch.rests()
        body.loop.advanceTime(by: .seconds(300))
        body.watch.awaits()
        body.loop.advanceTime(by: .seconds(29))
        #expect(body.late == 0)
        body.watch.rests()
    }
}
