#if DEBUG || FUZZING
import HTTP1
import HTTPFields
import NIOCore
import TunnelProtocol

@testable import Agent
@testable import Edge

/// What a visitor sends arrives at the origin as one request for the same thing, with the edge's own word on who asks.
enum ForwardingInvariants {
    /// A head of HTTP/1.1, however it was cut.
    static func http1(_ bytes: [UInt8]) throws {
        var buffer = ByteBuffer(bytes: bytes)
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        let part: HTTP1RequestParser.Part?
        do throws(HTTP1Error) { part = try parser.next(&buffer) } catch { return }
        guard case .head(let head)? = part else { return }
        try check(Edge.VisitorRequest(head))
    }

    /// Fields of HTTP/2 as a library could hand them on that checks nothing at all.
    static func http2(_ bytes: [UInt8]) throws {
        let fields = WrittenLines.fields(bytes)
        let head: HTTP2RequestHead
        do throws(HTTP1Error) { head = try HTTP2RequestHead(fields) } catch { return }
        try check(Edge.VisitorRequest(head, fields: fields, endsWithHead: bytes.count % 2 == 0))
    }

    private static func check(_ request: Edge.VisitorRequest) throws {
        guard request.kind != .unsupported,
            let authority = request.authority.map({ String(decoding: $0, as: UTF8.self).lowercased() }),
            HostName(authority) != nil
        else { return }
        let forwarded = try forwarded(request, authority)
        try checkOwnFields(forwarded)
        let head: HTTP2RequestHead
        do throws(HTTP1Error) { head = try HTTP2RequestHead(folded(forwarded)) } catch {
            throw BrokenInvariant(description: "what an edge sends is refused as a request: \(error)")
        }
        try require(head.target.elementsEqual(request.target), "another target is forwarded")
        try require(head.authority.elementsEqual(authority.utf8), "another host is forwarded")
        try checkOrigin(request, forwarded, authority)
    }

    private static func forwarded(_ request: Edge.VisitorRequest, _ authority: String) throws -> FieldSection {
        let loopback = IPAddress("127.0.0.1")
        let visitor = VisitorIdentity(
            peer: loopback,
            authority: authority,
            fields: request.fields,
            trusted: try TrustedProxies(["loopback"]),
            publicScheme: "https"
        )
        var generator = SystemRandomNumberGenerator()
        let trace = TraceContext(fields: request.fields, using: &generator)
        return ForwardedRequest(
            request,
            authority: authority,
            visitor: visitor,
            trace: trace,
            requestID: "r1"
        ).fields
    }

    /// Names in small letters, as the session writes them.
    private static func folded(_ fields: FieldSection) -> FieldSection {
        var folded = FieldSection()
        for index in fields.entries.indices {
            let name = fields.name(at: index).map(\.lowercasedASCII)
            folded.append(name: WrittenLines.view(name), value: fields.value(at: index))
        }
        return folded
    }

    /// Once and in the edge's own words, and in no other spelling that an origin may take for the same.
    private static let own = [
        "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "traceparent", "x-forwarded-for",
    ]
    private static let ended = [
        "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "expect",
        "x-forwarded-port", "x-real-ip", "http2-settings",
    ]

    private static func checkOwnFields(_ fields: FieldSection) throws {
        try fields.requireCleanFields()
        for index in fields.entries.indices {
            let name = fields.name(at: index)
            for own in own where name.mayPassFor(own) {
                try require(fields.values(own).count == 1, "\(own) stands more than once")
                try require(fields.nameEquals(own, at: index), "another spelling of \(own) is forwarded")
            }
            try require(!ended.contains { fields.nameEquals($0, at: index) }, "a field of one hop is forwarded")
        }
        try require(fields.values("x-request-id") == [Array("r1".utf8)], "a visitor says which request it is")
    }

    // MARK: At the agent

    private static func checkOrigin(
        _ request: Edge.VisitorRequest,
        _ fields: FieldSection,
        _ authority: String
    ) throws {
        let written: OriginRequest
        do throws(HTTP1Error) {
            written =
                request.kind == .webSocket
                ? try OriginRequest(webSocket: fields) : try OriginRequest(fields, hasBody: request.hasBody)
        } catch {
            return  // the visitor is told that it cannot be written
        }
        var buffer = written.head
        var parser = HTTP1RequestParser(limits: roomy)
        guard case .head(let head)? = try parser.next(&buffer) else {
            throw BrokenInvariant(description: "what an origin gets is not one head")
        }
        try require(buffer.readableBytes == 0, "something follows the head that an origin gets")
        try require(head.target.elementsEqual(request.target), "an origin is asked for something else")
        try require(head.authority?.elementsEqual(authority.utf8) == true, "an origin is asked by another name")
        try require(head.fields.values("cookie").count <= 1, "an origin gets several cookie fields")
        let isUpgrade = head.upgrade != nil
        try require(isUpgrade == (request.kind == .webSocket), "an origin is asked for another protocol")
        guard !isUpgrade else { return }
        try require(head.method.elementsEqual(request.method), "an origin gets another method")
        try require(written.isChunked == (head.framing == .chunked), "the body is framed in another way than it says")
    }

    /// The agent's words come on top of what the edge let in.
    private static let roomy: HTTP1Limits = {
        var limits = HTTP1Limits()
        limits.startLine *= 2
        limits.head *= 2
        limits.fields *= 2
        return limits
    }()
}
#endif
