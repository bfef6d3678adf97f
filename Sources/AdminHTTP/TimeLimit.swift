/// Runs `work` and cancels it once `limit` has passed.
///
/// Work that ignores cancellation delays the answer: the child task is awaited in any case.
///
/// - Throws: ``AdminError`` with `timedOut` when the limit came first, otherwise what `work` throws.
func within<Value: Sendable>(
    _ limit: Duration,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw AdminError(.timedOut)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
