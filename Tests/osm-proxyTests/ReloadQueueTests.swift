import Dispatch
import Synchronization
import Testing

@testable import osm_proxy

struct ReloadQueueTests {
    /// A reload that hangs until it is let go.
    private final class HangingReload: Sendable {
        let began = AsyncStream<Void>.makeStream()
        private let released = DispatchSemaphore(value: 0)
        private let under = Atomic<Int>(0)

        @Sendable func run() {
            let others = under.add(1, ordering: .sequentiallyConsistent).oldValue
            #expect(others == 0, "two at once")
            began.continuation.yield()
            released.wait()
            under.subtract(1, ordering: .sequentiallyConsistent)
        }

        func release() { released.signal() }
    }

    @Test(.timeLimit(.minutes(5)))
    func `whoever asks while a reload hangs goes on, and all who ask get one more`() async {
        let reload = HangingReload()
        let reloads = ReloadQueue(reload.run)
        var began = reload.began.stream.makeAsyncIterator()
        reloads.request()
        await began.next()
        for _ in 1...100 { reloads.request() }
        reload.release()
        await began.next()
        reloads.request()
        reload.release()
        await began.next()
        reload.release()
    }
}
