import Crypto
import FoundationEssentials
import NIOCore

/// The proof that a WebSocket's key was read (RFC 6455, 4.2.2).
enum WebSocketAccept {
    static func answer(to key: ByteBufferView) -> String {
        let proof = Insecure.SHA1.hash(data: Data(key) + Data("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return Data(proof).base64EncodedString()
    }
}
