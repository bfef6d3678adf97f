import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

struct DeadlineQueueTests {
    private let eventLoop = EmbeddedEventLoop()
    private let queue: DeadlineQueue

    init() { queue = DeadlineQueue(on: eventLoop) }

    /// Which deadlines have passed, in their order.
    private final class Passed {
        var seconds: [Int64] = []
    }

    private func deadline(after seconds: Int64, _ passed: Passed) -> RestartableDeadline {
        let deadline = RestartableDeadline(in: queue) { passed.seconds.append(seconds) }
        deadline.restart(in: .seconds(seconds))
        return deadline
    }

    /// Numbers from 1 to `count`, well mixed and the same in each run.
    private func mixed(_ count: Int64) -> [Int64] { (1...count).map { $0 * 37 % 101 } }

    @Test func `deadlines pass in the order of their times`() {
        let passed = Passed()
        let deadlines = mixed(100).map { deadline(after: $0, passed) }
        #expect(queue.count == deadlines.count)
        eventLoop.advanceTime(by: .seconds(100))
        #expect(passed.seconds == Array(1...100))
        #expect(queue.count == 0)
    }

    @Test func `each passes in its own moment`() {
        let passed = Passed()
        let deadlines = mixed(20).map { deadline(after: $0, passed) }
        for (count, second) in mixed(20).sorted().enumerated() {
            let before = passed.seconds.count
            eventLoop.advanceTime(to: .uptimeNanoseconds(UInt64(second) * 1_000_000_000 - 1))
            #expect(passed.seconds.count == before)
            eventLoop.advanceTime(by: .nanoseconds(1))
            #expect(passed.seconds.count == count + 1)
        }
        #expect(deadlines.count == passed.seconds.count)
    }

    @Test(arguments: [Int64(2), 3, 5, 7])
    func `what is cancelled is forgotten, and the others keep their times`(divisor: Int64) {
        let passed = Passed()
        let deadlines = mixed(100).map { (seconds: $0, deadline: deadline(after: $0, passed)) }
        for (seconds, deadline) in deadlines where seconds % divisor == 0 { deadline.cancel() }
        let left = Array(1...100).filter { $0 % divisor != 0 }
        #expect(queue.count == left.count)
        eventLoop.advanceTime(by: .seconds(100))
        #expect(passed.seconds == left)
    }

    @Test func `those that move keep the order of their new times`() {
        let passed = Passed()
        let deadlines = mixed(100).map { (seconds: $0, deadline: deadline(after: $0 + 500, passed)) }
        for (seconds, deadline) in deadlines {
            deadline.restart(in: .seconds(seconds % 2 == 0 ? seconds : 1000 - seconds))
        }
        eventLoop.advanceTime(by: .seconds(1000))
        let even = stride(from: Int64(2), through: 100, by: 2).map { $0 + 500 }
        let odd = stride(from: Int64(99), through: 1, by: -2).map { $0 + 500 }
        #expect(passed.seconds == even + odd)
    }

    @Test func `one that is set to now has its turn in another tick`() {
        var deadline: RestartableDeadline?
        var passes = 0
        deadline = RestartableDeadline(in: queue) {
            passes += 1
            if passes < 3 { deadline?.restart(in: .zero) }
        }
        deadline?.restart(in: .seconds(1))
        eventLoop.advanceTime(by: .seconds(1))
        eventLoop.run()
        eventLoop.run()
        #expect(passes == 3)
        deadline = nil  // it keeps itself, by what it calls
    }

    @Test func `one can cancel another that is due as well`() {
        let passed = Passed()
        let second = deadline(after: 1, passed)
        second.cancel()
        let first = RestartableDeadline(in: queue) { second.cancel() }
        first.restart(in: .seconds(1))
        second.restart(in: .seconds(1))
        eventLoop.advanceTime(by: .seconds(5))
        #expect(passed.seconds.isEmpty)
    }
}
