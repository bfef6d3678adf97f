import AdminHTTP
import ArgumentParser
import CertificateAuthority

/// Asks the service whether it could issue.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running \"ca-tools serve\" whether it can issue: exit code 0 when it can, 1 when not.",
        discussion: """
            For health checks of containers that have no shell.

            EXAMPLES
              ca-tools health
              ca-tools health --socket /run/issuer/issuer.sock
            """
    )

    @Option(help: ArgumentHelp("The socket of the service. (default: DIR/issuer.sock)", valueName: "path"))
    var socket: String?

    @OptionGroup var ca: FolderOption

    func run() async throws {
        let path = socket ?? ca.folder.issuerSocket
        let status: Int
        do throws(AdminError) {
            status = try await AdminClient.get("/healthz", at: .unix(path: path)).status
        } catch {
            throw AuthorityError(
                .unreadable,
                "\(path): \(error)",
                next: "start \"ca-tools serve\", or name its socket with --socket"
            )
        }
        guard status == 200 else {
            throw AuthorityError(
                .unreadable,
                "the service cannot issue",
                next: "run \"ca-tools verify\"; its log says more"
            )
        }
        try Output.say("ok")
    }
}
