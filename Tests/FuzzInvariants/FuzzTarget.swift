/// A parser of bytes from outside, with what must hold of it whatever the bytes are.
///
/// Without one of their own are: what an operator writes (settings, files, flags; the bundle is read by others too), the
/// admin and metrics pages, whose HTTP is NIO's; TLS records, which are BoringSSL's but for the ServerHello; the sniffer of
/// HTTP/2 and the key of a WebSocket, which are compared and hashed, not parsed; and the responses of HTTP/2 origins,
/// which `http2-client` covers.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case http1Request = "http1-request"
    case http1Response = "http1-response"
    case http2Server = "http2-server"
    case http2Client = "http2-client"
    case agentMessages = "agent-messages"
    case edgeMessages = "edge-messages"
    case enrolment
    case datagramCapsules = "datagram-capsules"
    case hostName = "host-name"
    case goAwayNotice = "go-away-notice"
    case proxyHeader = "proxy-header"
    case operatorBundle = "operator-bundle"
    case certificates
    case revocationList = "revocation-list"

    // What is internal to a room can be reached in debug builds, and in those of the fuzzer.
    #if DEBUG || FUZZING
    case peerCertificate = "peer-certificate"
    case serverHello = "server-hello"
    case http1Forwarding = "http1-forwarding"
    case http2Forwarding = "http2-forwarding"
    case forwardedFields = "forwarded-fields"
    case traceContext = "trace-context"
    case errorFormat = "error-format"
    case stickyCookie = "sticky-cookie"
    case address
    case routes
    case certificateQuestion = "certificate-question"
    case tunnelResponse = "tunnel-response"
    case accessLogLine = "access-log-line"
    case visitorAddresses = "visitor-addresses"
    case folderPath = "folder-path"
    case fileConditions = "file-conditions"
    case webSocketFrames = "web-socket-frames"
    case eventStream = "event-stream"
    case grpcMessages = "grpc-messages"
    case redaction
    case inflate
    case connectAnswer = "connect-answer"
    case socksAnswer = "socks-answer"
    #endif

    /// Feeds the parser; a throw, like a trap, is a finding.
    package func run(_ bytes: [UInt8]) throws {
        switch self {
        case .http1Request: try HTTP1Invariants.request(bytes)
        case .http1Response: try HTTP1Invariants.response(bytes)
        case .http2Server: try HTTP2Invariants.server(bytes)
        case .http2Client: try HTTP2Invariants.client(bytes)
        case .agentMessages: try ControlInvariants.agentMessages(bytes)
        case .edgeMessages: try ControlInvariants.edgeMessages(bytes)
        case .enrolment: try EnrolmentInvariants.documents(bytes)
        case .datagramCapsules: try CapsuleInvariants.datagrams(bytes)
        case .hostName: try NameInvariants.hostName(bytes)
        case .goAwayNotice: try ControlInvariants.goAwayNotice(bytes)
        case .proxyHeader: try ProxyInvariants.header(bytes)
        case .operatorBundle: try TrustInvariants.operatorBundle(bytes)
        case .certificates: try TrustInvariants.certificates(bytes)
        case .revocationList: try TrustInvariants.revocationList(bytes)
        #if DEBUG || FUZZING
        case .peerCertificate: try PeerInvariants.certificate(bytes)
        case .serverHello: try HelloInvariants.serverHello(bytes)
        case .http1Forwarding: try ForwardingInvariants.http1(bytes)
        case .http2Forwarding: try ForwardingInvariants.http2(bytes)
        case .forwardedFields: try ForwardedInvariants.fields(bytes)
        case .traceContext: try TraceInvariants.fields(bytes)
        case .errorFormat: try VisitorFieldInvariants.errorFormat(bytes)
        case .stickyCookie: try VisitorFieldInvariants.stickyCookie(bytes)
        case .address: try VisitorFieldInvariants.address(bytes)
        case .routes: try RouteInvariants.routes(bytes)
        case .certificateQuestion: try RouteInvariants.certificateQuestion(bytes)
        case .tunnelResponse: try ResponseInvariants.tunnelResponse(bytes)
        case .accessLogLine: try LogInvariants.accessLogLine(bytes)
        case .visitorAddresses: try StreamInvariants.visitorAddresses(bytes)
        case .folderPath: try FolderInvariants.path(bytes)
        case .fileConditions: try FolderInvariants.conditions(bytes)
        case .webSocketFrames: try MessageInvariants.webSocketFrames(bytes)
        case .eventStream: try MessageInvariants.eventStream(bytes)
        case .grpcMessages: try MessageInvariants.grpcMessages(bytes)
        case .redaction: try RedactionInvariants.redaction(bytes)
        case .inflate: try InflateInvariants.inflate(bytes)
        case .connectAnswer: try DialInvariants.connectAnswer(bytes)
        case .socksAnswer: try DialInvariants.socksAnswer(bytes)
        #endif
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
