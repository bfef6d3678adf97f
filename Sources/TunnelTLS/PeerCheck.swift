package import NIOCore
package import NIOSSL
package import Trust

/// The decision about the certificate that one peer showed.
///
/// TLS asks it once in the handshake. A peer that holds a leaf of the right operator but may not come in (expired,
/// revoked …) completes the handshake all the same, so that the refusal can be told to it by name; a stranger is
/// refused within TLS and learns nothing. Nobody may talk to the peer before ``verdict`` says who it is.
///
/// ## Concurrency
/// Belongs to the event loop of its connection.
package final class PeerCheck<Identity: Sendable> {
    /// What came of it; nil until TLS has asked, and for ever when a session was resumed instead.
    package private(set) var verdict: Result<Identity, PeerRefusal>?
    /// The certificate of a peer that was refused, for saying what it was.
    package private(set) var presented: PresentedCertificate?

    private let verify: ([[UInt8]]) throws(PeerRefusal) -> Identity
    private let explains: (PeerRefusal) -> Bool

    /// - Parameters:
    ///   - verify: Decides about a chain of DER certificates, leaf first.
    ///   - explains: Whether a refusal is to be told to the peer by name instead of by a TLS alert.
    package init(
        verify: @escaping ([[UInt8]]) throws(PeerRefusal) -> Identity,
        explains: @escaping (PeerRefusal) -> Bool
    ) {
        self.verify = verify
        self.explains = explains
    }

    /// What NIOSSL calls in the handshake, on the event loop; the answer replaces all of its own verification.
    package func verified(_ chain: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>) {
        let verdict = judge(chain)
        self.verdict = verdict
        switch verdict {
        case .success: promise.succeed(.certificateVerified)
        case .failure(let refusal):
            presented = Self.presented(in: chain)
            promise.succeed(explains(refusal) ? .certificateVerified : .failed)
        }
    }

    private static func presented(in chain: [NIOSSLCertificate]) -> PresentedCertificate? {
        guard let leaf = chain.first else { return nil }
        do { return PresentedCertificate(der: try leaf.toDERBytes()) } catch { return nil }
    }

    private func judge(_ chain: [NIOSSLCertificate]) -> Result<Identity, PeerRefusal> {
        let presented: [[UInt8]]
        do {
            presented = try chain.map { try $0.toDERBytes() }
        } catch {
            return .failure(.unreadable)
        }
        return Result { () throws(PeerRefusal) in try verify(presented) }
    }
}
