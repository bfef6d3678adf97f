import NIOCore

/// Why a request was not sent again.
package struct ReplayFailure: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The agent has no such endpoint, any more or at all.
        case unknownEndpoint = "unknown_endpoint"
        /// There is no way to the endpoint within the process.
        case noConnection = "no_connection"
        /// No tunnel would carry it.
        case refused
        case timedOut = "timed_out"
        case cancelled
    }

    package let code: Code
    /// What failed and what to do next, for the person who asked.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension ReplayFailure {
    static func unknownEndpoint(_ label: String) -> ReplayFailure {
        ReplayFailure(.unknownEndpoint, "the agent serves no http endpoint '\(label)' any more; start it again first")
    }

    static func noConnection(_ cause: any Error) -> ReplayFailure {
        ReplayFailure(.noConnection, "it has no way to its own endpoint (\(cause)); try again when less is under way")
    }

    static let refused = ReplayFailure(
        .refused,
        "no tunnel would carry its fields: they are too many, too long or not those of a request; change them"
    )

    static let timedOut = ReplayFailure(.timedOut, "the answer had not ended after \(Replay.deadline.seconds) seconds")

    static let cancelled = ReplayFailure(.cancelled, "the inspector was closed meanwhile")
}

extension TimeAmount {
    fileprivate var seconds: Int64 { nanoseconds / 1_000_000_000 }
}
