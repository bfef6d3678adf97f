import FoundationEssentials
import Trust
import TunnelProtocol
import TunnelTLS

/// What follows from an observation of an edge.
struct EdgeDiagnosis {
    private(set) var findings: [DoctorFinding] = []
    /// What the edge's clock says about this machine's; nil for nothing.
    private(set) var clock: DoctorFinding?
    /// What the edge says about this device's certificate; nil for nothing.
    private(set) var identity: DoctorFinding?

    private let edge: EdgeAddress
    private let now: Date
    private let validity: LocalDiagnosis.Validity
    private let isDraining: Bool
    private var isAtFault = false

    /// Weighs everything that was seen.
    ///
    /// - Parameters:
    ///   - seen: What the dial met.
    ///   - edge: Whom it was for.
    ///   - isDraining: Whether the last that the running agent heard of that edge was that it shuts down.
    ///   - identity: What this machine's clock says of the device's certificate.
    ///   - now: What it says at all.
    init(
        _ seen: EdgeObservation,
        of edge: EdgeAddress,
        isDraining: Bool = false,
        identity: LocalDiagnosis.Validity,
        at now: Date
    ) {
        self.edge = edge
        self.isDraining = isDraining
        self.now = now
        validity = identity
        judge(seen.connection, seen)
        judge(seen.handshake, through: seen.proxy)
        judge(seen.control)
    }

    private mutating func say(
        _ check: DoctorFinding.Check,
        _ hop: DoctorFinding.Hop,
        _ verdict: DoctorFinding.Verdict,
        _ finding: String,
        _ nextStep: String? = nil
    ) {
        if verdict == .fail { isAtFault = true }
        findings.append(DoctorFinding(check, hop, verdict, finding, nextStep: nextStep, subject: "\(edge)"))
    }

    private mutating func skip(_ check: DoctorFinding.Check, _ hop: DoctorFinding.Hop) {
        findings.append(.skipped(check, hop, subject: "\(edge)"))
    }

    // MARK: The way there

    private mutating func judge(_ connection: Result<String, DialFailure>?, _ seen: EdgeObservation) {
        switch seen.address {
        case .literal: break
        case .found(let addresses): say(.dns, .network, .ok, "\(edge.host) is \(addresses.joined(separator: ", ")).")
        case .leftToProxy: say(.dns, .proxy, .ok, "The name \(edge.host) is left to the proxy.")
        }
        switch connection {
        case .success(let peer):
            if let proxy = seen.proxy {
                let source = seen.proxySource.map { ", which \($0) names," } ?? ""
                say(.proxy, .proxy, .ok, "The proxy at \(proxy)\(source) connects to the edge.")
            }
            say(.tcp, .network, .ok, "\(peer) accepts connections.")
        case .failure(let failure) where failure.hop == .edge && failure.code == .refused && isDraining:
            say(.tcp, .edge, .fail, Self.draining, Self.afterDraining)
        case .failure(let failure):
            let check = Self.check(failure)
            say(check, Self.hop(failure), .fail, "\(failure.sentence.capitalisedFirst).", failure.nextStep)
            if check == .dns { skip(.tcp, .network) }
        case nil: skip(.tcp, .network)
        }
    }

    static func check(_ failure: DialFailure) -> DoctorFinding.Check {
        if failure.hop != .edge { return .proxy }
        switch failure.code {
        case .nameNotFound, .noAddressOfVersion, .resolverFailed: return .dns
        case .refused, .unreachable, .forbidden, .filtered, .reset, .failed: return .tcp
        case .proxyNeedsPassword, .proxyRefusesPassword, .proxyForbids, .proxyCannotReach, .proxyRefused, .proxyBroken,
            .proxySilent:
            return .proxy
        }
    }

    private static func hop(_ failure: DialFailure) -> DoctorFinding.Hop {
        if failure.hop != .edge { return .proxy }
        // Something at the edge's address said no: the packets get there.
        return failure.code == .refused ? .edge : .network
    }

    // MARK: TLS

    private mutating func judge(_ handshake: EdgeObservation.Handshake?, through proxy: String?) {
        guard !isAtFault, let handshake else { return skip(.tls, .edge) }
        switch handshake {
        case .done(let keyExchange, let certificate, let outdated):
            if let outdated { return judge(outdated, certificate) }
            say(.tls, .edge, .ok, "The edge is the operator's: TLS 1.3 with \(keyExchange).")
        case .stranger(let refusal, let certificate, let speaksTunnel):
            judge(refusal, certificate, speaksTunnel: speaksTunnel, through: proxy)
        case .refused where isDraining:
            // It was still let in while the edge closed its door.
            say(.tls, .edge, .fail, Self.draining, Self.afterDraining)
        case .refused(let refusal, let certificate):
            if let exit = AgentExit(refusal, issuer: certificate?.issuer) {
                return say(.tls, .edge, .fail, exit.problem, exit.nextStep)
            }
            let words = "The TLS handshake with the edge failed (\(refusal.label))."
            say(.tls, .edge, .fail, words, "Try again; if it stays so, something on the way may cut TLS.")
        }
    }

