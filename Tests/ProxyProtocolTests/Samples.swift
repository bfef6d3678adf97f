import NIOCore
import ProxyProtocol
import Testing

/// Addresses and headers that the tests have in common.
enum Samples {
    static func connection(
        _ source: (String, Int),
        _ destination: (String, Int),
        _ transport: ProxiedConnection.Transport = .stream
    ) throws -> ProxiedConnection {
        try #require(
            ProxiedConnection(
                from: SocketAddress(ipAddress: source.0, port: source.1),
                to: SocketAddress(ipAddress: destination.0, port: destination.1),
                transport: transport
            )
        )
    }

    static func connections() throws -> [ProxiedConnection] {
        try [
            connection(("192.0.2.1", 56324), ("198.51.100.7", 443)),
            connection(("255.255.255.255", 65535), ("255.255.255.255", 65535)),
            connection(("0.0.0.0", 0), ("127.0.0.1", 1)),
            connection(("2001:db8::1", 56324), ("2001:db8::2", 443)),
            connection(
                ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535),
                ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535)
            ),
            connection(("::1", 1), ("::", 2)),
        ]
    }

    /// What a reader makes of these bytes, in one piece.
    static func read(_ bytes: [UInt8]) throws -> ProxyHeader? {
        var buffer = ByteBuffer(bytes: bytes)
        return try ProxyHeader.read(from: &buffer)
    }

    static func read(_ text: String) throws -> ProxyHeader? { try read(Array(text.utf8)) }

    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// A header of version 2 with these bytes behind its length.
    static func version2(_ command: UInt8, _ family: UInt8, _ block: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(block.count >> 8), UInt8(block.count & 0xFF)] + block
    }

    /// 192.0.2.1:4660 to 198.51.100.7:443, as version 2 packs them.
    static let addresses4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x34, 0x01, 0xBB]
}
