import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

struct RestartableDeadlineTests {
    private let eventLoop = EmbeddedEventLoop()
    private let queue: DeadlineQueue

    init() { queue = DeadlineQueue(on: eventLoop) }

    /// Counts how often a deadline has passed.
    private final class Passes {
        var count = 0
    }

    private func deadline(_ passes: Passes) -> RestartableDeadline {
        RestartableDeadline(in: queue) { passes.count += 1 }
    }

    @Test func `passes once`() {
        let passes = Passes()
        deadline(passes).restart(in: .seconds(3))
        eventLoop.advanceTime(by: .milliseconds(2999))
        #expect(passes.count == 0)
        eventLoop.advanceTime(by: .milliseconds(1))
        #expect(passes.count == 1)
        eventLoop.advanceTime(by: .hours(1))
        #expect(passes.count == 1)
    }

    @Test func `never passes while it is set anew in time`() {
        let passes = Passes()
        let deadline = deadline(passes)
        for _ in 0..<10 {
            deadline.restart(in: .seconds(3))
            eventLoop.advanceTime(by: .seconds(2))
        }
        #expect(passes.count == 0)
        eventLoop.advanceTime(by: .seconds(1))
        #expect(passes.count == 1)
    }

    @Test func `may come to be earlier`() {
        let passes = Passes()
        let deadline = deadline(passes)
        deadline.restart(in: .seconds(30))
        deadline.restart(in: .seconds(3))
        eventLoop.advanceTime(by: .seconds(3))
        #expect(passes.count == 1)
        eventLoop.advanceTime(by: .seconds(60))
        #expect(passes.count == 1)
    }

    @Test(arguments: [Int64(1), 5])
    func `does not pass while it is suspended, and does when it is set again`(pause: Int64) {
        let passes = Passes()
        let deadline = deadline(passes)
        deadline.restart(in: .seconds(3))
        deadline.suspend()
        eventLoop.advanceTime(by: .seconds(pause))
        #expect(passes.count == 0)
        deadline.restart(in: .seconds(3))
        eventLoop.advanceTime(by: .milliseconds(2999))
        #expect(passes.count == 0)
        eventLoop.advanceTime(by: .milliseconds(1))
        #expect(passes.count == 1)
    }

    @Test func `can be set again by what it calls`() {
        var deadline: RestartableDeadline?
        var passes = 0
        deadline = RestartableDeadline(in: queue) {
            passes += 1
            if passes < 3 { deadline?.restart(in: .seconds(1)) }
        }
        deadline?.restart(in: .seconds(1))
        eventLoop.advanceTime(by: .seconds(10))
        #expect(passes == 3)
        deadline = nil  // it keeps itself, by what it calls
    }

    @Test func `is let go when it is cancelled`() {
        let passes = Passes()
        weak var forgotten: RestartableDeadline?
        do {
            let deadline = deadline(passes)
            deadline.restart(in: .seconds(3))
            deadline.cancel()
            forgotten = deadline
        }
        #expect(forgotten == nil)
        eventLoop.advanceTime(by: .seconds(3))
        #expect(passes.count == 0)
    }
}
