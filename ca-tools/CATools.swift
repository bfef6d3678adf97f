import AdminHTTP
import ArgumentParser
import CertificateAuthority

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The root of all commands.
struct CATools: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca-tools",
        abstract: "Make and keep the operator's certificate authority.",
        discussion: """
            Agents trust exactly one authority: the operator's own, which is built into
            them. These commands make it, issue for edges and devices, withdraw what was
            issued, and replace the root without locking anyone out. Everything lies in
            one folder, ./operator-ca unless --ca names another.

            FIRST STEPS
              ca-tools init --domain tunnel.example.com
              ca-tools issue edge --name eu.tunnel.example.com
              ca-tools issue device --csr laptop.csr --out laptop.pem
              ca-tools audit

            WITH A SERVICE THAT ENROLS
              ca-tools serve
              ca-tools invite laptop

            EXIT CODES
              0  done, or nothing wrong was found
              1  something failed or was found wrong; stderr says what, and what to do next
              2  the command line was not understood
              130, 143  a second signal ended "serve" at once

            SEE ALSO
              docs/operator-ca.md, the operator's guide
            """,
        version: "ca-tools/0.1.0",
        subcommands: [
            Init.self, Issue.self, Revoke.self, SignLists.self, Rotate.self, Inspect.self, Verify.self, Bundle.self,
            AuditCommand.self, Offline.self, Serve.self, Invite.self, Bake.self, Publish.self, Health.self,
        ]
    )

    /// Parses the command line, runs the command and ends the process with the exit code that `--help` promises.
    static func start() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(withError: nil)
        } catch let error as AuthorityError {
            Output.complain("ca-tools: \(error.problem)\nNext: \(error.nextStep).")
            exit(withError: ExitCode(1))
        } catch let error as AdminError {
            Output.complain(
                "ca-tools: \(error)\nNext: see that nothing else listens there, and that the folder can be written."
            )
            exit(withError: ExitCode(1))
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            fail(error)
        }
    }

    /// Ends the process at once.
    static func exit(_ code: Int32) -> Never {
        #if canImport(Darwin)
        Darwin.exit(code)
        #elseif canImport(Musl)
        Musl.exit(code)
        #else
        Glibc.exit(code)
        #endif
    }

    private static func fail(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        // Help and the like: they go to stdout, and nothing failed.
        guard code != .success else { exit(withError: error) }
        Output.complain(fullMessage(for: error))
        exit(withError: ExitCode(code == .validationFailure ? 2 : 1))
    }
}

/// The folder to work in.
struct FolderOption: ParsableArguments {
    @Option(name: .customLong("ca"), help: ArgumentHelp("The folder of the CA.", valueName: "dir"))
    var path = "operator-ca"

    var folder: AuthorityFolder { AuthorityFolder(path) }
}

/// Whether a program reads the output.
struct JSONFlag: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print one JSON object or array instead of text for people.")
    var isOn = false
}
