import HTTPFields
import NIOCore
import TunnelProtocol

/// What visitors have lately asked for, and what it means: the same few names come again with nearly every request.
///
/// A name has one place, which the name that came last keeps; so the memory is bounded whatever visitors send.
struct RequestedHosts {
    /// An authority as it was written, and what was made of it; an object, because every request hands it on.
    final class Requested {
        fileprivate let written: String
        /// In lower case.
        let authority: String
        /// Nil when no host can have that name.
        let host: HostName?

        init(_ written: String) {
            self.written = written
            authority = written.lowercased()
            host = HostName(authority)
        }
    }

    private var places: [Requested?] = Array(repeating: nil, count: Self.count)

    private static let count = 256
    /// A host name with a dot and a port behind it; what is longer is no host and not worth keeping.
    private static let longest = 260

    /// Reads an authority.
    mutating func read(_ written: ByteBufferView) -> Requested {
        guard written.count <= Self.longest else { return Requested(String(decoding: written, as: UTF8.self)) }
        let place = written.withBytes { Int(FieldBytes.hash($0) % UInt64(Self.count)) }
        if let kept = places[place], written.withBytes({ FieldBytes.equal($0, kept.written) }) { return kept }
        let requested = Requested(String(decoding: written, as: UTF8.self))
        places[place] = requested
        return requested
    }
}
