import HTTPFields
import NIOCore
import Synchronization

/// The requests that an agent has sent to itself by a public name and that are not over yet.
///
/// Whether a probe came round is decided here, by the path that arrived through a tunnel, and not by what the edge answers.
///
/// ## Concurrency
/// The lock owns the list, which is as long as there are probes under way.
final class OutstandingProbes: Sendable {
    /// What the path of every probe begins with.
    static let prefix = "/.well-known/osm-agent/probe/"

    /// Whether the probe of a nonce has arrived.
    private let nonces = Mutex<[String: Bool]>([:])

    /// A path that nobody can guess, which is known until it is taken back.
    func begin() -> String {
        let nonce = RandomDigits.hexadecimal(32)
        nonces.withLock { $0[nonce] = false }
        return Self.prefix + nonce
    }

    /// A probe is over.
    ///
    /// - Returns: Whether it came round.
    func end(_ path: String) -> Bool {
        nonces.withLock { $0.removeValue(forKey: String(path.dropFirst(Self.prefix.count))) ?? false }
    }

    /// Takes note of a request that is a probe of this agent.
    ///
    /// - Returns: Whether it is one.
    func arrived(_ request: FieldSection) -> Bool {
        guard let path = request.first(.path), path.count > Self.prefix.utf8.count,
            path.starts(with: Self.prefix.utf8)
        else { return false }
        let nonce = String(decoding: path.dropFirst(Self.prefix.utf8.count), as: UTF8.self)
        return nonces.withLock { nonces in
            guard nonces[nonce] != nil else { return false }
            nonces[nonce] = true
            return true
        }
    }
}
