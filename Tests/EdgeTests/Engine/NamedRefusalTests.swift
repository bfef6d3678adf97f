import Agent
import Foundation
import TestSupport
import Testing
import Trust

@testable import Edge

/// Edge and agent in one process, under a CA that is sixty days old: each refusal of the one is told by the other.
struct NamedRefusalTests {
    private static let day = 86_400.0
    private let ca: ThrowawayCA

    init() throws {
        ca = try ThrowawayCA(now: { Date(timeIntervalSinceNow: -60 * Self.day) })
    }

    private func good() throws -> ThrowawayCA.Edge { try ca.issueEdge("good.tunnel.example.com", at: .now) }

    /// What an agent with a good identity says of an edge that shows this certificate.
    private func exit(certificate: String, key: String, named name: String) async throws -> Int32? {
        let device = try ca.issueDevice(at: .now)
        let bundle = ca.bundlePath
        return try await EngineHarness.withEdge(of: ca, certificate: certificate, key: key) { edge in
            try await EngineHarness.agentExit(at: edge, serverName: name, trusting: bundle, as: device)?.code
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses an edge whose certificate has expired`() async throws {
        let expired = try ca.edge()
        #expect(try await exit(certificate: expired.chainPath, key: expired.keyPath, named: ca.domain) == 32)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses an edge whose certificate is not valid yet`() async throws {
        let name = "early.tunnel.example.com"
        let early = try ca.issueEdge(name, at: Date(timeIntervalSinceNow: 2 * Self.day))
        #expect(try await exit(certificate: early.chainPath, key: early.keyPath, named: name) == 33)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses a device that poses as an edge`() async throws {
        let device = try ca.issueDevice(at: .now)
        #expect(try await exit(certificate: device.chainPath, key: device.keyPath, named: ca.domain) == 34)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses an edge with another name`() async throws {
        let edge = try good()
        #expect(try await exit(certificate: edge.chainPath, key: edge.keyPath, named: "other.tunnel.example.com") == 31)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent refuses an edge of another operator`() async throws {
        let other = try ThrowawayCA()
        let device = try other.issueDevice()
        let edge = try good()
        let bundle = other.bundlePath
        let code = try await EngineHarness.withEdge(of: ca, certificate: edge.chainPath, key: edge.keyPath) { running in
            try await EngineHarness.agentExit(
                at: running,
                serverName: "good.tunnel.example.com",
                trusting: bundle,
                as: device
            )?.code
        }
        #expect(code == 30)
        withExtendedLifetime(other) {}
    }

    @Test(.timeLimit(.minutes(5)), arguments: [("expired", -30.0, Int32(26)), ("not_yet_valid", 2.0, 27)])
    func `an agent does not dial with a certificate that every edge would refuse`(
        word: String,
        days: Double,
        code: Int32
    ) async throws {
        let device = try ca.issueDevice(at: Date(timeIntervalSinceNow: days * Self.day))
        let edge = try good()
        let bundle = ca.bundlePath
        let exit = try await EngineHarness.withEdge(of: ca, certificate: edge.chainPath, key: edge.keyPath) { running in
            try await EngineHarness.agentExit(
                at: running,
                serverName: "good.tunnel.example.com",
                trusting: bundle,
                as: device
            )
        }
        #expect(exit?.code == code)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an edge tells a revoked device why it may not come in`() async throws {
        let device = try ca.issueDevice(at: .now)
        try ca.revoke(device: device.id)
        let edge = try good()
        let bundle = ca.bundlePath
        let (code, counted) = try await EngineHarness.withEdge(of: ca, certificate: edge.chainPath, key: edge.keyPath) {
            running in
            let exit = try await EngineHarness.agentExit(
                at: running,
                serverName: "good.tunnel.example.com",
                trusting: bundle,
                as: device
            )
            return (exit?.code, running.refusals("revoked"))
        }
        #expect(code == 44)
        #expect(counted == "1")
    }
}
