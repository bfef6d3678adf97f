import HTTPFields
import NIOCore
import Synchronization

/// The requests that an agent has sent to itself by a public name and that have not come round yet.
///
/// ## Concurrency
/// The lock owns the list, which is as long as there are probes under way.
final class OutstandingProbes: Sendable {
    /// What the path of every probe begins with.
    static let prefix = "/.well-known/osm-agent/probe/"

    private let nonces = Mutex<Set<String>>([])

    /// A path that nobody can guess, which is known until it is taken back.
    func begin() -> String {
        let digits = Array("0123456789abcdef")
        let nonce = String((0..<32).compactMap { _ in digits.randomElement() })
        nonces.withLock { _ = $0.insert(nonce) }
        return Self.prefix + nonce
    }

    /// A probe is over, whatever came of it.
    func end(_ path: String) { nonces.withLock { _ = $0.remove(String(path.dropFirst(Self.prefix.count))) } }

    /// Whether a request is a probe of this agent.
    func contain(_ request: FieldSection) -> Bool {
        guard let path = request.first(":path"), path.starts(with: Self.prefix.utf8) else { return false }
        let nonce = String(decoding: path.dropFirst(Self.prefix.utf8.count), as: UTF8.self)
        return nonces.withLock { $0.contains(nonce) }
    }
}
