import FoundationEssentials
import HTTPFields
import Testing
import TunnelProtocol

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
        let heard = await events.next()
        #expect(heard == .leaving(requests: 2))
    }

    @Test func `who wants everything hears of both in their order`() async {
        var events = state.subscribe(to: .everything).makeAsyncIterator()
        state.publish(request)
        state.publish(.leaving(requests: 2))
        let heard = [await events.next(), await events.next()]
        #expect(heard == [request, .leaving(requests: 2)])
    }

    @Test func `of what waits for a slow subscriber the newest is kept`() async {
        var events = state.subscribe().makeAsyncIterator()
        for number in 0..<AgentEventQueue.limit + 3 { state.publish(.leaving(requests: number)) }
        let heard = [await events.next(), await events.next()]
        #expect(heard == [.leaving(requests: 3), .leaving(requests: 4)])
    }

    @Test func `what has happened is told to the end`() async {
        let events = state.subscribe()
        state.publish(.leaving(requests: 1))
        state.publish(request)
        state.stopped()
        var told: [AgentEvent] = []
        for await event in events { told.append(event) }
        #expect(told == [.leaving(requests: 1), request])
    }

    @Test func `a subscriber that wants a pause loses nothing by it`() async {
        var events = state.subscribe(pause: .milliseconds(5)).makeAsyncIterator()
        for number in 0..<3 {
            state.publish(.leaving(requests: number))
            state.publish(.removed(name: "app"))
            let heard = [await events.next(), await events.next()]
            #expect(heard == [.leaving(requests: number), .removed(name: "app")])
        }
        state.stopped()
        let afterwards = await events.next()
        #expect(afterwards == nil)
    }

    @Test func `whoever waits is woken`() async {
        let events = state.subscribe()
        async let told = events.first { $0 == .leaving(requests: 1) }
        await Task.yield()
        state.publish(.leaving(requests: 1))
        let heard = await told
        #expect(heard == .leaving(requests: 1))
    }

    @Test func `of what is to be served, the HTTP endpoints that an edge serves are probed`() throws {
        final class Tunnel {}
        let (tunnel, target) = (Tunnel(), try OriginTarget("8080"))
        try state.replace([
            .tcp(target, port: nil), Endpoint(name: "first", target: target), Endpoint(name: "second", target: target),
        ])
        let serials = state.wanted.map(\.serial)
        #expect(state.servingHTTP.isEmpty)
        for serial in [serials[0], serials[2]] {
            let answer = Registered(ref: serial, binding: "b\(serial)", host: "h", url: "https://h", mode: "edge")
            state.registered(answer, serial: serial, in: tunnel)
        }
        #expect(state.servingHTTP.mapValues(\.name) == [serials[2]: "second"])
        state.tunnelEnded(tunnel)
        #expect(state.servingHTTP.isEmpty)
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
