/// A parser of bytes from outside, with what must hold of it whatever the bytes are.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case http1Request = "http1-request"
    case http1Response = "http1-response"
    case http2Server = "http2-server"
    case http2Client = "http2-client"
    case agentMessages = "agent-messages"
    case edgeMessages = "edge-messages"
    case datagramCapsules = "datagram-capsules"
    case hostName = "host-name"
    case goAwayNotice = "go-away-notice"
    case proxyHeader = "proxy-header"
    case operatorBundle = "operator-bundle"
    case certificates
    case revocationList = "revocation-list"

    /// Feeds the parser; a throw, like a trap, is a finding.
    package func run(_ bytes: [UInt8]) throws {
        switch self {
        case .http1Request: try HTTP1Invariants.request(bytes)
        case .http1Response: try HTTP1Invariants.response(bytes)
        case .http2Server: try HTTP2Invariants.server(bytes)
        case .http2Client: try HTTP2Invariants.client(bytes)
        case .agentMessages: try ControlInvariants.agentMessages(bytes)
        case .edgeMessages: try ControlInvariants.edgeMessages(bytes)
        case .datagramCapsules: try CapsuleInvariants.datagrams(bytes)
        case .hostName: try NameInvariants.hostName(bytes)
        case .goAwayNotice: try ControlInvariants.goAwayNotice(bytes)
        case .proxyHeader: try ProxyInvariants.header(bytes)
        case .operatorBundle: try TrustInvariants.operatorBundle(bytes)
        case .certificates: try TrustInvariants.certificates(bytes)
        case .revocationList: try TrustInvariants.revocationList(bytes)
        }
    }
}

/// What did not hold, in a sentence.
package struct BrokenInvariant: Error, CustomStringConvertible {
    package let description: String
}

/// Throws when a condition that must hold does not.
func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
    guard condition else { throw BrokenInvariant(description: sentence()) }
}
