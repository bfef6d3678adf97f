/// How the end of a body is found (RFC 9112, 6.3).
package enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked
    /// Only in responses: the body ends with the connection.
    case untilClose
}
