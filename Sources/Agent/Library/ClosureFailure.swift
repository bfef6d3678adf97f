/// Why the app gave no answer, or not all of it.
enum ClosureFailure: Error, Equatable {
    /// The handler threw, or what it answered cannot be sent.
    case failed
    /// The handler neither answered nor asked for more of the request.
    case late
    /// The handler did not want so long a body.
    case tooLarge
    /// As many handlers are at work as may be.
    case busy
    /// The app stopped the handler, because it closes.
    case cancelled
    /// The handler answers requests, not WebSockets.
    case noWebSocket

    /// What the visitor is told; the cause is for the log alone.
    var answer: AgentAnswer {
        switch self {
        case .failed:
            AgentAnswer(
                status: "500",
                sentence: "The app failed to answer.",
                proxyStatus: "destination_unavailable"
            )
        case .late:
            AgentAnswer(
                status: "504",
                sentence: "The app did not answer in time.",
                proxyStatus: "http_response_timeout"
            )
        case .tooLarge:
            AgentAnswer(
                status: "413",
                sentence: "The app does not take a body of that length.",
                proxyStatus: "http_request_denied"
            )
        case .busy: Self.later("The app is busy: it answers as many requests as it may.", "connection_limit_reached")
        case .cancelled: Self.later("The app is closing.", "destination_unavailable")
        case .noWebSocket:
            AgentAnswer(
                status: "501",
                sentence: "The app takes no WebSockets.",
                proxyStatus: "http_request_denied"
            )
        }
    }

    private static func later(_ sentence: String, _ proxyStatus: String) -> AgentAnswer {
        AgentAnswer(status: "503", sentence: sentence, proxyStatus: proxyStatus, field: ("retry-after", "1"))
    }
}
