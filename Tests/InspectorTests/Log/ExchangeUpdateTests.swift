import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct ExchangeUpdateTests {
    private let log = ExchangeLog(pace: .zero)

    @Test(.timeLimit(.minutes(1)))
    func `tells a subscriber what is new`() async {
        var updates = log.subscribe().makeAsyncIterator()
        let id = log.pass(.request("GET", "/new"))
        let update = await updates.next()
        #expect(update?.id == id && update?.path == "/new" && update?.phase == .done)
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells a thousand changes of one exchange as one`() async {
        var updates = log.subscribe().makeAsyncIterator()
        let recorder = log.record(endpoint: "web", request: .request())
        for _ in 1...1000 { recorder.sends(ByteBuffer(string: "x")) }
        let first = await updates.next()
        #expect(first?.responseBytes == 1000)
        let other = log.pass(.request("GET", "/other"))
        let second = await updates.next()
        #expect(second?.id == other)
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells the oldest first, and only what is still kept`() async {
        var limits = ExchangeLimits()
        limits.exchanges = 2
        let log = ExchangeLog(limits: limits, pace: .zero)
        var updates = log.subscribe().makeAsyncIterator()
        for _ in 1...50 { log.pass(.request()) }
        let told = [await updates.next(), await updates.next()]
        #expect(told.map { $0?.id } == [49, 50])
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells every subscriber`() async {
        var first = log.subscribe().makeAsyncIterator()
        var second = log.subscribe().makeAsyncIterator()
        let id = log.pass(.request())
        let heard = [await first.next(), await second.next()]
        #expect(heard.map { $0?.id } == [id, id])
    }

    @Test func `forgets a subscriber whose stream is gone`() {
        do {
            let updates = log.subscribe()
            #expect(log.subscriberCount == 1)
            _ = updates
        }
        #expect(log.subscriberCount == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends a stream whose task is cancelled`() async {
        let updates = log.subscribe()
        await withTaskGroup { group in
            group.addTask { for await _ in updates {} }
            group.cancelAll()
        }
        #expect(log.exchanges.isEmpty)
    }
}
