extension Tunnel {
    /// What a tunnel is doing.
    ///
    /// Another case would be a new major version of the library.
    public enum State: Sendable, Equatable {
        /// It dials, or waits for the edge to give the name.
        case connecting
        /// Visitors reach the app by this URL.
        case serving(url: String)
        /// Something failed that may pass by itself; the agent tries again without end, in the case of a lost edge after
        /// the time that is given.
        case waiting(problem: String, retryIn: Duration?)
        /// It will not be served, whoever tries again; the last state.
        case refused(TunnelError)
        /// The app closed it; the last state.
        case closed

        /// The URL while visitors reach the app by it.
        public var url: String? {
            if case .serving(let url) = self { url } else { nil }
        }
    }
}

extension Tunnel.State {
    /// What an agent with one endpoint amounts to while it runs.
    init(_ status: AgentStatus) {
        let endpoint = status.endpoints.first
        let retry = status.tunnels.compactMap(\.retryInSeconds).min().map { Duration.milliseconds($0 * 1000) }
        switch (endpoint?.state, status.phase) {
        case (.serving, _): self = endpoint?.url.map { .serving(url: $0) } ?? .connecting
        case (.waiting, .waiting), (.refused, .waiting), (.stopped, .waiting), (nil, .waiting):
            self = .waiting(problem: status.problem ?? "No edge can be reached.", retryIn: retry)
        case (.waiting, .connected):
            self = endpoint?.problem.map { .waiting(problem: $0, retryIn: nil) } ?? .connecting
        case (.waiting, .connecting), (.waiting, .stopped), (.refused, _), (.stopped, _), (nil, _): self = .connecting
        }
    }
}
