import NIOCore
import Synchronization
import Testing

@testable import Inspector

/// Requests on their second way.
@Suite(.timeLimit(.minutes(1)))
struct ReplayDeskTests {
    private let log = ExchangeLog(pace: .milliseconds(5))

    /// Runs a desk for as long as `body` runs.
    private func withDesk(_ desk: ReplayDesk, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await desk.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `does not wait for a request to end`() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let log = log
        let desk = ReplayDesk(log: log) { request in
            _ = log.record(endpoint: request.endpoint, request: request.fields, replayOf: request.replayOf)
            for await _ in gate {}
        }
        let id = log.pass(.request())
        let request = try log.replay(of: id)
        try await withDesk(desk) {
            let outcome = await desk.replay(request)
            #expect(outcome == .began(id: id + 1))
            opener.finish()
        }
    }

    @Test func `says when nothing was seen of it`() async throws {
        let desk = ReplayDesk(log: log, patience: .milliseconds(20)) { _ in }
        let request = try log.replay(of: log.pass(.request()))
        try await withDesk(desk) {
            let outcome = await desk.replay(request)
            #expect(outcome == .unseen)
        }
    }

    @Test func `takes no earlier repetition for the new one`() async throws {
        let log = log
        let desk = ReplayDesk(log: log) { log.pass($0) }
        let id = log.pass(.request())
        let request = try log.replay(of: id)
        try await withDesk(desk) {
            let outcomes = [await desk.replay(request), await desk.replay(request)]
            #expect(outcomes == [.began(id: id + 1), .began(id: id + 2)])
        }
    }

    @Test func `refuses when as many wait as there is room for`() async throws {
        let desk = ReplayDesk(log: log, patience: .milliseconds(5)) { _ in }
        let request = try log.replay(of: log.pass(.request()))
        // Nobody runs the desk, so everything waits.
        for _ in 0..<16 { #expect(await desk.replay(request) == .unseen) }
        #expect(await desk.replay(request) == .busy)
    }
}
