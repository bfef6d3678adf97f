import AdminHTTP
import Agent
import ArgumentParser
import FoundationEssentials
import NIOCore
import Telemetry

/// `osm-agent status`.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the running agent is doing.",
        discussion: """
            Asks the agent that this user runs. Exit code 0 when its tunnel is up, 1 when
            it is not or when no agent runs.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var local: LocalSocket

    func run() async throws {
        let answer: AdminClient.Answer
        do throws(AdminError) {
            answer = try await AdminClient.get("/v1/status", at: .unix(path: local.socket))
        } catch {
            throw AgentExit(
                code: 1,
                problem: "No agent answers on \(local.socket).",
                nextStep: "Start one with: osm-agent http 3000"
            )
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let status = try decoder.decode(AgentStatus.self, from: Data(answer.body.readableBytesView))
        StandardStream.output.write(json ? String(buffer: answer.body) : Self.text(status))
        guard status.phase == .connected else { throw ExitCode.failure }
    }

    private static func text(_ status: AgentStatus) -> String {
        var lines = [
            "agent         \(status.version), pid \(status.pid)",
            "device        \(status.device), certificate until \(status.certificateExpires.formatted(.iso8601))",
        ]
        for tunnel in status.tunnels {
            lines.append("edge          \(tunnel.edge), \(tunnel.phase.rawValue)")
            if let keyExchange = tunnel.keyExchange { lines.append("key exchange  \(keyExchange)") }
            if let roundTrip = tunnel.roundTripMilliseconds {
                lines.append("round trip    \((roundTrip * 100).rounded() / 100) ms")
            }
            if let problem = tunnel.problem { lines.append("problem       \(problem)") }
        }
        for endpoint in status.endpoints {
            lines.append("serves        \(endpoint.url ?? "(no name yet)") -> \(endpoint.target)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
