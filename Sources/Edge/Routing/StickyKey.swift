import Crypto

/// The secret from which the marks of sticky cookies follow.
///
/// Edges that share it send a visitor to the same device; an edge with a key of its own forgets with its end.
package struct StickyKey: Sendable {
    private let key: SymmetricKey

    package static let leastBytes = 32

    /// A key of this process alone.
    package init() { key = SymmetricKey(size: .bits256) }

    /// A key that the operator chose; nil when it is shorter than ``leastBytes``.
    package init?(_ secret: [UInt8]) {
        guard secret.count >= Self.leastBytes else { return nil }
        key = SymmetricKey(data: secret)
    }

    /// What stands for a device of a binding in a visitor's cookie.
    ///
    /// HMAC-SHA256 cut to 128 bits (RFC 2104, 5), in hexadecimal. The site is part of it, so that the same device behind
    /// two sites has two marks that nobody can bring together.
    func mark(of device: String, at host: HostPattern, _ path: PathPrefix) -> String {
        let message = Array("osm_sticky\0\(host)\0\(path)\0\(device)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key)
        return code.prefix(16).map { Self.hexadecimal($0 >> 4) + Self.hexadecimal($0 & 15) }.joined()
    }

    private static func hexadecimal(_ digit: UInt8) -> String { String(digit, radix: 16) }
}
