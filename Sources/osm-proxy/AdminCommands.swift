import AdminHTTP
import ArgumentParser
import NIOCore
import Telemetry

/// Where a running edge answers its operator.
struct AdminOption: ParsableArguments {
    @Option(help: ArgumentHelp("The admin listener of the edge.", valueName: "host:port"))
    var admin = "127.0.0.1:8081"

    /// Prints what the edge answers, whatever its status is; one other than 200 is a failure.
    func show(_ path: String) async throws {
        guard let address = AdminAddress(admin) else {
            throw ValidationError("--admin: '\(admin)' is not host:port")
        }
        let answer = try await AdminClient.get(path, at: address)
        StandardStream.output.write(String(buffer: answer.body))
        guard answer.status == 200 else { throw ExitCode.failure }
    }
}

/// `osm-proxy health`, for health checks of containers that have no shell.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running edge whether it is ready: exit code 0 when it is, 1 when not."
    )

    @OptionGroup var edge: AdminOption

    func run() async throws { try await edge.show("/readyz") }
}

/// `osm-proxy tunnels`.
struct Tunnels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the tunnels of a running edge as JSON: devices, addresses, names, streams, round-trip times."
    )

    @OptionGroup var edge: AdminOption

    func run() async throws { try await edge.show("/tunnels") }
}

/// `osm-proxy metrics`.
struct Metrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the figures of a running edge in the Prometheus text format."
    )

    @OptionGroup var edge: AdminOption

    func run() async throws { try await edge.show("/metrics") }
}
