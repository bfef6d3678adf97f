import HTTPFields

extension FieldSection {
    /// Whether the response to this request has no body, whatever its head says.
    var isHead: Bool { firstIndex(of: .method).map { valueIs("HEAD", at: $0) } ?? false }

    /// Whether it asks for a tunnel, of whatever kind (RFC 9113, 8.5; RFC 8441).
    var isConnect: Bool { firstIndex(of: .method).map { valueIs("CONNECT", at: $0) } ?? false }

    /// Whether the request may be sent twice without doing more than once (RFC 9110, 9.2.2).
    var isIdempotent: Bool {
        guard let method = first(.method) else { return false }
        return ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains { method.elementsEqual($0.utf8) }
    }
}
