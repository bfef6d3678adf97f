import NIOPosix
import Synchronization
import Testing

@testable import Agent

struct PasswordChecksTests {
    @Test func `does one after the other in the order that they came`() {
        let hand = ChecksByHand()
        let checks = hand.checks
        let order = Mutex<[Int]>([])
        for number in 0..<5 { #expect(checks.submit { order.withLock { $0.append(number) } }) }
        #expect(order.withLock { $0 } == [])
        hand.run()
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test func `takes so many that wait, and more when they are done`() {
        let hand = ChecksByHand()
        let checks = hand.checks
        for _ in 0...PasswordChecks.mostWaiting { #expect(checks.submit {}) }
        #expect(!checks.submit { Issue.record("what was not taken was done") })
        hand.run()
        #expect(checks.submit {})
        hand.run()
    }

    /// How many checks are under way, and how many ever were at once.
    private final class Crowd: Sendable {
        private let counts = Mutex((present: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock {
                $0.present += 1
                $0.most = max($0.most, $0.present)
            }
        }

        func leave() { counts.withLock { $0.present -= 1 } }
    }

    @Test func `never does two at once`() async throws {
        let crowd = Crowd()
        let checks = PasswordChecks { work in NIOThreadPool.singleton.submit { _ in work() } }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        for _ in 0...PasswordChecks.mostWaiting {
            let isTaken = checks.submit {
                crowd.enter()
                crowd.leave()
                end.yield()
            }
            #expect(isTaken)
        }
        var done = ends.makeAsyncIterator()
        for _ in 0...PasswordChecks.mostWaiting { _ = await done.next() }
        #expect(crowd.most == 1)
    }
}
