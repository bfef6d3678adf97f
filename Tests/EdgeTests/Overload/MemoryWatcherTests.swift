import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Edge

@Suite(.timeLimit(.minutes(5)))
struct MemoryWatcherTests {
    @Test func `a look that fails for want of a descriptor is not the last`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let core = try await eventLoop.submit {
            let harness = try CoreHarness(on: eventLoop) { configuration, _ in
                configuration.border.memorySoftLimit = 1
                configuration.border.memoryHardLimit = .max
            }
            return NIOLoopBound(harness.core, eventLoop: eventLoop)
        }.get()
        let looks = Mutex(0)
        let system = ProcessMemory { _ in
            looks.withLock {
                $0 += 1
                return $0 > 3 ? "100 100 0" : nil
            }
        }
        let watcher = MemoryWatcher(core: core, eventLoop: eventLoop, system: system)
        let watching = Task { await watcher.run(every: .milliseconds(1)) }
        while try await !eventLoop.submit({ core.value.overload.shedsRequests }).get() {
            try await Task.sleep(for: .milliseconds(5))
        }
        watching.cancel()
    }
}
