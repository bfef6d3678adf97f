/// Why an HTTP/2 connection could not go on or a call on it was refused.
package struct HTTP2Error: Error, Equatable {
    package enum Code: String, Sendable {
        /// The library could not allocate what it needs.
        case outOfMemory = "out_of_memory"
        /// The peer broke the protocol so badly that the connection cannot go on.
        case protocolViolation = "protocol_violation"
        /// The peer sent more of something than the limits allow.
        case flooded
        /// No further stream can be opened: identifiers are used up or the peer said GOAWAY.
        case noNewStreams = "no_new_streams"
        /// The stream is closed or in a state that does not allow the call.
        case streamState = "stream_state"
    }

    package let code: Code
    /// What the library said, for the log; never sent to a peer.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

/// The error codes of RFC 9113, section 7.
package struct HTTP2ErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let noError = HTTP2ErrorCode(rawValue: 0x0)
    package static let protocolError = HTTP2ErrorCode(rawValue: 0x1)
    package static let internalError = HTTP2ErrorCode(rawValue: 0x2)
    package static let refusedStream = HTTP2ErrorCode(rawValue: 0x7)
    package static let cancel = HTTP2ErrorCode(rawValue: 0x8)
    /// The TCP connection behind a CONNECT failed (RFC 9113, 8.5).
    package static let connectError = HTTP2ErrorCode(rawValue: 0xa)
    /// Not on the wire (its codes end at 32 bits, the registry far below): the connection under the stream was lost.
    package static let connectionLost = HTTP2ErrorCode(rawValue: 0xffff_ffff)
    package static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 0xb)
}
