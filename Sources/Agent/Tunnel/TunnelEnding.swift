import NIOCore

/// How a tunnel, or the attempt at one, ended.
enum TunnelOutcome: Sendable {
    /// Dial again.
    case ended(problem: String, retryAfter: Duration?)
    /// The edge shuts down and lets the tunnel's streams finish; another tunnel is needed now.
    case draining
    /// Dialling again would bring the same.
    case stopped(AgentExit)
}

/// What a keeper has to know of a tunnel that needs another.
struct TunnelEnding: Sendable {
    let outcome: TunnelOutcome
    /// When the edge let the agent in, if it did.
    let welcomedAt: NIODeadline?
}
