package import NIOCore

/// What a PROXY protocol header says of the connection, or the datagram, that it stands before.
package enum ProxyHeader: Sendable, Equatable {
    /// The sender speaks for itself, as a health check does: the addresses of the socket count.
    case local
    /// The sender passes on somebody else's connection.
    case proxied(ProxiedConnection)

    /// Which of the two spellings: a line of text, or a block of bytes.
    package enum Version: String, Sendable, CaseIterable {
        case v1, v2
    }

    /// Reads a header of either version from the front of what has arrived.
    ///
    /// Nothing is consumed unless a whole valid header is there.
    ///
    /// - Parameter bytes: What has arrived; its reader moves behind the header.
    /// - Returns: The header, or nil while it may still become one: no more than ``longestV2`` bytes, ever.
    /// - Throws: ``ProxyHeaderError`` as soon as no further byte could help; the connection is then to be closed.
    package static func read(from bytes: inout ByteBuffer) throws(ProxyHeaderError) -> ProxyHeader? {
        guard let first = bytes.readableBytesView.first else { return nil }
        switch first {
        case 0x50: return try readV1(&bytes)
        case 0x0D: return try readV2(&bytes)
        default: throw .notAHeader
        }
    }

    /// Appends the header; what version 1 has no word for is written as UNKNOWN.
    package func write(as version: Version, to buffer: inout ByteBuffer) {
        switch version {
        case .v1: writeV1(to: &buffer)
        case .v2: writeV2(to: &buffer)
        }
    }

    /// Whether the bytes are the beginning of the word, or begin with it; nil while there are too few to say.
    static func begins(_ bytes: ByteBufferView, with word: [UInt8]) -> Bool? {
        guard zip(bytes, word).allSatisfy({ $0 == $1 }) else { return false }
        return bytes.count >= word.count ? true : nil
    }
}

/// The two ends of a connection that a proxy passes on; both are of one address family.
package struct ProxiedConnection: Sendable, Equatable {
    package enum Transport: Sendable, Equatable {
        case stream, datagram
    }

    /// Who connected.
    package let source: SocketAddress
    /// What it connected to.
    package let destination: SocketAddress
    package let transport: Transport

    /// An IPv4 address in its IPv6 clothes (`::ffff:a.b.c.d`) is taken as IPv4.
    ///
    /// - Returns: nil unless both are IPv4 or both are IPv6, which is all that the header can say.
    package init?(from source: SocketAddress, to destination: SocketAddress, transport: Transport = .stream) {
        let source = source.withoutMapping
        let destination = destination.withoutMapping
        switch (source, destination) {
        case (.v4, .v4), (.v6, .v6): break
        case (.v4, _), (.v6, _), (.unixDomainSocket, _): return nil
        }
        self.source = source
        self.destination = destination
        self.transport = transport
    }

    var isIPv6: Bool {
        switch source {
        case .v6: true
        case .v4, .unixDomainSocket: false
        }
    }
}
