import AdminHTTP
import Agent
import Logging
import ServiceLifecycle

/// Answers `osm-agent status` on the agent's socket file.
struct StatusService: Service {
    let address: AdminAddress
    let state: AgentState
    let logger: Logger

    func run() async throws {
        let state = state
        let routes: [String: AdminRoute] = [
            "/v1/status": .get { _ in
                do {
                    return .json(Array(try JSONText.of(state.current).utf8))
                } catch {
                    return .text("the status cannot be written\n", status: 500)
                }
            },
            "/readyz": .get { _ in
                state.current.phase == .connected ? .text("connected\n") : .text("not connected\n", status: 503)
            },
        ]
        do {
            try await cancelWhenGracefulShutdown { try await AdminServer(address, routes: routes).run() }
        } catch let error as AdminError {
            // The tunnel matters more than its status page: another agent may hold the socket.
            logger.warning("no local socket", metadata: ["error": "\(error)"])
            try? await gracefulShutdown()
        }
    }
}
