import AdminHTTP
import ArgumentParser
import NIOCore
import Telemetry

/// `osm-proxy health`, for health checks of containers that have no shell.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running edge whether it is ready: exit code 0 when it is, 1 when not."
    )

    @Option(help: ArgumentHelp("The admin listener of the edge.", valueName: "host:port"))
    var admin = "127.0.0.1:8081"

    func run() async throws {
        guard let address = AdminAddress(admin) else {
            throw ValidationError("--admin: '\(admin)' is not host:port")
        }
        let answer = try await AdminClient.get("/readyz", at: address)
        StandardStream.output.write(String(buffer: answer.body))
        guard answer.status == 200 else { throw ExitCode.failure }
    }
}
