import NIOCore

/// What is said to a proxy before the connection through it is the edge's; a value without I/O.
protocol ProxyNegotiation: Sendable {
    /// What is sent first.
    mutating func begin() throws(ProxyRefusal) -> ByteBuffer

    /// Takes what it can use of what has come in, and nothing behind the proxy's last word.
    ///
    /// - Parameter buffer: What came in and was not taken; bytes are added at its end alone.
    /// - Returns: What comes next.
    /// - Throws: Why nothing does.
    mutating func received(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep
}

/// What is to be done on the connection to a proxy.
enum ProxyStep: Equatable {
    case needsMore
    case send(ByteBuffer)
    /// All that follows comes from the edge.
    case open
}

/// Why a proxy does not let a connection through.
struct ProxyRefusal: Error, Equatable {
    let code: DialFailure.Code
    var detail: String?

    init(_ code: DialFailure.Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail
    }
}
