import Crypto
import FoundationEssentials

/// The key with which an agent asks an origin for a WebSocket, and the answer that proves that it was read.
///
/// RFC 6455, 1.3. The visitor's own key was answered by the edge.
struct WebSocketKey {
    let text: String

    init() { text = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString() }

    /// What `Sec-WebSocket-Accept` must say.
    var accept: String { Self.accept(text) }

    static func accept(_ key: String) -> String {
        let proof = Insecure.SHA1.hash(data: Data("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return Data(proof).base64EncodedString()
    }
}
