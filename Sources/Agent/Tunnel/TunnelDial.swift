import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Trust
import TunnelTLS

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One attempt at a tunnel: the way to the edge, and TLS with it.
struct TunnelDial {
    let crew: TunnelCrew
    let edge: EdgeTarget

    /// Begins; whatever comes of it, the tunnel is told.
    func start(_ tunnel: NIOLoopBound<AgentTunnel>, on eventLoop: any EventLoop) {
        let address = edge.address
        ClientBootstrap(group: eventLoop)
            .connectTimeout(crew.configuration.dialDeadline)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel, tunnel.value) }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in
                let problem = "the edge at \(address) cannot be reached: \(Self.words(error))"
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
        let gate = HandshakeGate(check: check, observer: observer, deadline: configuration.dialDeadline) {
            channel,
            outcome in tunnel.settled(outcome, on: channel)
        }
        let tls = try NIOSSLClientHandler(
            context: crew.context,
            serverHostname: serverName,
            customVerificationCallback: check.verified
        )
        try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
    }

    /// A connection error in words that a person can use.
    private static func words(_ error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return "\(error)" }
        if error.dnsAError != nil, error.dnsAAAAError != nil { return "its name cannot be resolved" }
        guard let last = error.connectionErrors.last?.error else { return "no address answered" }
        switch (last as? IOError)?.errnoCode {
        case ECONNREFUSED: return "nothing listens there, or a firewall refuses"
        case ENETUNREACH, EHOSTUNREACH: return "there is no way to its network"
        case ETIMEDOUT: return "it does not answer"
        default: return last is ChannelError ? "it does not answer" : "\(last)"
        }
    }
}
