import HTTP2
import HTTPFields
import NIOCore

/// An answer that the agent gives itself, as a response and never as a reset: it names the hop that failed.
struct AgentAnswer {
    let status: String
    let sentence: String
    let proxyStatus: String
    /// What this status says besides, such as how to come in.
    let field: (name: String, value: String)?

    init(_ failure: OriginFailure) {
        self.init(status: failure.status, sentence: failure.sentence, proxyStatus: failure.proxyStatus)
    }

    init(status: String, sentence: String, proxyStatus: String, field: (name: String, value: String)? = nil) {
        self.status = status
        self.sentence = sentence
        self.proxyStatus = proxyStatus
        self.field = field
    }

    /// The request is for a name that this agent does not serve (RFC 9110, 15.5.20).
    static let misdirected = AgentAnswer(
        status: "421",
        sentence: "This agent does not serve that name.",
        proxyStatus: "destination_not_found"
    )

    static let malformed = AgentAnswer(
        status: "400",
        sentence: "The request cannot be written as HTTP/1.1.",
        proxyStatus: "http_request_error"
    )

    static let unsupported = AgentAnswer(
        status: "501",
        sentence: "This agent does not serve that kind of stream.",
        proxyStatus: "http_request_denied"
    )

    /// A request that the agent sent to itself has come round.
    static let probe = AgentAnswer(status: "200", sentence: "The probe came round.", proxyStatus: "")

    /// Answers and lets whatever the visitor still sends go.
    ///
    /// - Parameters:
    ///   - stream: The request's stream.
    ///   - handler: Its tunnel.
    ///   - isHead: Whether the request was a HEAD, whose answer has no body (RFC 9110, 9.3.2).
    func send(on stream: HTTP2Stream, _ handler: HTTP2Handler, toHead isHead: Bool = false) {
        let body = "\(status) from the agent\n\(sentence)\n"
        var fields = FieldSection(capacity: 256, fields: 6)
        fields.append(":status", status)
        fields.append("content-type", "text/plain; charset=utf-8")
        fields.append("content-length", String(body.utf8.count))
        fields.append("cache-control", "no-store")
        if !proxyStatus.isEmpty { fields.append("proxy-status", "osm-agent; error=\(proxyStatus)") }
        if let field { fields.append(field.name, field.value) }
        do {
            try handler.respond(fields, on: stream, ends: isHead)
            guard !isHead else { return }
            _ = handler.send(ByteBuffer(string: body), on: stream)
            handler.finish(stream)
        } catch {
            handler.reset(stream, .internalError)
        }
    }
}
