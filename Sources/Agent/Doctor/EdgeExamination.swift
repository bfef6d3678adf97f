import HTTP2
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Trust
import TunnelProtocol
import TunnelTLS

/// Goes the way to one edge as a tunnel does, and stops before it would say hello.
struct EdgeExamination: Sendable {
    let subject: DoctorCase
    let credentials: DeviceCredentials
    let anchors: TrustAnchors
    let edge: EdgeTarget

    func observe() async -> EdgeObservation {
        var seen = EdgeObservation()
        let proxy = subject.dialer.proxy.proxy(towards: edge.address)
        seen.proxy = proxy?.description
        seen.proxySource = subject.dialer.proxy.source
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        seen.address = proxy == nil ? await address(on: eventLoop) : .leftToProxy
        let visit = EdgeVisit(eventLoop)
        do {
            let context = try TunnelTLSContext.client(
                certificates: Array(credentials.chainPEM.utf8),
                key: Array(credentials.keyPEM.utf8)
            )
            let channel = try await connect(on: eventLoop, context, visit)
            seen.connection = .success(channel.remoteAddress?.ipAddress ?? "\(edge.address)")
            seen.handshake = await visit.handshake(within: subject.dialer.deadline)
            if case .done = seen.handshake { seen.control = await visit.control(within: subject.dialer.deadline) }
            channel.close(promise: nil)
        } catch let failure as DialFailure {
            seen.connection = .failure(failure)
        } catch {
            seen.connection = .failure(DialFailure(.failed, at: .edge, towards: edge.address, detail: "\(error)"))
        }
        if case .refused(.peer(let refusal), let certificate) = seen.handshake, Self.isStranger(refusal) {
            let speaks = await speaksTunnel(on: eventLoop)
            seen.handshake = .stranger(refusal, certificate, speaksTunnel: speaks)
        }
        return seen
    }

    private static func isStranger(_ refusal: PeerRefusal) -> Bool {
        switch refusal {
        case .unknownIssuer, .wrongChainLength, .unreadable, .noCertificate: true
        case .expired, .notYetValid, .wrongPurpose, .wrongName, .constraintViolated, .revoked, .resumed: false
        }
    }

    /// Addresses for people to read; the dial asks again.
    private func address(on eventLoop: any EventLoop) async -> EdgeObservation.Address {
        guard IPAddress(edge.address.host) == nil else { return .literal }
        var found: [String] = []
        for family in [NameLookup.Family.v6, .v4] where subject.dialer.version.includes(family) {
            let answer = subject.dialer.lookup.ask(edge.address.host, edge.address.port, family, eventLoop)
            let bounded = answer.bounded(by: subject.dialer.deadline)
            do { found += try await bounded.get().compactMap(\.ipAddress) } catch { continue }
        }
        return found.isEmpty ? .literal : .found(found)
    }

    private func connect(
        on eventLoop: any EventLoop,
        _ context: NIOSSLContext,
        _ visit: EdgeVisit
    ) async throws -> any Channel {
        let verifier = LenientVerifier(anchors: anchors, revocations: revocations, edge: edge, now: subject.now)
        let (edge, deadline) = (edge, subject.dialer.deadline)
        return try await subject.dialer.connect(to: edge.address, on: eventLoop) { channel in
            channel.eventLoop.makeCompletedFuture {
                let check = PeerCheck<LenientVerifier.Verdict>(
                    verify: { chain throws(PeerRefusal) in try verifier.verify(chain) },
                    explains: { _ in false }
                )
                let observer = KeyExchangeObserver(direction: .inbound)
                let gate = HandshakeGate(check: check, observer: observer, deadline: deadline) { channel, outcome in
                    visit.settled(outcome, check.presented, on: channel)
                }
                let tls = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: edge.serverName,
                    customVerificationCallback: check.verified
                )
                try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
            }
        }.get()
    }

    private var revocations: [RevocationList] {
        guard case .success(let bundle) = subject.bundle else { return [] }
        return bundle.edgeRevocations.map { [$0] } ?? []
    }

    /// Shakes hands with a stranger, without showing it any certificate, to hear whether it knows of tunnels.
    private func speaksTunnel(on eventLoop: any EventLoop) async -> Bool {
        let answer = eventLoop.makePromise(of: Bool.self)
        do {
            let context = try TunnelTLSContext.client(certificates: [], key: [])
            let (name, deadline) = (edge.serverName, subject.dialer.deadline)
            let channel = try await subject.dialer.connect(to: edge.address, on: eventLoop) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let check = PeerCheck<Bool>(verify: { _ in true }, explains: { _ in false })
                    let observer = KeyExchangeObserver(direction: .inbound)
                    let gate = HandshakeGate(check: check, observer: observer, deadline: deadline) { _, outcome in
                        guard case .peer = outcome else { return answer.succeed(false) }
                        answer.succeed(true)
                    }
                    let tls = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: name,
                        customVerificationCallback: check.verified
                    )
                    try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
                }
            }.get()
            defer { channel.close(promise: nil) }
            return try await answer.futureResult.get()
        } catch {
            answer.succeed(false)
            return false
        }
    }
}
