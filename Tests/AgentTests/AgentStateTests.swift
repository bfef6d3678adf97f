import FoundationEssentials
import HTTPFields
import Testing

@testable import Agent

struct AgentStateTests {
    private let state = AgentState(
        AgentStatus(
            version: "0",
            pid: 1,
            device: "d",
            certificateExpires: .distantFuture,
            started: .distantPast,
            phase: .connecting,
            problem: nil,
            tunnels: [],
            endpoints: []
        )
    )

    private let request = AgentEvent.request(RequestRecord(RequestProgress(FieldSection()), endpoint: "app"))

    @Test func `who wants changes hears of no request`() async {
        var events = state.subscribe(to: .changes).makeAsyncIterator()
        state.publish(request)
        state.publish(.leaving(requests: 2))
        #expect(await events.next() == .leaving(requests: 2))
    }

    @Test func `who wants everything hears of both in their order`() async {
        var events = state.subscribe(to: .everything).makeAsyncIterator()
        state.publish(request)
        state.publish(.leaving(requests: 2))
        #expect(await events.next() == request)
        #expect(await events.next() == .leaving(requests: 2))
    }

    @Test func `knows whether anybody wants to hear of requests`() {
        #expect(!state.hasRequestReaders)
        let changes = state.subscribe(to: .changes)
        #expect(!state.hasRequestReaders)
        do {
            let everything = state.subscribe(to: .everything)
            withExtendedLifetime(everything) { #expect(state.hasRequestReaders) }
        }
        withExtendedLifetime(changes) { #expect(!state.hasRequestReaders) }
    }

    @Test func `nobody wants to hear of requests when the agent has ended`() {
        let events = state.subscribe(to: .everything)
        state.stopped()
        withExtendedLifetime(events) { #expect(!state.hasRequestReaders) }
        withExtendedLifetime(state.subscribe(to: .everything)) { #expect(!state.hasRequestReaders) }
    }
}
