import NIOSSL
import Synchronization
import Trust
import TunnelTLS

/// What this device shows to edges from now on; tunnels that are up stay as they are.
///
/// ## Concurrency
/// The lock owns the credentials and the TLS settings made of them, which change together.
final class PresentCredentials: Sendable {
    private struct Content: Sendable {
        let credentials: DeviceCredentials
        let context: NIOSSLContext
    }

    private let content: Mutex<Content>

    /// - Throws: NIOSSL's error when the key or the chain cannot be used.
    init(_ credentials: DeviceCredentials) throws { content = Mutex(try Self.content(credentials)) }

    var current: DeviceCredentials { content.withLock { $0.credentials } }

    /// For the next dial.
    var context: NIOSSLContext { content.withLock { $0.context } }

    func replace(_ credentials: DeviceCredentials) throws {
        let next = try Self.content(credentials)
        content.withLock { $0 = next }
    }

    private static func content(_ credentials: DeviceCredentials) throws -> Content {
        let context = try TunnelTLSContext.client(
            certificates: Array(credentials.chainPEM.utf8),
            key: Array(credentials.keyPEM.utf8)
        )
        return Content(credentials: credentials, context: context)
    }
}
