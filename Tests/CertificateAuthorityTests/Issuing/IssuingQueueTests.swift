import Foundation
import Testing
import TunnelProtocol

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct IssuingQueueTests {
    /// A queue whose thread is busy until `body` returns.
    private func withBusyQueue(
        _ limits: IssuingQueue.Limits,
        _ body: (IssuingQueue, _ release: @Sendable () -> Void) async throws -> Void
    ) async throws {
        let queue = IssuingQueue(limits: limits)
        let gate = DispatchSemaphore(value: 0)
        let hasBegun = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await queue.runInAnyCase {
                    hasBegun.continuation.yield()
                    gate.wait()
                }
            }
            for await _ in hasBegun.stream { break }
            do {
                try await body(queue) { gate.signal() }
            } catch {
                gate.signal()
                throw error
            }
            try await group.waitForAll()
        }
        try await queue.stop()
    }

    @Test func `whoever finds no place is told that there are too many`() async throws {
        try await withBusyQueue(.init(places: 0)) { queue, release in
            let error = await #expect(throws: IssuerRefusal.self) { try await queue.run {} }
            #expect(error?.code == .tooMany)
            release()
        }
    }

    @Test func `whoever waited too long is turned away, and nothing is done for him`() async throws {
        let (work, begun) = AsyncStream.makeStream(of: Void.self)
        try await withBusyQueue(.init(places: 1, patience: .zero)) { queue, release in
            let code = await withTaskGroup(of: IssuanceRefusal?.self) { group in
                group.addTask {
                    do {
                        try await queue.run { _ = begun.yield() }
                        return nil
                    } catch {
                        return (error as? IssuerRefusal)?.code
                    }
                }
                release()
                return await group.next() ?? nil
            }
            #expect(code == .unavailable)
        }
        begun.finish()
        #expect(await work.reduce(0) { count, _ in count + 1 } == 0)
    }
}
