/// One line of the list: what is known of an exchange without opening it, secrets already taken out.
package struct ExchangeSummary: Codable, Sendable, Equatable, Identifiable {
    /// How far the exchange has come.
    package enum Phase: String, Codable, Sendable {
        /// Something may still arrive.
        case open
        /// It ended as HTTP means it to.
        case done
        /// It broke off; ``ExchangeSummary/error`` says how.
        case failed
    }

    /// What is carried, as far as the heads tell it.
    package enum Kind: String, Codable, Sendable {
        case http, websocket, sse, grpc
    }

    /// Counts up from 1 for as long as the agent runs.
    package let id: Int
    /// The name of the endpoint that served it.
    package let endpoint: String
    /// When its head arrived at the agent: ISO 8601 in UTC, with milliseconds.
    package let began: String
    package let method: String
    package let host: String
    /// The target as it was asked for, query included, cut to ``ExchangeLimits/pathBytes``.
    package internal(set) var path: String
    /// Of the final response; nil until there is one.
    package internal(set) var status: Int?
    package internal(set) var phase: Phase
    package internal(set) var kind: Kind
    /// All bytes of the body, kept or not.
    package internal(set) var requestBytes: Int
    package internal(set) var responseBytes: Int
    /// From the head of the request to the end of the stream; nil while it is open.
    package internal(set) var durationMilliseconds: Double?
    /// Why it failed, in a sentence.
    package internal(set) var error: String?
    /// The exchange that this one repeats.
    package let replayOf: Int?

    private enum CodingKeys: String, CodingKey {
        case id, endpoint, began, method, host, path, status, phase, kind
        case requestBytes = "request_bytes"
        case responseBytes = "response_bytes"
        case durationMilliseconds = "duration_ms"
        case error
        case replayOf = "replay_of"
    }
}
