import CoreMetrics
import HTTP2
import Logging
import NIOCore
import TunnelProtocol

/// Lets visitors in, or refuses them with a reason.
///
/// ## Concurrency
/// Belongs to the event loop of its core, on which it accepts.
struct VisitorListener {
    private let core: EdgeCore
    private let limits: BorderLimits

    init(core: EdgeCore) {
        self.core = core
        limits = core.configuration.border
    }

    /// Sets up one accepted connection.
    func accept(_ channel: any Channel) throws {
        guard !core.isDraining else { return channel.close(promise: nil) }
        let peer = Self.address(of: channel)
        let mayConnect = !limits.proxyProtocol || core.configuration.trustedProxies.contains(peer)
        guard mayConnect else { return close(channel, peer, reason: "proxy_untrusted") }
        do throws(VisitorLimiter.Refusal) {
            try core.overload.limiter.enter()
        } catch {
            return try refuse(channel, peer, error)
        }
        channel.closeFuture.assumeIsolated().whenComplete { [core] _ in core.overload.limiter.leave() }
        guard limits.proxyProtocol else { return try admit(channel, peer) }
        try readProxyHeader(channel, peer)
    }

    private static func address(of channel: any Channel) -> IPAddress? {
        let address = channel.remoteAddress
        return address?.v4Number.map { IPAddress(family: .v4, bits: UInt128($0)) } ?? IPAddress(address)
    }

    /// Serves the connection once its header has said whose it is.
    private func readProxyHeader(_ channel: any Channel, _ peer: IPAddress?) throws {
        let gate = ProxyProtocolGate(deadline: limits.proxyProtocolDeadline) { channel, outcome in
            switch outcome {
            case .peer(let source):
                do {
                    try admit(channel, source ?? peer)
                } catch {
                    channel.close(promise: nil)
                }
            case .refused(let refusal): close(channel, peer, reason: refusal.rawValue)
            }
        }
        try channel.pipeline.syncOperations.addHandler(gate)
    }

    /// Counts the connection for its address, unless that speaks for many, and serves it.
    private func admit(_ channel: any Channel, _ peer: IPAddress?) throws {
        if let peer, !isExempt(peer) {
            let network = VisitorLimiter.Network(peer)
            do throws(VisitorLimiter.Refusal) {
                try core.overload.limiter.enter(network)
            } catch {
                return try refuse(channel, peer, error)
            }
            channel.closeFuture.assumeIsolated().whenComplete { [core] _ in core.overload.limiter.leave(network) }
        }
        // A name of its own would be made up for each handler that has none.
        try channel.pipeline.syncOperations.addHandler(HTTP1Visitor(core: core, peer: peer), name: "visitor")
    }

    private func isExempt(_ peer: IPAddress) -> Bool {
        core.configuration.trustedProxies.contains(peer) || limits.exemptsLoopback && peer.isLoopback
    }

    /// Says why there is no room, as long as not too many are being told so.
    private func refuse(_ channel: any Channel, _ peer: IPAddress?, _ refusal: VisitorLimiter.Refusal) throws {
        guard core.overload.beginExplanation() else { return close(channel, peer, reason: refusal.rawValue) }
        channel.closeFuture.assumeIsolated().whenComplete { [core] _ in core.overload.explanationEnded() }
        count(peer, reason: refusal.rawValue)
        let failure: EdgeFailure =
            switch refusal {
            case .perAddress: .tooManyConnections
            case .total: .overloaded
            }
        let page = ErrorPage(failure, requestID: core.nextRequestID())
        try channel.pipeline.syncOperations.addHandler(VisitorRefusal(page: page))
    }

    private func close(_ channel: any Channel, _ peer: IPAddress?, reason: String) {
        count(peer, reason: reason)
        channel.close(promise: nil)
    }

    private func count(_ peer: IPAddress?, reason: String) {
        core.metrics.visitorRefused(reason)
        let address = peer?.description ?? "unknown"
        core.logger.debug("visitor refused", metadata: ["reason": "\(reason)", "peer": "\(address)"])
    }
}
