import NIOCore
import Testing

@testable import Edge

struct ProgressClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000)
    private var clock = ProgressClock(limit: .seconds(30), minimum: 100)

    private func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func `nothing is late while nothing is waited for`() {
        #expect(clock.deadline == nil)
        #expect(!clock.isLate(at: after(1_000_000)))
    }

    @Test mutating func `a peer that does nothing is late at the limit and not before`() {
        clock.wait(from: start)
        #expect(!clock.isLate(at: after(30) - .nanoseconds(1)))
        #expect(clock.isLate(at: after(30)))
    }

    @Test mutating func `enough progress begins a new stretch`() {
        clock.wait(from: start)
        clock.passed(60, at: after(10))
        clock.passed(40, at: after(20))
        #expect(clock.deadline == after(50))
    }

    @Test mutating func `a trickle is not enough`() {
        clock.wait(from: start)
        for second in 1...30 { clock.passed(3, at: after(Int64(second))) }
        #expect(clock.isLate(at: after(30)))
    }

    @Test mutating func `what is waited for again keeps its time`() {
        clock.wait(from: start)
        clock.wait(from: after(20))
        #expect(clock.deadline == after(30))
    }

    @Test mutating func `a rest ends the stretch, and what passed before it does not count`() {
        clock.wait(from: start)
        clock.passed(99, at: after(1))
        clock.rest()
        clock.passed(100, at: after(2))
        #expect(clock.deadline == nil)
        clock.wait(from: after(100))
        clock.passed(1, at: after(101))
        #expect(clock.deadline == after(130))
    }

    @Test func `a single byte is progress unless more is asked for`() {
        var clock = ProgressClock(limit: .seconds(1), minimum: 0)
        clock.wait(from: start)
        clock.passed(0, at: after(1))
        #expect(clock.isLate(at: after(1)))
        clock.passed(1, at: after(1))
        #expect(!clock.isLate(at: after(1)))
    }
}
