import Synchronization

/// Bytes that must not show: a passphrase or a token.
///
/// Printing, reflecting or interpolating one gives "(secret)".
///
/// The bytes are overwritten when the last reference goes, as far as Swift allows: copies that the compiler or a
/// caller made are not.
/// ## Concurrency
/// The bytes never change before `deinit`; the lock is what lets it overwrite them.
package final class Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: Mutex<[UInt8]>

    /// Takes over the bytes; the caller should hold no other copy.
    package init(_ bytes: consuming [UInt8]) { self.bytes = Mutex(bytes) }

    deinit {
        bytes.withLock { bytes in
            for index in bytes.indices { bytes[index] = 0 }
        }
    }

    /// Lends the bytes to `body`, which must not keep them and must not ask this secret again.
    package func withBytes<Result>(_ body: (borrowing [UInt8]) throws -> Result) rethrows -> Result {
        try bytes.withLock { try body($0) }
    }

    /// Whether both have the same bytes; takes as long as it takes to find a difference.
    package static func == (one: Secret, other: Secret) -> Bool {
        if one === other { return true }
        // Two locks are never held at once.
        let bytes = one.withBytes { copy $0 }
        return other.withBytes { $0.elementsEqual(bytes) }
    }

    /// The number of bytes.
    package var count: Int { bytes.withLock { $0.count } }

    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
