package import Trust
package import TunnelProtocol
package import TunnelTLS

/// Why an agent stops for good: what the person in front of it reads, and what its supervisor sees.
///
/// Exit codes: 1 any other failure, 2 usage, 20–29 what is baked in or enrolled here, 30–39 an edge that is not to be
/// trusted, 40–49 an edge that does not let this device in, 50–59 a name that cannot be served.
package struct AgentExit: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Int32
    /// What failed and on which hop.
    package let problem: String
    /// What to do about it.
    package let nextStep: String

    package var description: String { "\(problem) \(nextStep)" }

    package init(code: Int32, problem: String, nextStep: String) {
        self.code = code
        self.problem = problem
        self.nextStep = nextStep
    }

    /// The baked-in operator CA cannot be used.
    package init(_ refusal: BundleRefusal) {
        let code: Int32 =
            switch refusal {
            case .missing: 20
            case .expired, .notYetValid: 21
            case .sample: 22
            case .unreadable: 23
            }
        self.init(code: code, problem: refusal.problem, nextStep: refusal.nextStep)
    }

    /// This device's own certificate would not be let in by any edge.
    package init(own refusal: PeerRefusal) {
        let code: Int32 =
            switch refusal {
            case .unknownIssuer, .unreadable, .wrongChainLength, .constraintViolated, .noCertificate, .resumed: 25
            case .expired: 26
            case .notYetValid: 27
            case .wrongPurpose, .wrongName: 28
            case .revoked: 44
            }
        self.init(
            code: code,
            problem: "This device's certificate \(refusal.sentence).",
            nextStep: refusal == .notYetValid
                ? "Is this machine's clock right?"
                : "Ask the operator for an invitation, and enrol again: osm-agent enroll"
        )
    }

    /// The edge's certificate is not one to trust.
    ///
    /// - Parameters:
    ///   - refusal: What is wrong with it.
    ///   - issuer: Who issued it, as it says itself; tells which middlebox opens TLS on the way.
    package init(edge refusal: PeerRefusal, issuer: String? = nil) {
        let code: Int32 =
            switch refusal {
            case .unknownIssuer, .unreadable, .wrongChainLength, .noCertificate, .resumed: 30
            case .wrongName: 31
            case .expired: 32
            case .notYetValid: 33
            case .wrongPurpose: 34
            case .constraintViolated: 35
            case .revoked: 36
            }
        let nextStep =
            switch refusal {
            case .unknownIssuer, .unreadable, .wrongChainLength, .noCertificate, .resumed:
                "Something between here and the edge may be opening TLS, or the address is not your operator's edge."
            case .wrongName: "Check the edge's address, or name the edge with --edge-name."
            case .notYetValid: "Is this machine's clock right?"
            case .expired, .wrongPurpose, .constraintViolated, .revoked: "Tell the operator of the edge."
            }
        let seen = issuer.flatMap { code == 30 ? ": it was issued by '\($0)'" : nil } ?? ""
        self.init(code: code, problem: "The edge's certificate \(refusal.sentence)\(seen).", nextStep: nextStep)
    }

    /// The edge speaks another TLS than tunnels do.
    package init?(_ refusal: HandshakeRefusal, issuer: String? = nil) {
        switch refusal {
        case .peer(let refusal): self.init(edge: refusal, issuer: issuer)
        case .tlsVersion, .applicationProtocol, .notTLS:
            self.init(
                code: 37,
                problem: "What answers at the edge's address does not speak the tunnel's protocol (\(refusal.label)).",
                nextStep: "Check the address and port: it must be the tunnel port of osm-proxy."
            )
        case .alert(let name) where Self.certificateAlerts.contains(name):
            self.init(
                code: 40,
                problem: "The edge does not accept this device's certificate (\(name)).",
                nextStep: "It may trust another operator CA than the one that issued this device. Ask its operator."
            )
        case .alert, .timeout, .closed, .failed: return nil
        }
    }

    /// Another process with this device's identity serves now.
    static let supersededCode: Int32 = 46

    private static let certificateAlerts: Set<String> = [
        "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired",
        "certificate_unknown", "unknown_ca", "access_denied", "certificate_required",
    ]

    /// The edge ended the tunnel for a reason that will not go away.
    package init?(_ notice: GoAwayNotice) {
        switch notice.code {
        case .deviceExpired: self.init(own: .expired)
        case .deviceNotYetValid: self.init(own: .notYetValid)
        case .deviceWrongPurpose: self.init(own: .wrongPurpose)
        case .deviceRevoked:
            self.init(
                code: 44,
                problem: "The edge refused this device: it has been revoked.",
                nextStep: "Ask the operator; a revoked device needs a new key and certificate."
            )
        case .superseded:
            self.init(
                code: Self.supersededCode,
                problem: "Another agent with this device's identity has taken over.",
                nextStep: "Stop one of the two, or enrol each machine as a device of its own."
            )
        case .draining, .overloaded, .protocolError, .controlTimeout: return nil
        }
    }

    /// The edge does not give the name, and asking again would not change that.
    package init(_ refused: Refused, endpoint: Endpoint?) {
        let code: Int32 =
            switch refused.code {
            case .nameTaken: 50
            case .nameReserved: 51
            case .nameInvalid: 52
            case .nameNotAllowed: 53
            case .tooManyBindings: 54
            case .unsupportedKind: 55
            case .unsupportedProtocol: 56
            case .rateLimited, .overloaded, .portsExhausted, .nameLeased: 57
            case .portTaken: 58
            case .portNotAllowed: 59
            }
        let wish = endpoint?.wish ?? "this agent"
        self.init(
            code: code,
            problem: "The edge refused \(wish): \(refused.code.sentence)",
            nextStep: Self.nextStep(refused.code, for: endpoint?.kind ?? .http)
        )
    }

    /// The edge gives an endpoint what another endpoint of this same agent has already.
    init(rival endpoint: Endpoint, of other: Endpoint, under host: String) {
        self.init(
            code: 1,
            problem: """
                The edge gives '\(endpoint.label)' the name \(host), which the endpoint '\(other.label)' of this agent has \
                already.
                """,
            nextStep: "Give one of the two another name with --name, or as 'hostname' in the configuration file."
        )
    }

    private static func nextStep(_ code: RegistrationRefusal, for kind: BindingKind) -> String {
        switch code {
        case .nameTaken, .nameReserved, .nameInvalid: "Choose another with --name."
        case .nameNotAllowed:
            "Choose a name of one label with --name, or ask the operator to bind this one to the device."
        case .portTaken, .portNotAllowed:
            "Choose another with --port, or leave it out and let the edge choose."
        case .unsupportedKind where kind != .http:
            "Ask the operator to give the edge ports for devices: osm-proxy run --raw-ports."
        case .tooManyBindings: "Stop another agent of this device; its names become free a while later."
        case .unsupportedKind, .unsupportedProtocol: "Install the agent that the operator of the edge gives out now."
        case .nameLeased: "It asks again by itself when that time is over; choose another with --name to be served now."
        case .portsExhausted, .rateLimited, .overloaded: "Try again in a few minutes."
        }
    }
}
