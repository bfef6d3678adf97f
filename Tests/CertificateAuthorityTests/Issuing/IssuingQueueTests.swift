import Foundation
import Synchronization
import Testing

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(1)))
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
                try await queue.run {
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
        try await withBusyQueue(.init(places: 1)) { queue, release in
            let error = await #expect(throws: IssuerRefusal.self) { try await queue.run {} }
            #expect(error?.code == .tooMany)
            release()
        }
    }

    @Test func `whoever waited too long is turned away, and nothing is done for him`() async throws {
        let isDone = Mutex(false)
        try await withBusyQueue(.init(places: 2, patience: .zero)) { queue, release in
            async let late: Void = queue.run { isDone.withLock { $0 = true } }
            release()
            let error = await #expect(throws: IssuerRefusal.self) { try await late }
            #expect(error?.code == .unavailable)
        }
        #expect(isDone.withLock { !$0 })
    }
}
