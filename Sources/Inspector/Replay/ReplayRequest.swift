package import HTTPFields
package import NIOCore

/// A request that is sent again, whole and checked; secrets are in it.
package struct ReplayRequest: Sendable {
    /// The exchange that it repeats.
    package let replayOf: Int
    /// The endpoint that served that one.
    package let endpoint: String
    /// The head as a tunnel would bring it, pseudo-header fields first.
    package let fields: FieldSection
    package let body: ByteBuffer
}

/// Sends a request along the way that a visitor's takes, so that it appears in the log as one more exchange.
package typealias ReplaySender = @Sendable (ReplayRequest) async throws -> Void

/// Why a request is not sent again.
package struct ReplayRefusal: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notKept = "not_kept"
        case notRepeatable = "not_repeatable"
        case incomplete
        case truncated
        case method
        case path
        case field
        case body
        case hiddenSecret = "hidden_secret"
    }

    package let code: Code
    /// A sentence for the person who asked.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
