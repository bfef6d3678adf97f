import UnixSignals

/// Work that a signal to stop ends.
enum UntilSignal {
    /// Runs until the work is done, or a signal comes; then the work is cancelled, and that is a success.
    static func run(_ work: @Sendable @escaping () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { for await _ in signals { return } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
