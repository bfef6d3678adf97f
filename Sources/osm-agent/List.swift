import Agent
import ArgumentParser
import Settings
import Telemetry

/// `osm-agent list`.
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the endpoints of the running agent.",
        discussion: """
            Also those that are stopped. STATE is failing when the last request got no answer
            from the local service; osm-agent status says why. SOURCE says when an endpoint goes: file, never;
            added, when it is removed; command and attached, with the command that serves it.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var local: LocalSocket

    func run() async throws {
        let agent = try await LocalAgent.running(local.socket)
        let endpoints = try await agent.endpoints()
        guard json else { return StandardStream.output.write(Self.text(endpoints)) }
        let status = try await agent.status()
        let certificate = CertificateStatus(notAfter: status.certificateExpires, problem: status.certificateProblem)
        StandardStream.output.write(try JSONText.of(Document(endpoints: endpoints, certificate: certificate)))
    }

    private struct Document: Encodable {
        let endpoints: [EndpointListing]
        let certificate: CertificateStatus
    }

    static func text(_ endpoints: [EndpointListing]) -> String {
        guard !endpoints.isEmpty else { return "no endpoints; add one with: osm-agent http 3000\n" }
        let rows = endpoints.map { endpoint in
            [
                endpoint.name,
                endpoint.spec.kind,
                state(endpoint),
                endpoint.source.rawValue,
                endpoint.status?.url ?? "-",
                endpoint.spec.target,
            ].map { TerminalText.escaped($0) }
        }
        return table([["NAME", "KIND", "STATE", "SOURCE", "ADDRESS", "TARGET"]] + rows)
    }

    private static func state(_ endpoint: EndpointListing) -> String {
        guard endpoint.enabled else { return "stopped" }
        guard let status = endpoint.status else { return "waiting" }
        return status.state == .serving && status.origin?.state == .failing ? "failing" : status.state.rawValue
    }

    /// Columns as wide as their widest cell.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = cells.joined(separator: "  ")
            return line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex) + "\n"
        }.joined()
    }
}
