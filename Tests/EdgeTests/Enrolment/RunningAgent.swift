import Agent

/// An agent that runs in this process for as long as a test looks at it.
enum RunningAgent {
    /// Why a wait ended.
    struct NeverHappened: Error, CustomStringConvertible { let description: String }

    static func run(_ agent: AgentService, _ body: @escaping @Sendable (AgentState) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await agent.run()
                return false
            }
            group.addTask {
                try await body(agent.state)
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() { if isDone { return } }
        }
    }

    /// Looks again and again; the time limit of the test is the end of it.
    static func until(_ what: String, _ condition: @Sendable () async throws -> Bool) async throws {
        while try await !condition() {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { throw NeverHappened(description: what) }
        }
    }
}

extension AgentState {
    /// Waits until the agent is as it should be.
    func reaches(_ condition: @escaping @Sendable (AgentStatus) -> Bool) async throws {
        let events = subscribe(to: .changes)
        if condition(current) { return }
        for await _ in events where condition(current) { return }
        throw RunningAgent.NeverHappened(description: "the agent ended: \(current)")
    }
}
