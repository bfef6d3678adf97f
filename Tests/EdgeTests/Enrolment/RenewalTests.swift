import AdminHTTP
import Agent
import Foundation
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Edge

/// Edge and agent in one process; the agent's certificate is six of its seven days old, so that it is time.
@Suite(.serialized)
struct RenewalTests {
    /// Where an agent of a test keeps its certificates.
    private final class Shelf: Sendable {
        private let content = Mutex<[DeviceCredentials]>([])
        private let isFull = Mutex(false)

        var kept: [DeviceCredentials] { content.withLock { $0 } }

        func fill() { isFull.withLock { $0 = true } }

        func keep(_ credentials: DeviceCredentials) throws {
            guard !isFull.withLock({ $0 }) else { throw CocoaError(.fileWriteOutOfSpace) }
            content.withLock { $0.append(credentials) }
        }
    }

    private struct Scene: Sendable {
        let harness: EnrolmentHarness
        let device: ThrowawayCA.Device
        let shelf: Shelf
        let state: AgentState

        /// Waits for the first word about the certificate.
        func problem() async throws -> String {
            try await state.reaches { $0.certificateProblem != nil }
            return state.current.certificateProblem ?? ""
        }

        func count(_ result: String) -> String? {
            harness.edge.figure("osm_edge_renewals_total{result=\"\(result)\"}")
        }
    }

