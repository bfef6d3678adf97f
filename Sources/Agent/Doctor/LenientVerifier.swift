import FoundationEssentials
import Trust

/// Recognises an edge of the operator even when its certificate is out of date by this machine's clock, which may be the
/// clock's fault.
///
/// For looking alone: whoever is recognised so is told nothing.
struct LenientVerifier: Sendable {
    struct Verdict: Sendable {
        /// What is wrong by the clock: expired or not yet valid.
        let outdated: PeerRefusal?
        let certificate: PresentedCertificate?
    }

    let anchors: TrustAnchors
    let revocations: [RevocationList]
    let edge: EdgeTarget
    let now: @Sendable () -> Date

    func verify(_ chain: [[UInt8]]) throws(PeerRefusal) -> Verdict {
        let verifier = EdgeVerifier(anchors: anchors, revocations: revocations)
        do throws(PeerRefusal) {
            _ = try verifier.verify(chain: chain, serverName: edge.serverName, at: now())
            return Verdict(outdated: nil, certificate: nil)
        } catch {
            guard error == .expired || error == .notYetValid,
                let leaf = chain.first.flatMap({ PresentedCertificate(der: $0) })
            else { throw error }
            let moment = error == .expired ? leaf.notAfter : leaf.notBefore
            _ = try verifier.verify(chain: chain, serverName: edge.serverName, at: moment)
            return Verdict(outdated: error, certificate: leaf)
        }
    }
}
