import Agent
import ServiceLifecycle

/// The agent, and besides it whoever tells its supervisor how it is.
struct SupervisedService: Service {
    let service: any Service
    let state: AgentState
    let supervisor: Supervisor?
    /// How long it may take to end.
    let patience: Duration

    /// Runs the agent; what it throws is thrown.
    func run() async throws {
        guard let supervisor else { return try await service.run() }
        let events = state.subscribe(to: .changes, pause: .seconds(1))
        supervisor.ready()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor.beat() }
            group.addTask { await report(events, to: supervisor) }
            group.addTask {
                try await gracefulShutdown()
                supervisor.stopping(within: patience)
            }
            // These have no end of their own: it comes with the agent's.
            defer { group.cancelAll() }
            try await service.run()
        }
    }

    private func report(_ events: AgentEvents, to supervisor: Supervisor) async {
        var said = StatusLine.of(state.current)
        supervisor.says(said)
        for await _ in events {
            let line = StatusLine.of(state.current)
            guard line != said else { continue }
            said = line
            supervisor.says(line)
        }
    }
}
