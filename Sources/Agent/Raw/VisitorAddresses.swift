import HTTPFields
import NIOCore
import ProxyProtocol
import TunnelProtocol

/// Who a visitor is and what it connected to, as the edge says in the request of a stream.
struct VisitorAddresses {
    let visitor: SocketAddress?
    let listener: SocketAddress?

    /// Reads the request of a TCP stream.
    init(_ request: FieldSection) {
        visitor = request.string(RawStreamFields.visitor.description).flatMap(Self.address)
        listener = request.string(RawStreamFields.listener.description).flatMap(Self.address)
    }

    /// Reads an HTTP request, of whose visitor no port is known, and of whose listener nothing but the scheme: the port
    /// is then 0, and the listener the unspecified address.
    init(ofHTTP request: FieldSection) {
        // The edge writes one address, or none when it does not know the visitor.
        let visitor = request.string("x-forwarded-for").flatMap { OriginReach.address($0, port: 0) }?.withoutMapping
        let port = request.string("x-forwarded-proto") == "http" ? 80 : 443
        self.visitor = visitor
        listener =
            switch visitor {
            case .v4: OriginReach.address("0.0.0.0", port: port)
            case .v6: OriginReach.address("::", port: port)
            case .unixDomainSocket, nil: nil
            }
    }

    /// The PROXY protocol header that tells a local service; one that says nothing when the addresses are not known.
    func header(version: ProxyHeader.Version) -> ByteBuffer {
        var header = ProxyHeader.local
        if let visitor, let listener, let connection = ProxiedConnection(from: visitor, to: listener) {
            header = .proxied(connection)
        }
        var bytes = ByteBuffer()
        header.write(as: version, to: &bytes)
        return bytes
    }

    /// Reads `192.0.2.1:56324` or `[2001:db8::1]:56324`.
    private static func address(_ text: String) -> SocketAddress? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(portDigits: text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        do { return try SocketAddress(ipAddress: String(host), port: Int(port)) } catch { return nil }
    }
}
