import HTTP1
import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct ForwardedRequestTests {
    private func lines(_ fields: [String], visitor: String? = "192.0.2.7", start: String = "GET /a?b=c HTTP/1.1") throws
        -> [String]
    {
        let request = VisitorRequest(try parsedHead([start, "Host: App.T.Example:8080"] + fields))
        let authority = "app.t.example:8080"
        var generator = IdentifierGenerator()
        let sent = ForwardedRequest(
            request,
            authority: authority,
            visitor: VisitorIdentity(
                peer: IPAddress(try visitor.map { try SocketAddress(ipAddress: $0, port: 50_000) }),
                authority: authority,
                fields: request.fields,
                trusted: .none,
                publicScheme: "https"
            ),
            trace: TraceContext(fields: request.fields, using: &generator),
            requestID: "r-1"
        ).fields.lines
        let traces = sent.filter { $0.hasPrefix("traceparent: 00-") }
        #expect(traces.count == 1)
        return sent.filter { !traces.contains($0) }
    }

    private static let pseudo = [":method: GET", ":scheme: https", ":authority: app.t.example:8080", ":path: /a?b=c"]
    private static let own = [
        "x-forwarded-for: 192.0.2.7", "x-forwarded-proto: https", "x-forwarded-host: app.t.example:8080",
        "forwarded: for=192.0.2.7;host=\"app.t.example:8080\";proto=https",
        "x-request-id: r-1",
    ]

    @Test func `a bare request has the four pseudo-header fields first and the edge's own last`() throws {
        #expect(try lines([]) == Self.pseudo + Self.own)
    }

    @Test func `a visitor's fields are passed on in their order`() throws {
        let passed = ["accept: */*", "cookie: a=1", "cookie: b=2", "authorization: Basic eA==", "x-empty: "]
        #expect(try lines(passed) == Self.pseudo + passed + Self.own)
    }

    @Test(
        arguments: [
            "Connection: keep-alive", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABk", "TE: gzip", "Expect: 100-continue",
        ]
    )
    func `what belongs to one connection ends here`(field: String) throws {
        let start = "POST /a?b=c HTTP/1.1"
        let length = "content-length: 1"
        #expect(try lines([field, length], start: start) == lines([length], start: start))
    }

    @Test func `a transfer coding ends here`() throws {
        let sent = try lines(["Transfer-Encoding: chunked"], start: "POST /a?b=c HTTP/1.1")
        #expect(!sent.contains { $0.hasPrefix("transfer-encoding") })
    }

    @Test func `what Connection names ends here`() throws {
        #expect(try lines(["Connection: X-Hop, close", "x-hop: 1", "X-HOP: 2"]) == lines([]))
    }

    @Test func `TE may ask for trailers`() throws {
        #expect(try lines(["TE: trailers"]).contains("te: trailers"))
    }

    @Test(
        arguments: [
            "X-Forwarded-For: 10.0.0.1", "x-forwarded-proto: http", "X-FORWARDED-HOST: admin", "X-Forwarded-Port: 1",
            "X-Real-IP: 10.0.0.1", "Forwarded: for=10.0.0.1", "X-Request-Id: forged", "X_Forwarded_For: 10.0.0.1",
            "x_forwarded-host: admin", "X_Real_IP: 10.0.0.1", "X-Request_ID: forged", "traceparent: forged",
            "tracestate: a=b",
        ]
    )
    func `what a visitor says of itself is dropped`(field: String) throws {
        #expect(try lines([field, field]) == lines([]))
    }

    @Test(arguments: ["x-forwarded-foo: 1", "x-forwarded-fo: 1", "x_custom: 1", "forwarded-by: 1", "hos: 1"])
    func `a name that only resembles one of ours is passed on`(field: String) throws {
        #expect(try lines([field]).contains(field))
    }

    @Test func `Connection cannot take away what the edge writes`() throws {
        #expect(try lines(["Connection: x-forwarded-for, x-request-id"]) == lines([]))
    }

    @Test func `a visitor over IPv4 is so named on a listener for both families`() throws {
        #expect(try lines([], visitor: "::ffff:192.0.2.7") == lines([]))
        #expect(try lines([], visitor: "2001:db8::7").contains("x-forwarded-for: 2001:db8::7"))
    }

    @Test func `nothing is said of an unknown visitor`() throws {
        #expect(try !lines(["X-Forwarded-For: 10.0.0.1"], visitor: nil).contains { $0.hasPrefix("x-forwarded-for") })
    }

    @Test func `a WebSocket is an extended CONNECT without its key`() throws {
        let version = "sec-websocket-version: 13"
        let sent = try lines([
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", version,
        ])
        let pseudo = [":method: CONNECT", ":protocol: websocket"] + Self.pseudo.dropFirst()
        #expect(sent == pseudo + [version] + Self.own)
    }

    @Test func `an absolute target is forwarded as its path`() throws {
        let sent = try lines([], start: "GET http://app.t.example:8080/x?y HTTP/1.1")
        #expect(sent.contains(":path: /x?y"))
    }

    @Test func `OPTIONS for the whole server keeps its star`() throws {
        #expect(try lines([], start: "OPTIONS * HTTP/1.1").contains(":path: *"))
    }
}
