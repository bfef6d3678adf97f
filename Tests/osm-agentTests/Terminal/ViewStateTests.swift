import Agent
import Foundation
import Testing

@testable import osm_agent

struct ViewStateTests {
    @Test func `remembers the last requests and counts all of them`() throws {
        var state = ViewState()
        for number in 0..<1000 {
            let status = [200, 301, 404, 500, 0][number % 5]
            state.take(.request(try SampleViews.request("/\(number)", status: status, bytes: 10)), at: SampleViews.now)
        }
        #expect(state.requests.count == ViewState.rememberedRequests)
        #expect(state.requests.last?.record.path == "/999")
        #expect(state.counters.all == 1000)
        #expect(state.counters.byClass == [0: 200, 2: 200, 3: 200, 4: 200, 5: 200])
        #expect(state.counters.sent == 10_000)
    }

    @Test func `counts a status that is none without growing`() throws {
        var state = ViewState()
        for status in [-5, 99, 1000, .max, .min] {
            state.take(.request(try SampleViews.request("/", status: status)), at: SampleViews.now)
        }
        #expect(state.counters.byClass == [0: 3, 9: 2])
    }

    @Test func `keeps tunnels in order, one for each place`() {
        var state = ViewState()
        for slot in [2, 0, 1, 0] { state.take(.tunnel(SampleViews.tunnel(slot)), at: SampleViews.now) }
        #expect(state.tunnels.map(\.status.slot) == [0, 1, 2])
    }

    @Test func `does not begin a wait anew that is told of again`() {
        var state = ViewState()
        let waiting = SampleViews.tunnel {
            $0.phase = .waiting
            $0.retryInSeconds = 10
        }
        state.take(.tunnel(waiting), at: SampleViews.now)
        state.take(.tunnel(waiting), at: SampleViews.now.addingTimeInterval(4))
        #expect(state.tunnels[0].retriesAt == SampleViews.now.addingTimeInterval(10))
        state.take(.tunnel(SampleViews.tunnel { $0.phase = .connecting }), at: SampleViews.now.addingTimeInterval(10))
        #expect(state.tunnels[0].retriesAt == nil)
        state.take(.tunnel(waiting), at: SampleViews.now.addingTimeInterval(11))
        #expect(state.tunnels[0].retriesAt == SampleViews.now.addingTimeInterval(21))
    }

    @Test func `forgets an endpoint that is removed`() {
        var state = ViewState()
        state.take(.endpoint(SampleViews.endpoint()), at: SampleViews.now)
        state.take(.removed(name: "web"), at: SampleViews.now)
        #expect(state.endpoints.isEmpty)
    }
}
