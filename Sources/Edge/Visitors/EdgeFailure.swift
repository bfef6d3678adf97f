import HTTPFields
import NIOCore

/// Why the edge answers in place of an origin.
///
/// The sentences go to the visitor, whoever that is; they tell it nothing that its own request has not shown. The error
/// names follow RFC 9209, 2.3. The raw value is what the access log says.
enum EdgeFailure: String, CaseIterable {
    case unknownHost = "unknown_host"
    case starting
    case agentOffline = "agent_offline"
    case tunnelLost = "tunnel_lost"
    case streamRefused = "stream_refused"
    case badResponse = "bad_response"
    case unsupported
    case originRefused = "origin_refused"
    case originTimeout = "origin_timeout"
    case originBroke = "origin_broke"
    case overloaded
    case tooManyConnections = "too_many_connections"
    case bodyTimeout = "body_timeout"

    /// How far a request came.
    enum Hop: Int, CaseIterable, Comparable {
        case visitor, edge, device, origin

        static func < (left: Hop, right: Hop) -> Bool { left.rawValue < right.rawValue }
    }

    /// The hop that failed.
    var hop: Hop {
        switch self {
        case .bodyTimeout, .tooManyConnections: .visitor
        case .unknownHost, .starting, .unsupported, .overloaded: .edge
        case .agentOffline, .tunnelLost, .streamRefused: .device
        case .badResponse, .originRefused, .originTimeout, .originBroke: .origin
        }
    }

    var status: Int {
        switch self {
        case .unknownHost: 404
        case .bodyTimeout: 408
        case .tooManyConnections: 429
        case .unsupported: 501
        case .tunnelLost, .streamRefused, .badResponse, .originRefused, .originBroke: 502
        case .starting, .agentOffline, .overloaded: 503
        case .originTimeout: 504
        }
    }

    /// The `error` parameter of Proxy-Status; nil where no proxy failed.
    var proxyStatus: String? {
        switch self {
        case .unknownHost: "destination_not_found"
        case .starting, .agentOffline: "destination_unavailable"
        case .tunnelLost: "connection_terminated"
        case .streamRefused: "destination_unavailable"
        case .badResponse: "http_protocol_error"
        case .unsupported: "http_request_denied"
        case .originRefused: "connection_refused"
        case .originTimeout: "http_response_timeout"
        case .originBroke: "http_response_incomplete"
        case .overloaded: "proxy_internal_response"
        case .tooManyConnections: "http_request_denied"
        case .bodyTimeout: nil
        }
    }

    /// Reads what an agent answered in place of its origin; nil when the response is an origin's own.
    ///
    /// An origin that writes such a field itself gets the page that it asks for.
    init?(answeredByAgent fields: FieldSection) {
        // By bytes: to strings a Greek question mark is a semicolon.
        guard let value = fields.first(.proxyStatus), value.starts(with: Self.agentsWord.utf8) else { return nil }
        switch String(decoding: value.dropFirst(Self.agentsWord.utf8.count), as: UTF8.self) {
        case "connection_refused", "destination_ip_unroutable", "dns_error": self = .originRefused
        case "http_response_timeout", "connection_timeout": self = .originTimeout
        case "connection_terminated", "http_response_incomplete": self = .originBroke
        case "http_protocol_error": self = .badResponse
        default: return nil
        }
    }

    private static let agentsWord = "osm-agent; error="

    /// What happened.
    var sentence: String {
        switch self {
        case .unknownHost: "Nothing is served under this name here."
        case .starting: "Nobody serves this name at the moment."
        case .agentOffline: "The device that serves this name is not connected."
        case .tunnelLost: "The connection to the device was lost while it was answering."
        case .streamRefused: "The device did not take the request."
        case .badResponse: "The response that came back is not valid HTTP."
        case .unsupported: "This edge does not carry this kind of request."
        case .originRefused: "The device is connected, but nothing answers there under this name."
        case .originTimeout: "The service behind the device did not answer in time."
        case .originBroke: "The service behind the device broke off before it answered."
        case .overloaded: "This edge is busy and takes no new requests for the moment."
        case .tooManyConnections: "There are too many connections from this address."
        case .bodyTimeout: "The request took too long to arrive."
        }
    }

    /// What the owner of the name can do about it; nil where there is nothing.
    var hint: String? {
        switch self {
        case .unknownHost: "Is it yours? Check the spelling, then start osm-agent with this name."
        case .agentOffline: "Is it yours? Start osm-agent on the device, or see what `osm-agent status` says."
        case .tunnelLost: "Try again in a moment. Is it yours? `osm-agent status` says whether it is connected again."
        case .starting, .streamRefused: "Try again in a moment."
        case .badResponse, .originTimeout, .originBroke:
            "Is it yours? The log of the service that osm-agent forwards to may say more."
        case .originRefused: "Is it yours? Start the service that osm-agent forwards to."
        case .overloaded, .tooManyConnections: "Try again in a moment."
        case .unsupported, .bodyTimeout: nil
        }
    }

    /// Seconds after which a visitor may try again.
    var retryAfter: Int? {
        switch self {
        case .starting: 2
        case .agentOffline: 5
        case .overloaded, .tooManyConnections: 10
        case .unknownHost, .tunnelLost, .streamRefused, .badResponse, .unsupported, .originRefused, .originTimeout,
            .originBroke, .bodyTimeout:
            nil
        }
    }
}
