import TunnelProtocol
import TunnelTLS

// Why a device was not enrolled. None of these ever says the token.
extension AgentExit {
    /// The issuer says no.
    init(enrolment refusal: IssuanceRefusal, retryAfter: Int? = nil) {
        let again = retryAfter.flatMap { TunnelConstants.seconds.contains($0) ? " It may work in \($0) s." : nil } ?? ""
        switch refusal {
        case .invitationUnknown:
            self.init(
                code: 41,
                problem: "The edge does not know this invitation.",
                nextStep: "Copy the whole token again, or ask the operator for another: ca-tools invite NAME."
            )
        case .invitationUsed:
            self.init(
                code: 42,
                problem: "The invitation has been used by another device.",
                nextStep: """
                    If that was not you, tell the operator at once: somebody else has seen the token. Ask for another \
                    invitation.
                    """
            )
        case .invitationExpired:
            self.init(
                code: 43,
                problem: "The invitation has expired.",
                nextStep: "Ask the operator for another: ca-tools invite NAME."
            )
        case .requestRefused, .deviceUnknown, .keyChanged:
            self.init(
                code: 45,
                problem: "The edge refused the request: \(refusal.sentence)",
                nextStep: "Install the agent that the operator of the edge gives out now, or ask the operator."
            )
        case .deviceRevoked:
            self.init(
                code: 44,
                problem: "This device has been revoked.",
                nextStep: "Ask the operator for an invitation, and enrol with a new key: osm-agent enroll --force."
            )
        case .tooMany:
            self.init(
                code: 47,
                problem: "The edge has seen too many attempts from this address.",
                nextStep: "Try again in a minute, with the same token.\(again)"
            )
        case .unavailable:
            self.init(
                code: 48,
                problem: "The edge cannot enrol devices at present: the issuer behind it gives no answer.",
                nextStep:
                    "Try again later, with the same token; or tell the operator to look at ca-tools serve.\(again)"
            )
        }
    }

    /// TLS did not come about.
    init(enrolment refusal: HandshakeRefusal, at edge: EdgeAddress, issuer: String?) {
        switch refusal {
        case .peer(let refusal): self.init(edge: refusal, issuer: issuer)
        case .tlsVersion, .applicationProtocol, .notTLS:
            self.init(
                code: 37,
                problem: "What answers at \(edge) does not enrol devices (\(refusal.label)).",
                nextStep: """
                    Check the address and port: it is the one of osm-proxy's --enroll-listen, \
                    \(TunnelConstants.enrolmentPort) as a rule, and not the tunnel port.
                    """
            )
        case .alert, .timeout, .closed, .failed:
            self.init(enrolmentCut: "the TLS handshake with the edge at \(edge) failed (\(refusal.label))")
        }
    }

    /// The edge was not reached, or did not answer to the end.
    init(enrolmentCut what: String) {
        self.init(
            code: 1,
            problem: "This device has not been enrolled: \(what).",
            nextStep: "Run the same command again: the token stays good for this device's key."
        )
    }

    /// What came is no certificate for this device.
    init(notEnrolled what: String) {
        self.init(
            code: 45,
            problem: "What the edge sent is not kept: \(what).",
            nextStep: "Tell the operator of the edge."
        )
    }
}
