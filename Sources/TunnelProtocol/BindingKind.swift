/// What an agent may ask an edge to open for it; the raw value is the `kind` on the wire.
package enum BindingKind: String, Sendable, Hashable, CaseIterable {
    /// A host name, whose requests come as HTTP streams.
    case http
    /// A TCP port, whose connections come as CONNECT streams.
    case tcp
    /// A UDP port, whose flows come as `connect-udp` streams.
    case udp
}

/// The request fields of TCP and UDP streams (yellow paper, 9).
package enum RawStreamFields {
    /// Address and port of the visitor.
    package static let visitor: StaticString = "osm-visitor"
    /// Address and port that the visitor connected to.
    package static let listener: StaticString = "osm-listener"
    /// The `:protocol` of UDP streams (RFC 9298).
    package static let datagramProtocol: StaticString = "connect-udp"
}
