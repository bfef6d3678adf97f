import AdminHTTP
import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
package import Trust
package import TunnelProtocol
import TunnelTLS

/// Shows an invitation to an edge, and takes the first certificate of this device.
///
/// Nothing is sent before the edge has proved that it is one of the operator's.
package struct EnrolmentClient: Sendable {
    private let dialer: EdgeDialer
    private let verifier: EdgeVerifier
    private let anchors: TrustAnchors

    /// - Parameters:
    ///   - dialer: The way to the edge, the same as for tunnels.
    ///   - anchors: The operator's roots; nothing else is ever trusted.
    ///   - edgeRevocations: Edges that the operator had taken back when the bundle was made.
    package init(dialer: EdgeDialer, anchors: TrustAnchors, edgeRevocations: [RevocationList]) {
        self.dialer = dialer
        self.anchors = anchors
        verifier = EdgeVerifier(anchors: anchors, revocations: edgeRevocations)
    }

    /// A device that has just been enrolled.
    package struct Enrolled: Sendable {
        package let credentials: DeviceCredentials
        /// What the operator calls it.
        package let name: String
    }

    /// Enrols the device with this key.
    ///
    /// The same token with the same key may be shown again when an answer was lost.
    ///
    /// - Throws: ``AgentExit``, which never says the token.
    package func enrol(_ token: EnrolmentToken, keyPEM: String, name: String, at edge: EdgeTarget) async throws
        -> Enrolled
    {
        let request = EnrolmentRequest(
            token: token,
            request: try DeviceCredentials.request(keyPEM: keyPEM, commonName: name)
        )
        let body = try IssuanceJSON.bytes(request)
        let channel = try await connect(to: edge)
        var limits = AdminClient.Limits.standard
        limits.deadline = TunnelConstants.enrolmentDeadline
        limits.bodyBytes = TunnelConstants.enrolmentBodyBytes * 2
        let answer: AdminClient.Answer
        do throws(AdminError) {
            answer = try await AdminClient.post(
                TunnelConstants.enrolmentPath,
                body: ByteBuffer(bytes: body),
                host: edge.serverName,
                on: channel,
                limits: limits
            )
        } catch {
            throw AgentExit(enrolmentCut: "the edge at \(edge.address) gave no answer (\(error.code.rawValue))")
        }
        return try take(answer, keyPEM: keyPEM)
    }

    private func take(_ answer: AdminClient.Answer, keyPEM: String) throws -> Enrolled {
        guard answer.status == 200 else {
            let refusal = IssuanceJSON.refusal(status: answer.status, body: answer.body.readableBytesView)
            throw AgentExit(enrolment: refusal, retryAfter: answer.field("retry-after").flatMap { Int($0) })
        }
        guard let document = IssuanceJSON.document(EnrolmentAnswer.self, from: answer.body.readableBytesView) else {
            throw AgentExit(notEnrolled: "the edge's answer cannot be read")
        }
        let credentials: DeviceCredentials
        do throws(DeviceCredentialsError) {
            credentials = try DeviceCredentials(keyPEM: keyPEM, chain: document.chain)
        } catch {
            throw AgentExit(notEnrolled: error.sentence)
        }
        do throws(PeerRefusal) {
            try credentials.check(against: anchors, at: .now)
        } catch {
            throw AgentExit(own: error)
        }
        guard credentials.identity.id == document.device else {
            throw AgentExit(notEnrolled: "the certificate is for another device than the answer says")
        }
        return Enrolled(credentials: credentials, name: document.name)
    }

    // MARK: The way there

    /// Opens a connection on which the edge is known.
    private func connect(to edge: EdgeTarget) async throws -> any Channel {
        let context = try TunnelTLSContext.enrolmentClient()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let known = eventLoop.makePromise(of: (any Channel).self)
        dialer
            .connect(to: edge.address, on: eventLoop) { channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel, context, edge, known) }
            }
            .whenFailure { error in
                known.fail(AgentExit(enrolmentCut: (error as? DialFailure)?.sentence ?? "\(error)"))
            }
        return try await known.futureResult.get()
    }

    private func prepare(
        _ channel: any Channel,
        _ context: NIOSSLContext,
        _ edge: EdgeTarget,
        _ known: EventLoopPromise<any Channel>
    ) throws {
        let (verifier, name) = (verifier, edge.serverName)
        let check = PeerCheck<EdgeIdentity>(
            verify: { chain throws(PeerRefusal) in try verifier.verify(chain: chain, serverName: name, at: .now) },
            explains: { _ in false }
        )
        let observer = KeyExchangeObserver(direction: .inbound)
        let gate = HandshakeGate(
            check: check,
            observer: observer,
            deadline: AgentConfiguration.dialDeadline,
            applicationProtocol: TunnelTLSContext.enrolmentProtocol
        ) { channel, outcome in
            switch outcome {
            case .peer: known.succeed(channel)
            case .refused(let refusal):
                known.fail(AgentExit(enrolment: refusal, at: edge.address, issuer: check.presented?.issuer))
            case .refusedByName(let refusal): known.fail(AgentExit(edge: refusal, issuer: check.presented?.issuer))
            }
        }
        let tls = try NIOSSLClientHandler(
            context: context,
            serverHostname: name,
            customVerificationCallback: check.verified
        )
        try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
    }
}
