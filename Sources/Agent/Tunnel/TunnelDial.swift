import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import Trust
import TunnelTLS

/// One attempt at a tunnel: the way to the edge, and TLS with it.
struct TunnelDial {
    let crew: TunnelCrew
    let edge: EdgeTarget

    /// Begins; whatever comes of it, the tunnel is told.
    func start(_ tunnel: NIOLoopBound<AgentTunnel>, on eventLoop: any EventLoop) {
        crew.configuration.dialer
            .connect(to: edge.address, on: eventLoop) { channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel, tunnel.value) }
            }
            .whenFailure { error in
                let failure = error as? DialFailure
                let problem = failure?.sentence ?? "the edge at \(edge.address) cannot be reached: \(error)"
                tunnel.value.end(.ended(problem: problem, retryAfter: nil))
            }
    }

    /// TLS first; the tunnel once the edge is known.
    private func prepare(_ channel: any Channel, _ tunnel: AgentTunnel) throws {
        let configuration = crew.configuration
        let verifier = EdgeVerifier(anchors: configuration.anchors, revocations: configuration.edgeRevocations)
        let serverName = edge.serverName
        let check = PeerCheck<EdgeIdentity>(
            verify: { chain throws(PeerRefusal) in
                try verifier.verify(chain: chain, serverName: serverName, at: .now)
            },
            explains: { _ in false }
        )
        let observer = KeyExchangeObserver(direction: .inbound)
        let gate = HandshakeGate(check: check, observer: observer, deadline: AgentConfiguration.dialDeadline) {
            channel,
            outcome in tunnel.settled(outcome, on: channel, presented: check.presented)
        }
        let tls = try NIOSSLClientHandler(
            context: crew.credentials.context,
            serverHostname: serverName,
            customVerificationCallback: check.verified
        )
        try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
    }
}
