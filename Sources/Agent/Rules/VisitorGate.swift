import HTTPFields
import NIOCore
import TunnelProtocol

/// Decides about each request whether its visitor may come in.
///
/// Addresses are looked at first: whoever may not come at all is not asked for a password.
///
/// ## Concurrency
/// Belongs to one event loop; what several of them must know about passwords is in ``BasicAuthentication``.
struct VisitorGate {
    enum Decision: Sendable {
        case allowed
        case denied(AgentAnswer)
    }

    enum Verdict {
        case allowed
        case denied(AgentAnswer)
        /// A password is being checked, or its file is looked at.
        case later(EventLoopFuture<Decision>)
    }

    private let rules: VisitorRules
    private let eventLoop: any EventLoop

    init(_ rules: VisitorRules, eventLoop: any EventLoop) {
        self.rules = rules
        self.eventLoop = eventLoop
    }

    /// Decides about an HTTP stream, WebSockets included.
    func admit(_ request: FieldSection) -> Verdict {
        // Nobody's address is read when no rule asks for it.
        guard !rules.access.isEmpty || rules.authentication != nil else { return .allowed }
        let visitor = IPAddress(visitorOf: request)
        guard rules.access.admits(visitor) else { return .denied(.addressDenied) }
        return rules.authentication?.verdict(on: request, from: visitor, eventLoop) ?? .allowed
    }
}

extension AccessRules {
    /// Why a TCP or UDP stream is not served; nil when it is.
    func refusal(ofRaw request: FieldSection) -> AgentAnswer? {
        // Nobody's address is read when no rule asks for it.
        isEmpty || admits(IPAddress(visitorOfRaw: request)) ? nil : .addressDenied
    }
}
