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
    }

    @Test func `never does two at once`() async {
        let present = Mutex(0)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        let isTaken = PasswordChecks.shared.submit {
                            #expect(
                                present.withLock { present -> Int in
                                    present += 1
                                    return present
                                } == 1
                            )
                            present.withLock { $0 -= 1 }
                            continuation.resume()
                        }
                        if !isTaken { continuation.resume() }
                    }
                }
            }
        }
    }
}
