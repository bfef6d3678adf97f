import HTTPFields

extension FieldSection {
    /// Whether the response to this request has no body, whatever its head says.
    var isHead: Bool { first(.method)?.elementsEqual("HEAD".utf8) ?? false }

    /// Whether the request may be sent twice without doing more than once (RFC 9110, 9.2.2).
    var isIdempotent: Bool {
        guard let method = first(.method) else { return false }
        return ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains { method.elementsEqual($0.utf8) }
    }
}
