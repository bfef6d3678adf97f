import HTTPFields

/// What a visitor asks of the app.
///
/// Everything in it was written by a stranger. The edge has checked that it is well-formed HTTP and nothing else.
public struct VisitorRequest: Sendable {
    /// `GET`, `POST` and so on, as it was sent.
    public let method: String
    /// The path with its query, still percent-encoded.
    public let path: String
    /// The public host name that was asked for.
    public let host: String
    /// All fields besides; `x-forwarded-for` names the visitor's address, as the edge saw it.
    public let headers: HeaderFields
    /// What comes after the head; empty when there is nothing.
    public let body: VisitorBody

    /// A request as a visitor might send it, with which a handler can be tried without a tunnel.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path with its query.
    ///   - host: The public host name.
    ///   - headers: The header fields.
    ///   - body: The whole body.
    public init(
        method: String = "GET",
        path: String = "/",
        host: String = "localhost",
        headers: HeaderFields = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.headers = headers
        self.body = VisitorBody(.whole(body))
    }

    /// A request that a tunnel brings; nil for one without a method or path.
    init?(_ fields: FieldSection, _ line: VisitLine) {
        guard let method = fields.string(":method"), let path = fields.string(":path") else { return nil }
        self.method = method
        self.path = path
        host = fields.string(":authority") ?? fields.string("host") ?? ""
        headers = HeaderFields(fields)
        body = VisitorBody(.line(line))
    }
}
