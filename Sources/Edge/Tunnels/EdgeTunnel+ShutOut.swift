import Trust
import TunnelProtocol

// Devices that were let in once and may not stay.
extension EdgeTunnel {
    /// Ends the tunnel if its device has been revoked or its authority is not trusted any more.
    ///
    /// The second is told as a drain: the agent dials again, and then TLS itself says what is wrong.
    ///
    /// - Returns: Whether it has ended.
    @discardableResult
    func leaveIfShutOut() -> Bool {
        guard let refusal = core.identity.verifier.shutsOut(identity) else { return false }
        isShutOut = true
        core.metrics.handshakeRefused(refusal.rawValue)
        if refusal == .revoked {
            leave(GoAwayNotice(.deviceRevoked, message: "This device has been revoked."))
        } else {
            leave(GoAwayNotice(.draining, message: "The operator's authority has changed."))
        }
        return true
    }
}
