import HTTP1
import NIOCore

/// Asks an HTTP proxy for a connection with CONNECT (RFC 9110, 9.3.6; RFC 9112, 3.2.3).
struct ConnectNegotiation: ProxyNegotiation {
    private let edge: EdgeAddress
    private let credentials: ProxyCredentials?
    private var parser: HTTP1ResponseParser

    /// A proxy's answer is short; what lies behind the head of a refusal is never read.
    private static var limits: HTTP1Limits {
        var limits = HTTP1Limits()
        limits.startLine = 1024
        limits.head = 16 * 1024
        limits.interimResponses = 4
        return limits
    }

    init(edge: EdgeAddress, credentials: ProxyCredentials?) {
        self.edge = edge
        self.credentials = credentials
        parser = HTTP1ResponseParser(limits: Self.limits)
    }

    mutating func begin() throws(ProxyRefusal) -> ByteBuffer {
        var request = ByteBuffer()
        let authority = ByteBuffer(string: edge.description).readableBytesView
        do throws(HTTP1Error) {
            try HTTP1Writer.requestLine(ByteBuffer(string: "CONNECT").readableBytesView, authority, into: &request)
            try HTTP1Writer.field("Host", authority, into: &request)
            if let credentials {
                let value = ByteBuffer(string: credentials.basic).readableBytesView
                try HTTP1Writer.field("Proxy-Authorization", value, into: &request)
            }
        } catch {
            throw ProxyRefusal(.failed, "the edge's name cannot be said to a proxy")
        }
        request.writeStaticString("\r\n")
        // The response to CONNECT has no body, whatever its fields say, just like that to HEAD.
        parser.expect(.head)
        return request
    }

    mutating func received(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep {
        guard let status = try status(&buffer) else { return .needsMore }
        switch status {
        case 200...299: return .open
        case 407: throw ProxyRefusal(credentials == nil ? .proxyNeedsPassword : .proxyRefusesPassword)
        case 403: throw ProxyRefusal(.proxyForbids)
        case 502, 503, 504: throw ProxyRefusal(.proxyCannotReach, "status \(status)")
        default: throw ProxyRefusal(.proxyRefused, "status \(status)")
        }
    }

    /// The status of the final response; nil while it is incomplete.
    private mutating func status(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> Int? {
        do throws(HTTP1Error) {
            while true {
                // The parser waits for the end of a head; what greets by itself, such as SSH, is told apart at once.
                guard zip(buffer.readableBytesView, "HTTP/1.".utf8).allSatisfy(==) else { throw .badStartLine }
                switch try parser.next(&buffer) {
                case .head(let head): return head.status
                case .interim: continue
                case .body, .end, .upgraded, nil: return nil
                }
            }
        } catch {
            throw ProxyRefusal(.proxyBroken, "no valid HTTP")
        }
    }
}
