import AdminHTTP
import Agent
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Trust
import TunnelProtocol
import TunnelTLS

@testable import Edge

/// An edge that enrols devices, with a stand-in for the issuer behind it.
struct EnrolmentHarness: Sendable {
    let ca: ThrowawayCA
    let issuer: StandInIssuer
    let edge: EngineHarness.RunningEdge

    static func run<Result: Sendable>(
        _ habit: StandInIssuer.Habit = .good,
        listens: Bool = true,
        configured configure: (inout EnrolmentConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (EnrolmentHarness) async throws -> Result
    ) async throws -> Result {
        let ca = try ThrowawayCA()
        let identity = try ca.edge()
        let issuer = try StandInIssuer(ca, habit)
        var enrolment = EnrolmentConfiguration()
        enrolment.address = ListenAddress(host: "127.0.0.1", port: 0)
        configure(&enrolment)
        let settled = enrolment
        let withEdge = { @Sendable in
            try await EngineHarness.withEdge(
                of: ca,
                certificate: identity.chainPath,
                key: identity.keyPath,
                configured: { configuration in
                    configuration.enrolment = settled
                    configuration.issuer = issuer.address
                },
                { edge in try await body(EnrolmentHarness(ca: ca, issuer: issuer, edge: edge)) }
            )
        }
        return listens ? try await issuer.serving(withEdge) : try await withEdge()
    }

    // MARK: Agents

    static func newKey() throws -> String { try DeviceCredentials.request(commonName: "laptop").keyPEM }

    var address: EdgeAddress {
        get throws {
            guard let text = edge.addresses.enroll, let address = EdgeAddress(text) else { throw CancellationError() }
            return address
        }
    }

    func client(trusting other: ThrowawayCA? = nil) throws -> EnrolmentClient {
        let bundle = try OperatorBundle.decode(Array(Data(contentsOf: URL(filePath: (other ?? ca).bundlePath))))
        return EnrolmentClient(
            dialer: EdgeDialer(deadline: .seconds(10)),
            anchors: try bundle.anchors(at: .now),
            edgeRevocations: []
        )
    }

    /// Enrols as the command does.
    func enrol(_ token: EnrolmentToken, keyPEM: String, name: String? = nil) async throws -> EnrolmentClient.Enrolled {
        let target = EdgeTarget(address: try address, serverName: name ?? ca.domain)
        return try await client().enrol(token, keyPEM: keyPEM, name: "laptop", at: target)
    }

    /// Why the device is not enrolled; nil when it is.
    func refusal(_ token: EnrolmentToken, keyPEM: String) async throws -> AgentExit? {
        do {
            _ = try await enrol(token, keyPEM: keyPEM)
            return nil
        } catch let exit as AgentExit {
            return exit
        }
    }

    func count(_ result: String) -> String? { edge.figure("osm_edge_enroll_total{result=\"\(result)\"}") }

    // MARK: Strangers

    /// A connection whose client trusts anybody.
    func connect() async throws -> any Channel {
        let context = try TunnelTLSContext.enrolmentClient()
        let domain = ca.domain
        let address = try address
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: domain,
                        customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) }
                    )
                    try channel.pipeline.syncOperations.addHandler(tls)
                }
            }
            .connect(host: address.host, port: address.port).get()
    }

    /// Sends a body and takes the answer.
    func post(_ body: String, to path: String = "/v1/enroll") async throws -> AdminClient.Answer {
        try await AdminClient.post(
            path,
            body: ByteBuffer(string: body),
            host: ca.domain,
            on: try await connect(),
            limits: .patient
        )
    }

    /// The same, as often as it takes until there is room.
    func patientPost(_ body: String) async throws -> AdminClient.Answer {
        while true {
            do { return try await post(body) } catch is AdminError { try await Task.sleep(for: .milliseconds(20)) }
        }
    }
}
