import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// What one visitor's address and one UDP binding say to each other, carried by one stream of a tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of its port and of its tunnel, which are the same.
final class DatagramFlow: HTTP2StreamDelegate {
    let address: SocketAddress
    var stream: HTTP2Stream?
    /// The agent has refused or ended it: it stays, so that a visitor who goes on does not open stream after stream.
    private(set) var isOver = false
    /// What carries it.
    let tunnel: EdgeTunnel
    private weak var port: DatagramPort?
    private let handler: HTTP2Handler
    private var decoder = CapsuleDecoder()
    private var credit = AddressCredit()
    private var isBlocked = false

    init(address: SocketAddress, port: DatagramPort, tunnel: EdgeTunnel, handler: HTTP2Handler) {
        self.address = address
        self.tunnel = tunnel
        self.port = port
        self.handler = handler
    }

    /// Passes a visitor's datagram on.
    ///
    /// - Returns: Why it was dropped; nil when it was not.
    func pass(_ payload: ByteBuffer) -> DatagramDrop? {
        credit.heard(payload.readableBytes)
        guard !isOver, let stream else { return .refused }
        guard !isBlocked else { return .queue }
        guard let capsule = DatagramCapsule.encode(payload) else { return .oversize }
        if !handler.send(capsule, on: stream) { isBlocked = true }
        return nil
    }

    /// Ends the stream.
    func end(_ code: HTTP2ErrorCode = .cancel) {
        isOver = true
        if let stream, !stream.isClosed { handler.reset(stream, code) }
        stream = nil
    }

    // MARK: HTTP2StreamDelegate

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard kind == .response, fields.first(":status")?.first != UInt8(ascii: "2") else { return }
        end()
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard !isOver else { return handler.taken(data.readableBytes, on: stream) }
        let held = decoder.pendingBytes
        decoder.feed(data)
        do throws(CapsuleError) {
            while let payload = try decoder.next() { send(payload) }
        } catch {
            return end(.protocolError)
        }
        // Bytes of a datagram that is not whole are not taken, so they count against the tunnel's memory.
        handler.taken(held + data.readableBytes - decoder.pendingBytes, on: stream)
    }

    private func send(_ payload: ByteBuffer) {
        guard credit.spend(payload.readableBytes) else {
            port?.dropped(.amplification)
            return
        }
        port?.send(payload, to: address)
    }

    func streamReadComplete(_ stream: HTTP2Stream) { port?.flush() }
    func streamWritable(_ stream: HTTP2Stream) { isBlocked = false }

    func streamEnded(_ stream: HTTP2Stream) {
        guard !isOver else { return }
        end(decoder.isBetweenCapsules ? .noError : .protocolError)
    }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        guard !isOver else { return }
        isOver = true
        self.stream = nil
        // Another tunnel of the device may be there already.
        if code == .connectionLost { port?.close(self) }
    }
}
