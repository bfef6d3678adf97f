/// Why the edge answers in place of an origin.
///
/// The sentence goes to the visitor; the error names follow RFC 9209, 2.3.
enum EdgeFailure {
    case unknownHost, agentOffline, tunnelLost, streamRefused, badResponse, unsupported

    var status: Int {
        switch self {
        case .unknownHost: 404
        case .agentOffline: 503
        case .tunnelLost, .streamRefused, .badResponse: 502
        case .unsupported: 501
        }
    }

    /// The `error` parameter of Proxy-Status.
    var proxyStatus: String {
        switch self {
        case .unknownHost: "destination_not_found"
        case .agentOffline: "destination_unavailable"
        case .tunnelLost: "connection_terminated"
        case .streamRefused: "connection_refused"
        case .badResponse: "http_protocol_error"
        case .unsupported: "http_request_denied"
        }
    }

    var sentence: String {
        switch self {
        case .unknownHost: "Nothing is served under this name here."
        case .agentOffline: "The device that serves this name is not connected. Its owner can start osm-agent there."
        case .tunnelLost: "The connection to the device was lost while it was answering."
        case .streamRefused: "The device did not take the request."
        case .badResponse: "The device sent a response that is not valid HTTP."
        case .unsupported: "This edge does not carry this kind of request."
        }
    }

    /// Seconds after which a visitor may try again.
    var retryAfter: Int? {
        switch self {
        case .agentOffline: 5
        case .unknownHost, .tunnelLost, .streamRefused, .badResponse, .unsupported: nil
        }
    }
}