    private static func run(
        _ habit: StandInIssuer.Habit = .good,
        listens: Bool = true,
        age days: Double = 6,
        shelf: Shelf = Shelf(),
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        try await EnrolmentHarness.run(habit, listens: listens) {
            if case .slow = habit { $0.issuerDeadline = .milliseconds(500) }
        } _: { harness in
            let device = try harness.ca.issueDevice(at: Date(timeIntervalSinceNow: -days * 86_400))
            let agent = try Self.agent(of: harness.ca, at: harness.edge.addresses.tunnel, as: device, keeping: shelf)
            try await RunningAgent.run(agent) { state in
                try await body(Scene(harness: harness, device: device, shelf: shelf, state: state))
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate that is due is renewed, kept and shown`() async throws {
        try await Self.run { scene in
            let before = scene.state.current.certificateExpires
            try await scene.state.reaches { $0.certificateExpires > before }
            let kept = try #require(scene.shelf.kept.first)
            #expect(kept.identity.id == scene.device.id)
            #expect(kept.keyPEM == scene.device.keyPEM)
            #expect(kept.notAfter == scene.state.current.certificateExpires)
            #expect(scene.state.current.certificateProblem == nil)
            #expect(scene.state.current.phase == .connected)
            #expect(scene.count("renewed") == "1")
            #expect(scene.harness.issuer.asked == ["/v1/renew"])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `after a restart of the edge the tunnel is dialled with the new certificate`() async throws {
        let ca = try ThrowawayCA()
        let issuer = try StandInIssuer(ca)
        let device = try ca.issueDevice(at: Date(timeIntervalSinceNow: -6 * 86_400))
        let shelf = Shelf()
        try await issuer.serving {
            let address = try await Self.withEdge(of: ca, issuer) { $0.addresses.tunnel }
            let agent = try Self.agent(of: ca, at: address, as: device, keeping: shelf)
            try await RunningAgent.run(agent) { state in
                let before = state.current.certificateExpires
                try await Self.withEdge(of: ca, issuer, at: address) { _ in
                    try await state.reaches { $0.certificateExpires > before }
                }
                let shown = try await Self.withEdge(of: ca, issuer, at: address) { edge in
                    try await RunningAgent.until("the tunnel is up") { try await Self.tunnels(of: edge) != "[]" }
                    return try await Self.tunnels(of: edge)
                }
                let end = try #require(shelf.kept.first).notAfter.formatted(.iso8601)
                #expect(shown.contains(end), "\(shown)")
            }
        }
        #expect(issuer.asked == ["/v1/renew"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate that is not due is left alone`() async throws {
        try await Self.run(age: 4) { scene in
            try await scene.state.reaches { $0.phase == .connected }
            #expect(scene.harness.issuer.asked.isEmpty)
            #expect(scene.shelf.kept.isEmpty)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("device_revoked", "The device has been revoked"), ("device_unknown", "knows no such device"),
            ("key_changed", "another key"), ("too_many", "Too many attempts"), ("unavailable", "at present"),
        ]
    )
    func `a refusal is told, and ends no tunnel`(code: String, words: String) async throws {
        try await Self.run(.refusing(status: 403, code: code, retryAfter: nil)) { scene in
            let problem = try await scene.problem()
            #expect(problem.contains(words), "\(problem)")
            #expect(scene.state.current.phase == .connected)
            #expect(scene.shelf.kept.isEmpty)
            #expect(scene.count(code) == "1")
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [.slow, .cut, .nonsense("{}")] as [StandInIssuer.Habit])
    func `an issuer that gives no proper answer is told as one that is not there`(
        habit: StandInIssuer.Habit
    ) async throws {
        try await Self.run(habit) { scene in
            let problem = try await scene.problem()
            #expect(problem.contains("No certificate can be issued at present"), "\(problem)")
            #expect(scene.state.current.phase == .connected)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate for another device is not taken`() async throws {
        try await Self.run(.mistaken) { scene in
            let problem = try await scene.problem()
            #expect(problem.contains("for another device"), "\(problem)")
            #expect(scene.shelf.kept.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate that cannot be kept is not used`() async throws {
        let shelf = Shelf()
        shelf.fill()
        try await Self.run(shelf: shelf) { scene in
            let before = scene.state.current.certificateExpires
            let problem = try await scene.problem()
            #expect(problem.contains("cannot be kept"), "\(problem)")
            #expect(scene.state.current.certificateExpires == before)
        }
    }

    // MARK: Edges and agents

    private static func withEdge<Result: Sendable>(
        of ca: ThrowawayCA,
        _ issuer: StandInIssuer,
        at address: String = "127.0.0.1:0",
        _ body: @escaping @Sendable (EngineHarness.RunningEdge) async throws -> Result
    ) async throws -> Result {
        let identity = try ca.edge()
        let listen = try #require(ListenAddress(address))
        let configured: (inout EdgeConfiguration) -> Void = { configuration in
            configuration.tunnelAddress = listen
            configuration.issuer = issuer.address
        }
        let (certificate, key) = (identity.chainPath, identity.keyPath)
        while true {
            do {
                return try await EngineHarness.withEdge(
                    of: ca,
                    certificate: certificate,
                    key: key,
                    configured: configured,
                    body
                )
            } catch is ListenerError {
                // A connection of somebody else has the port for a moment.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private static func agent(
        of ca: ThrowawayCA,
        at address: String,
        as device: ThrowawayCA.Device,
        keeping shelf: Shelf
    ) throws -> AgentService {
        let bytes = Array(try Data(contentsOf: URL(filePath: ca.bundlePath)))
        let edge = EdgeTarget(address: try #require(EdgeAddress(address)), serverName: ca.domain)
        var configuration = AgentConfiguration(
            edges: [edge],
            anchors: try OperatorBundle.decode(bytes).anchors(at: .now),
            credentials: try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM),
            endpoints: [],
            software: "osm-agent/test"
        )
        configuration.keepCredentials = { try shelf.keep($0) }
        configuration.probes = false
        let logger = Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
        return try AgentService(configuration: configuration, pid: 1, logger: logger)
    }

    private static func tunnels(of edge: EngineHarness.RunningEdge) async throws -> String {
        let address = try #require(AdminAddress(edge.addresses.admin))
        return String(buffer: try await AdminClient.get("/tunnels", at: address, limits: .patient).body)
    }
}
