import NIOCore
import TunnelProtocol

/// Asks a SOCKS5 proxy for a connection (RFC 1928), with a user name and password if there are any (RFC 1929).
///
/// The edge's name is resolved by the proxy.
struct SOCKS5Negotiation: ProxyNegotiation {
    private enum State { case greeting, password, request, open }

    private let edge: EdgeAddress
    private let credentials: ProxyCredentials?
    private var state = State.greeting

    private static let version: UInt8 = 5
    private static let noPassword: UInt8 = 0
    private static let password: UInt8 = 2

    init(edge: EdgeAddress, credentials: ProxyCredentials?) {
        self.edge = edge
        self.credentials = credentials
    }

    mutating func begin() throws(ProxyRefusal) -> ByteBuffer {
        guard edge.host.utf8.count <= 255 else {
            throw ProxyRefusal(.failed, "the edge's name cannot be said to a proxy")
        }
        let methods = credentials == nil ? [Self.noPassword] : [Self.noPassword, Self.password]
        return ByteBuffer(bytes: [Self.version, UInt8(methods.count)] + methods)
    }

    mutating func received(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep {
        switch state {
        case .greeting: return try chosen(&buffer)
        case .password: return try admitted(&buffer)
        case .request: return try answered(&buffer)
        case .open: return .open
        }
    }

    /// The proxy chose how it wants to know who asks (RFC 1928, 3).
    private mutating func chosen(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep {
        try Self.expect(Self.version, in: buffer)
        guard let (_, method) = buffer.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .needsMore }
        switch (method, credentials) {
        case (Self.noPassword, _):
            state = .request
            return .send(request)
        case (Self.password, let credentials?):
            state = .password
            return .send(Self.introduction(credentials))
        case (0xFF, nil): throw ProxyRefusal(.proxyNeedsPassword)
        case (0xFF, _): throw ProxyRefusal(.proxyRefused, "it wants another proof than a password")
        default: throw ProxyRefusal(.proxyBroken, "it chose a method that was not offered")
        }
    }

    /// RFC 1929, 2; both are at most 255 bytes long.
    private static func introduction(_ credentials: ProxyCredentials) -> ByteBuffer {
        var message = ByteBuffer(bytes: [1, UInt8(clamping: credentials.user.count)])
        message.writeBytes(credentials.user)
        message.writeInteger(UInt8(clamping: credentials.password.count))
        message.writeBytes(credentials.password)
        return message
    }

    private mutating func admitted(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep {
        try Self.expect(1, in: buffer)
        guard let (_, status) = buffer.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .needsMore }
        guard status == 0 else { throw ProxyRefusal(.proxyRefusesPassword) }
        state = .request
        return .send(request)
    }

    /// CONNECT to a name or an address (RFC 1928, 4 and 5).
    private var request: ByteBuffer {
        var message = ByteBuffer(bytes: [Self.version, 1, 0])
        switch IPAddress(edge.host) {
        case let address? where address.family == .v4:
            message.writeInteger(AddressType.v4.rawValue)
            message.writeInteger(UInt32(truncatingIfNeeded: address.bits))
        case let address?:
            message.writeInteger(AddressType.v6.rawValue)
            message.writeInteger(UInt64(truncatingIfNeeded: address.bits >> 64))
            message.writeInteger(UInt64(truncatingIfNeeded: address.bits))
        case nil:
            message.writeInteger(AddressType.name.rawValue)
            message.writeInteger(UInt8(clamping: edge.host.utf8.count))
            message.writeString(edge.host)
        }
        message.writeInteger(UInt16(clamping: edge.port))
        return message
    }

    private enum AddressType: UInt8 { case v4 = 1, name = 3, v6 = 4 }

    /// The proxy says what came of it (RFC 1928, 6); the address in its answer is of no use here.
    private mutating func answered(_ buffer: inout ByteBuffer) throws(ProxyRefusal) -> ProxyStep {
        try Self.expect(Self.version, in: buffer)
        var reader = buffer
        guard let (_, reply) = reader.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .needsMore }
        // After a refusal the proxy closes, and some leave out the rest of the answer.
        guard reply == 0 else { throw Self.refusal(reply) }
        guard let (_, type) = reader.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .needsMore }
        let length: Int
        switch AddressType(rawValue: type) {
        case .v4: length = 4
        case .v6: length = 16
        case .name:
            guard let count = reader.readInteger(as: UInt8.self) else { return .needsMore }
            length = Int(count)
        case nil: throw ProxyRefusal(.proxyBroken, "its answer has an address of an unknown kind")
        }
        guard reader.readSlice(length: length + 2) != nil else { return .needsMore }
        buffer = reader
        state = .open
        return .open
    }

    private static func refusal(_ reply: UInt8) -> ProxyRefusal {
        switch reply {
        case 1: ProxyRefusal(.proxyCannotReach, "general failure")
        case 2: ProxyRefusal(.proxyForbids)
        case 3: ProxyRefusal(.proxyCannotReach, "network unreachable")
        case 4: ProxyRefusal(.proxyCannotReach, "host unreachable")
        case 5: ProxyRefusal(.proxyCannotReach, "connection refused")
        case 6: ProxyRefusal(.proxyCannotReach, "TTL expired")
        case 7: ProxyRefusal(.proxyRefused, "it does not know the command")
        case 8: ProxyRefusal(.proxyRefused, "it does not know that kind of address")
        default: ProxyRefusal(.proxyRefused, "reply \(reply)")
        }
    }

    private static func expect(_ version: UInt8, in buffer: ByteBuffer) throws(ProxyRefusal) {
        guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return }
        guard first == version else { throw ProxyRefusal(.proxyBroken, "no SOCKS5") }
    }
}
