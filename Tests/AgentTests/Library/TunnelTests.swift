import Foundation
import Testing

@testable import Agent

struct TunnelTests {
    @Test(
        arguments: [
            (2, .app), (1, .app), (20, .device), (24, .device), (29, .device), (30, .edge), (44, .edge), (50, .edge),
        ] as [(Int32, TunnelError.Hop)]
    )
    func `says on which hop it failed`(_ code: Int32, _ hop: TunnelError.Hop) {
        let error = TunnelError(AgentExit(code: code, problem: "It failed.", nextStep: "Do this."))
        #expect(error.hop == hop && error.code == Int(code) && error.problem == "It failed.")
        #expect(error.description.hasPrefix("It failed. "))
    }

    @Test(arguments: [20, 21, 22, 23, 31, 50, 51, 52, 53, 54, 55, 56] as [Int32])
    func `tells an app nothing of options that it does not have`(_ code: Int32) {
        let error = TunnelError(AgentExit(code: code, problem: "", nextStep: "Use --option or swift build."))
        #expect(!error.nextStep.contains("--") && !error.nextStep.contains("swift build"))
    }

    @Test func `refuses a bundle and an identity that cannot be read`() {
        #expect(throws: TunnelError.self) { try OperatorCA(bundle: Array("{}".utf8)) }
        #expect(throws: TunnelError.self) { try OperatorCA(file: "/nowhere/operator-ca.json") }
        #expect(throws: TunnelError.self) { try AgentIdentity(keyPEM: "", chainPEM: "") }
        #expect(throws: TunnelError.self) { try AgentIdentity(folder: "/nowhere") }
    }

    @Test func `makes a key and a request`() throws {
        let made = try AgentIdentity.request(name: "laptop")
        #expect(made.keyPEM.contains("PRIVATE KEY") && made.requestPEM.contains("CERTIFICATE REQUEST"))
    }

    // MARK: States

    private static func status(
        _ phase: AgentStatus.Phase,
        _ state: EndpointStatus.State,
        problem: String? = nil,
        endpointProblem: String? = nil,
        retry: Double? = nil
    ) -> AgentStatus {
        var endpoint = EndpointStatus(name: "app", kind: "http", target: "program")
        endpoint.state = state
        endpoint.problem = endpointProblem
        endpoint.url = state == .serving ? "https://app.example.com" : nil
        var tunnel = TunnelStatus(edge: "edge", slot: 0)
        tunnel.retryInSeconds = retry
        var status = AgentStatus(
            version: "1",
            pid: 0,
            device: "d",
            certificateExpires: .now,
            started: .now,
            phase: phase,
            tunnels: [tunnel],
            endpoints: [endpoint]
        )
        status.problem = problem
        return status
    }

    @Test func `sums up what the agent does`() {
        #expect(Tunnel.State(Self.status(.connecting, .waiting)) == .connecting)
        #expect(Tunnel.State(Self.status(.connected, .waiting)) == .connecting)
        #expect(Tunnel.State(Self.status(.connected, .serving)).url == "https://app.example.com")
        #expect(
            Tunnel.State(Self.status(.connected, .waiting, endpointProblem: "busy"))
                == .waiting(problem: "busy", retryIn: nil)
        )
        #expect(
            Tunnel.State(Self.status(.waiting, .waiting, problem: "refused", retry: 1.5))
                == .waiting(problem: "refused", retryIn: .milliseconds(1500))
        )
    }

    @Test func `shows each state once, the newest at least, and ends after the last`() async {
        let board = StateBoard()
        let states = board.watch()
        for number in 0..<100 {
            board.show(.serving(url: "\(number)"))
            board.show(.serving(url: "\(number)"))
        }
        board.end(.closed)
        board.show(.connecting)
        var seen: [Tunnel.State] = []
        for await state in states { seen.append(state) }
        #expect(seen.count == 16 && seen.last == .closed && seen.dropLast().last == .serving(url: "99"))
        var late: [Tunnel.State] = []
        for await state in board.watch() { late.append(state) }
        #expect(late == [.closed])
    }
}