    /// The operator's own certificate, only not now.
    private mutating func judge(_ outdated: PeerRefusal, _ certificate: PresentedCertificate?) {
        guard outdated == .expired else {
            let behind = certificate.map { $0.notBefore.timeIntervalSince(now) } ?? LocalDiagnosis.tolerance
            clock = LocalDiagnosis.clockIsBehind(by: behind, since: "the edge's certificate was issued")
            isAtFault = true
            return say(.tls, .edge, .warn, "The edge is the operator's, but its certificate is not valid yet.")
        }
        let end = certificate.map { " (on \($0.notAfter.formatted(.iso8601)))" } ?? ""
        say(
            .tls,
            .edge,
            .fail,
            "The edge is the operator's, but by this machine's clock its certificate has expired\(end).",
            "Compare this machine's clock (\(now.formatted(.iso8601))) with the time; if it is right, tell the operator."
        )
    }

    private mutating func judge(
        _ refusal: PeerRefusal,
        _ certificate: PresentedCertificate?,
        speaksTunnel: Bool,
        through proxy: String?
    ) {
        let seen = certificate?.issuer.map { "issued by '\($0)'" } ?? "of an unknown issuer"
        if speaksTunnel || certificate?.issuer?.hasPrefix("osmRouter ") == true {
            let words = "What answers is an edge of another operator CA: its certificate is \(seen)."
            let step = "Check the edge's address, or install the agent that this edge's operator gives out."
            return say(.tls, .edge, .fail, words, step)
        }
        let place = proxy.map { "The proxy at \($0), or something behind it," } ?? "Something between here and the edge"
        say(
            .proxy,
            proxy == nil ? .network : .proxy,
            .fail,
            "\(place) opens TLS: it showed a certificate \(seen).",
            "Ask whoever runs the network to let connections to \(edge) through unopened; the agent never trusts such a CA."
        )
        skip(.tls, .edge)
    }

    // MARK: The control stream

    private mutating func judge(_ control: EdgeObservation.Control?) {
        if let control { weigh(control) }
        guard !isAtFault, let control else { return skip(.control, .edge) }
        switch control {
        case .admitted: say(.control, .edge, .ok, "The edge lets this device in.")
        case .notice(let notice): judge(notice)
        case .alert(let name):
            let words = "The edge does not accept this device's certificate (\(name))."
            say(.control, .edge, .fail, words, "It may trust another operator CA than the one that issued this device.")
        case .ended(let words):
            say(.control, .edge, .fail, "The edge ended the connection: \(words).", "Try again, or ask its operator.")
        case .silent:
            say(.control, .edge, .fail, "The edge opened no control stream.", "Is that address a tunnel port?")
        }
    }

    /// The edge's judgement of this device's certificate, against that of this machine's clock.
    private mutating func weigh(_ control: EdgeObservation.Control) {
        switch (control, validity) {
        case (.admitted, .expired(let end)):
            let reason = "the edge lets this device in, whose certificate has expired by it"
            clock = LocalDiagnosis.clockIsAhead(by: now.timeIntervalSince(end), because: reason)
            identity = DoctorFinding(.identity, .machine, .ok, "The edge accepts this device's certificate.")
            isAtFault = true
        case (.notice(let notice), .current) where notice.code == .deviceNotYetValid:
            let reason = "by the edge's clock, this device's certificate is not valid yet"
            clock = LocalDiagnosis.clockIsAhead(by: 0, because: reason)
            isAtFault = true
        case (.notice(let notice), .current) where notice.code == .deviceExpired:
            clock = LocalDiagnosis.clockIsBehind(by: 0, since: "the end of this device's certificate lies")
            isAtFault = true
        case (.notice(let notice), .expired) where notice.code == .deviceExpired:
            isAtFault = true
        default: break
        }
    }

    private static let draining = "The edge is draining: it is being shut down and takes no new tunnels."
    private static let afterDraining = "Wait for its successor, or ask the operator for another edge."

    private mutating func judge(_ notice: GoAwayNotice) {
        switch notice.code {
        case .deviceRevoked, .deviceExpired, .deviceNotYetValid, .deviceWrongPurpose:
            let exit = AgentExit(notice)
            say(.control, .machine, .fail, exit?.problem ?? "The edge refused this device.", exit?.nextStep)
        case .draining:
            say(.control, .edge, .fail, Self.draining, Self.afterDraining)
        case .overloaded:
            say(.control, .edge, .fail, "The edge takes no more tunnels at the moment.", "Try again in a minute.")
        case .superseded, .protocolError, .controlTimeout:
            say(.control, .edge, .fail, "The edge ended the connection: \(notice.message)", "Ask its operator.")
        }
    }
}

extension String {
    /// A clause made into the beginning of a sentence.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
