import Dispatch
import Synchronization
import Telemetry
import Testing

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

    @Test func `a closed queue takes nothing and has nobody write`() async {
        let queue = output.queue()
        #expect(queue.add("in time", cost: 1, limit: 100))
        await queue.close(within: .seconds(60))
        #expect(!queue.add("late", cost: 1, limit: 100))
        queue.reopen()
        queue.begin()
        #expect(output.all == ["in time"])
    }

    @Test func `what is added by many at once is all written, each one's in order`() async {
        let queue = output.queue()
        await withTaskGroup { group in
            for adder in 0..<8 {
                group.addTask { for number in 0..<500 { _ = queue.add("\(adder) \(number)", cost: 1, limit: .max) } }
            }
        }
        await queue.close(within: .seconds(60))
        #expect(output.all.count == 4000)
        for adder in 0..<8 {
            #expect(output.all.filter { $0.hasPrefix("\(adder) ") } == (0..<500).map { "\(adder) \($0)" })
        }
    }

    @Test func `a write that hangs does not keep the end for longer than it may`() async {
        let (isWriting, tell) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let queue = WritingQueue<String>(
            write: { _ in
                tell.yield()
                gate.wait()
            },
            reopen: {}
        )
        #expect(queue.add("stuck", cost: 1, limit: 100))
        for await _ in isWriting { break }
        let began = ContinuousClock.now
        await queue.close(within: .milliseconds(50))
        #expect(ContinuousClock.now - began >= .milliseconds(50))
        #expect(!queue.add("late", cost: 1, limit: 100))
        gate.signal()
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
