package import NIOCore

/// The key exchange that a TLS 1.3 handshake agreed on.
package struct KeyExchange: Sendable, Equatable, CustomStringConvertible {
    /// The named group of the TLS registry (RFC 8446, 4.2.7).
    package let group: UInt16

    package init(group: UInt16) { self.group = group }

    /// X25519 and ML-KEM-768 together: safe against a quantum computer as long as either holds.
    package static let x25519MLKEM768 = KeyExchange(group: 0x11EC)

    package var isPostQuantum: Bool { self == .x25519MLKEM768 }

    package var description: String {
        switch group {
        case 0x11EC: "X25519MLKEM768"
        case 0x001D: "X25519"
        case 0x0017: "P-256"
        case 0x0018: "P-384"
        default: "group \(group)"
        }
    }
}

/// Reads the agreed group out of the ServerHello, which TLS 1.3 sends in clear (RFC 8446, 4.1.3).
struct ServerHelloReader {
    enum Outcome: Equatable {
        case needsMore
        case found(UInt16)
        /// Not a ServerHello with a key share; whoever ends TLS will say what is wrong with it.
        case absent
    }

    /// A ServerHello with an ML-KEM-768 share has about 1.2 KiB; a record with a longer body is not one.
    static let limit = 4096
    private static let recordHeader = 5
    private var bytes = ByteBuffer()

    mutating func read(_ more: ByteBuffer) -> Outcome {
        // All that the verdict depends on, however it was cut.
        let room = Self.recordHeader + Self.limit - bytes.readableBytes
        bytes.writeBytes(more.readableBytesView.prefix(room))
        var record = bytes
        guard let type: UInt8 = record.readInteger(), record.readInteger(as: UInt16.self) != nil,
            let length = record.readInteger(as: UInt16.self)
        else { return .needsMore }
        guard type == 22, Int(length) <= Self.limit else { return .absent }
        guard let hello = record.readSlice(length: Int(length)) else { return .needsMore }
        return Self.keyShareGroup(hello).map(Outcome.found) ?? .absent
    }

    private static func keyShareGroup(_ record: ByteBuffer) -> UInt16? {
        var hello = record
        guard hello.readInteger(as: UInt8.self) == 2, hello.readBytes(length: 3) != nil,  // server_hello, length
            hello.readBytes(length: 34) != nil,  // legacy_version, random
            let session = hello.readInteger(as: UInt8.self), hello.readBytes(length: Int(session)) != nil,
            hello.readBytes(length: 3) != nil,  // cipher suite, compression method
            let length = hello.readInteger(as: UInt16.self), var extensions = hello.readSlice(length: Int(length))
        else { return nil }
        while let type: UInt16 = extensions.readInteger(), let size: UInt16 = extensions.readInteger(),
            var body = extensions.readSlice(length: Int(size))
        {
            if type == 51 { return body.readInteger() }
        }
        return nil
    }
}

/// Sits between the socket and TLS until it has seen which key exchange was agreed.
///
/// It never changes a byte. The edge sends the ServerHello, the agent receives it.
package final class KeyExchangeObserver: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Which way the ServerHello passes.
    package enum Direction: Sendable { case inbound, outbound }

    /// What was agreed; nil until the ServerHello has passed.
    package private(set) var keyExchange: KeyExchange?

    private let direction: Direction
    private var reader: ServerHelloReader? = ServerHelloReader()

    package init(direction: Direction) { self.direction = direction }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if direction == .inbound, reader != nil { observe(unwrapInboundIn(data)) }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if direction == .outbound, reader != nil { observe(unwrapOutboundIn(data)) }
        context.write(data, promise: promise)
    }

    private func observe(_ bytes: ByteBuffer) {
        switch reader?.read(bytes) {
        case .found(let group):
            keyExchange = KeyExchange(group: group)
            reader = nil
        case .absent: reader = nil
        case .needsMore, nil: break
        }
    }
}
