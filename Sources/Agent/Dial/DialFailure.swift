/// Why no connection to an edge came about: the hop that failed, and what was seen there.
package struct DialFailure: Error, Sendable, Equatable {
    /// The raw value is the word in JSON and logs.
    package enum Code: String, Sendable, CaseIterable {
        case nameNotFound = "name_not_found"
        case noAddressOfVersion = "no_address_of_version"
        case resolverFailed = "resolver_failed"
        case refused
        case unreachable
        /// This machine does not let its own program out.
        case forbidden
        /// Nothing came back at all, as when a firewall drops packets.
        case filtered
        case reset
        case failed
        /// The proxy wants a user name and a password, and was given none.
        case proxyNeedsPassword = "proxy_needs_password"
        case proxyRefusesPassword = "proxy_refuses_password"
        /// The proxy's rules forbid the edge.
        case proxyForbids = "proxy_forbids"
        /// The proxy tried to reach the edge and failed.
        case proxyCannotReach = "proxy_cannot_reach"
        /// Any other refusal.
        case proxyRefused = "proxy_refused"
        /// What answers there does not speak the proxy's protocol.
        case proxyBroken = "proxy_broken"
        case proxySilent = "proxy_silent"
    }

    /// Where on the way it failed.
    package enum Hop: Sendable, Equatable {
        /// Between this machine and the edge.
        case edge
        /// Between this machine and the proxy at that address, or behind it.
        case proxy(String)
    }

    package let code: Code
    package let hop: Hop
    /// The edge that was to be reached.
    package let edge: EdgeAddress
    /// What was seen in particular, in a few words of ours or of the system; never a peer's.
    package let detail: String?

    package init(_ code: Code, at hop: Hop, towards edge: EdgeAddress, detail: String? = nil) {
        self.code = code
        self.hop = hop
        self.edge = edge
        self.detail = detail
    }
}

/// In words that a person can use.
extension DialFailure: CustomStringConvertible {
    package var description: String { sentence }

    /// What failed and on which hop: a clause without a capital letter and a full stop.
    package var sentence: String {
        switch code {
        case .nameNotFound: "\(place) cannot be reached: its name cannot be resolved"
        case .noAddressOfVersion: "\(place) cannot be reached: its name has no address of the IP version asked for"
        case .resolverFailed: "\(place) cannot be reached: the name server does not answer\(inParentheses)"
        case .refused: "\(place) cannot be reached: nothing listens there, or a firewall refuses"
        case .unreachable: "\(place) cannot be reached: there is no way to its network"
        case .forbidden: "\(place) cannot be reached: this machine does not let the connection out"
        case .filtered: "\(place) cannot be reached: it does not answer"
        case .reset: "\(place) cannot be reached: the connection was reset"
        case .failed: "\(place) cannot be reached\(detail.map { ": \($0)" } ?? "")"
        case .proxyNeedsPassword: "\(place) asks for a user name and a password"
        case .proxyRefusesPassword: "\(place) does not accept the user name and password"
        case .proxyForbids: "\(place) does not let connections to \(edge) through"
        case .proxyCannotReach: "\(place) cannot reach the edge at \(edge)\(inParentheses)"
        case .proxyRefused: "\(place) refused a connection to \(edge)\(inParentheses)"
        case .proxyBroken: "\(place) does not answer as a proxy does\(inParentheses)"
        case .proxySilent: "\(place) did not say in time whether it can reach the edge at \(edge)"
        }
    }

    /// What to do about it.
    package var nextStep: String {
        switch code {
        case .nameNotFound, .noAddressOfVersion:
            isAtProxy ? "Check the proxy's name." : "Check the edge's name, and what this machine's name server says."
        case .resolverFailed: "Check this machine's network and its name servers."
        case .refused: isAtProxy ? "Check the proxy's address." : "Check the address, and ask whether the edge is up."
        case .unreachable: "Check this machine's network."
        case .forbidden: "Look at this machine's own firewall."
        case .filtered:
            isAtProxy
                ? "Check the proxy's address, and the firewalls on the way."
                : "A firewall on the way may drop packets to that port; a proxy may be needed (HTTPS_PROXY)."
        case .reset, .failed: "Try again; a firewall on the way may cut connections to that port."
        case .proxyNeedsPassword: "Put user and password into HTTPS_PROXY, as in http://user:password@host:port."
        case .proxyRefusesPassword: "Check the user name and password; special characters are percent-encoded."
        case .proxyForbids: "Ask whoever runs the proxy to allow CONNECT to \(edge)."
        case .proxyCannotReach: "Check the edge's address, and whether the proxy may reach it."
        case .proxyRefused, .proxySilent: "Ask whoever runs the proxy."
        case .proxyBroken: "Check the proxy's address and its scheme: http:// or socks5://."
        }
    }

    private var isAtProxy: Bool { hop != .edge }

    private var place: String {
        switch hop {
        case .edge: "the edge at \(edge)"
        case .proxy(let address): "the proxy at \(address)"
        }
    }

    private var inParentheses: String { detail.map { " (\($0))" } ?? "" }
}
