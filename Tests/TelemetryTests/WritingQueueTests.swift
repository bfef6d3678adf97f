import Synchronization
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(5)))
struct WritingQueueTests {
    /// What the thread was told, in order.
    private final class Output: Sendable {
        private let told = Mutex<[String]>([])

        var all: [String] { told.withLock { $0 } }

        func queue(isHeld: Bool = false) -> WritingQueue<String> {
            WritingQueue(
                isHeld: isHeld,
                write: { [self] elements in told.withLock { $0 += elements } },
                reopen: { [self] in told.withLock { $0.append("opened again") } }
            )
        }
    }

    private let output = Output()

    @Test func `everything is written in its order`() async {
        let queue = output.queue()
        let numbers = (0..<1000).map(String.init)
        for number in numbers { #expect(queue.add(number, cost: 1, limit: .max)) }
        await queue.close(within: .seconds(60))
        #expect(output.all == numbers)
    }

    @Test func `what comes while too much waits is not taken, and later there is room again`() async {
        let queue = output.queue(isHeld: true)
        #expect(queue.add("a", cost: 60, limit: 100))
        #expect(!queue.add("b", cost: 41, limit: 100))
        #expect(queue.add("c", cost: 40, limit: 100))
        #expect(!queue.add("d", cost: 1, limit: 100))
        queue.begin()
        while output.all.isEmpty { await Task.yield() }
        #expect(queue.add("e", cost: 100, limit: 100))
        await queue.close(within: .seconds(60))
        #expect(output.all == ["a", "c", "e"])
    }

    @Test func `the output is opened again once writing has begun, and after what was waiting`() async {
        let queue = output.queue(isHeld: true)
        _ = queue.add("before", cost: 1, limit: 100)
        queue.reopen()
        #expect(output.all.isEmpty)
        queue.begin()
        await queue.close(within: .seconds(60))
        #expect(output.all == ["before", "opened again"])
    }
}
