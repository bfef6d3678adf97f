import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Agent

/// Tunnels that find no edge; those that find one are tested with real processes.
@Suite(.timeLimit(.minutes(1)))
struct TunnelRunTests {
    private struct Mishap: Error {}

    private var configuration: TunnelConfiguration

    init() async throws {
        let ca = try ThrowawayCA()
        let device = try ca.issueDevice()
        configuration = TunnelConfiguration(
            identity: try AgentIdentity(keyPEM: device.keyPEM, chainPEM: device.chainPEM),
            operatorCA: try OperatorCA(file: ca.bundlePath)
        )
        let gone = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = gone.localAddress?.port ?? 0
        try await gone.close().get()
        configuration.edges = ["127.0.0.1:\(port)"]
    }

    private func tunnel() throws -> Tunnel { try Tunnel(configuration) { _ in .text("hello") } }

    /// Waits until the first dial has failed.
    private static func untilWaiting(_ tunnel: Tunnel) async {
        for await state in tunnel.states {
            if case .waiting(let problem, let retryIn) = state, !problem.isEmpty, retryIn != nil { return }
        }
    }

    @Test func `waits while no edge answers, and is closed with what it was opened for`() async throws {
        let tunnel = try tunnel()
        #expect(tunnel.state == .connecting)
        let result = try await tunnel.open { tunnel in
            await Self.untilWaiting(tunnel)
            return 7
        }
        #expect(result == 7 && tunnel.state == .closed)
    }

    @Test func `runs once, and has no URL afterwards`() async throws {
        let tunnel = try tunnel()
        tunnel.close()
        try await tunnel.run()
        #expect(tunnel.state == .closed)
        await #expect(throws: TunnelError.self) { try await tunnel.run() }
        await #expect(throws: TunnelError.self) { try await tunnel.url() }
    }

    @Test func `ends when what it was opened for throws`() async throws {
        let tunnel = try tunnel()
        await #expect(throws: Mishap.self) {
            try await tunnel.open { tunnel in
                await Self.untilWaiting(tunnel)
                throw Mishap()
            }
        }
        #expect(tunnel.state == .closed)
    }

    @Test func `ends with the task that runs it`() async throws {
        let tunnel = try tunnel()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await tunnel.run() }
            await Self.untilWaiting(tunnel)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(tunnel.state == .closed)
    }

    /// What is left of something, if anything is.
    private final class Remains: Sendable {
        weak let crew: TunnelCrew?
        init(_ crew: TunnelCrew) { self.crew = crew }
    }

    @Test func `leaves nothing behind when it has ended`() async throws {
        var tunnel: Tunnel? = try tunnel()
        let remains = try Remains(#require(tunnel).service.crew)
        try await tunnel?.open { await Self.untilWaiting($0) }
        tunnel = nil
        // The event loops still let go of what they were told last.
        while remains.crew != nil { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test(
        arguments: [
            { $0.edges = ["not an address"] }, { $0.software = "" }, { $0.software = "two words" },
            { $0.concurrentRequests = 0 }, { $0.memoryBudget = 0 }, { $0.headDeadline = .zero },
            { $0.drainTime = .seconds(-1) }, { $0.proxy = "ftp://proxy" },
        ] as [@Sendable (inout TunnelConfiguration) -> Void]
    )
    func `refuses a setting that makes no sense`(_ change: @Sendable (inout TunnelConfiguration) -> Void) throws {
        var configuration = configuration
        change(&configuration)
        let error = try #require(throws: TunnelError.self) { try Tunnel(configuration) { _ in .text("hello") } }
        #expect(error.hop == .app && error.code == 2)
    }

    @Test(arguments: ["8.8.8.8:80", "nonsense://x", "", "99999"])
    func `refuses a target that it does not forward to`(_ target: String) throws {
        let error = try #require(throws: TunnelError.self) { try Tunnel(to: target, configuration) }
        #expect(error.hop == .app && error.problem.contains("'\(target)'"))
    }

    @Test func `refuses an identity of another operator before it dials`() async throws {
        let device = try ThrowawayCA().issueDevice()
        var configuration = configuration
        configuration.identity = try AgentIdentity(keyPEM: device.keyPEM, chainPEM: device.chainPEM)
        let error = try #require(throws: TunnelError.self) { try Tunnel(to: "3000", configuration) }
        #expect(error.hop == .device && error.code == 25)
    }

    @Test func `never shows a key`() throws {
        let identity = configuration.identity
        for text in ["\(identity)", String(reflecting: identity), "\(configuration)"] {
            #expect(!text.contains("PRIVATE KEY") && text.contains(identity.device))
        }
    }
}
