import NIOCore
import NIOEmbedded
import Testing
import TunnelTLS

struct KeyExchangeObserverTests {
    /// Sends pieces through an observer and says what came out at the other side.
    private func pass(
        _ pieces: [[UInt8]],
        _ way: KeyExchangeObserver.Direction,
        through observer: KeyExchangeObserver
    ) throws -> [[UInt8]] {
        let channel = EmbeddedChannel(handler: observer)
        var out: [[UInt8]] = []
        for piece in pieces {
            let bytes = ByteBuffer(bytes: piece)
            switch way {
            case .inbound: try channel.writeInbound(bytes)
            case .outbound: try channel.writeOutbound(bytes)
            }
        }
        while let passed = try way == .inbound ? channel.readInbound(as: ByteBuffer.self) : channel.readOutbound() {
            out.append(Array(passed.readableBytesView))
        }
        _ = try channel.finish()
        return out
    }

    /// A hello and the group that it chose; named in reports by the latter.
    struct Recording: CustomTestStringConvertible {
        let bytes: [UInt8]
        let group: UInt16

        init(_ bytes: [UInt8], _ group: UInt16) {
            self.bytes = bytes
            self.group = group
        }

        var testDescription: String { "group \(group)" }
    }

    @Test(
        arguments: [KeyExchangeObserver.Direction.inbound, .outbound],
        [Recording(RecordedHello.published, 0x001D), Recording(RecordedHello.hybrid, 0x11EC)]
    )
    func `knows the key exchange and changes no byte`(
        way: KeyExchangeObserver.Direction,
        recorded: Recording
    ) throws {
        let observer = KeyExchangeObserver(direction: way)
        #expect(observer.keyExchange == nil)
        let pieces = [Array(recorded.bytes.prefix(60)), Array(recorded.bytes.dropFirst(60)), [23, 3, 3, 0, 1, 0]]
        #expect(try pass(pieces, way, through: observer) == pieces)
        #expect(observer.keyExchange == KeyExchange(group: recorded.group))
    }

    @Test(arguments: [
        (KeyExchangeObserver.Direction.inbound, KeyExchangeObserver.Direction.outbound), (.outbound, .inbound),
    ])
    func `looks only where the ServerHello passes`(
        watched: KeyExchangeObserver.Direction,
        other: KeyExchangeObserver.Direction
    ) throws {
        let observer = KeyExchangeObserver(direction: watched)
        #expect(try pass([RecordedHello.hybrid], other, through: observer) == [RecordedHello.hybrid])
        #expect(observer.keyExchange == nil)
    }

    @Test func `bytes that are no TLS pass and end the watch`() throws {
        let observer = KeyExchangeObserver(direction: .inbound)
        let pieces = [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), RecordedHello.hybrid]
        #expect(try pass(pieces, .inbound, through: observer) == pieces)
        #expect(observer.keyExchange == nil)
    }

    @Test func `the first ServerHello counts`() throws {
        let observer = KeyExchangeObserver(direction: .outbound)
        _ = try pass([RecordedHello.hybrid, RecordedHello.published], .outbound, through: observer)
        #expect(observer.keyExchange == .x25519MLKEM768)
    }
}
