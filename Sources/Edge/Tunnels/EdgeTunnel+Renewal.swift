import Logging
import NIOCore
import Trust
import TunnelProtocol

// The device's next certificate.
extension EdgeTunnel {
    /// The agent asks for one; whose it is follows from the certificate of this tunnel alone.
    func renew(_ renew: Renew) {
        // The list may have changed since the handshake, and this tunnel be about to end for it.
        guard core.identity.verifier.shutsOut(identity) == nil else {
            return renewed(.failure(Issuer.Refusal(.deviceRevoked)))
        }
        guard let desk = core.renewals else { return renewed(.failure(Issuer.Refusal(.unavailable))) }
        let eventLoop = core.eventLoop
        let tunnel = NIOLoopBound(self, eventLoop: eventLoop)
        desk.renew(RenewalRequest(device: identity.id, request: renew.request)) { answer in
            eventLoop.execute { tunnel.value.renewed(answer) }
        }
    }

    private func renewed(_ answer: RenewalDesk.Answer) {
        switch answer {
        case .success(let issued):
            logger.info("certificate renewed")
            control?.answerRenewal(.renewed(Renewed(chain: issued.chain)))
        case .failure(let refusal):
            logger.notice("certificate not renewed", metadata: ["code": "\(refusal.code.rawValue)"])
            let pause = refusal.retryAfterSeconds ?? (refusal.code.isPermanent ? nil : 60)
            control?.answerRenewal(.renewalRefused(RenewalRefused(refusal.code, retryAfterSeconds: pause)))
        }
    }
}
