import ArgumentParser
import CertificateAuthority

/// Checks a folder.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check keys, modes, chains, lists and the bundle of a CA.",
        discussion: """
            Needs no passphrase and changes nothing. Chains are judged by OpenSSL at its
            strictest, with the revocation lists. What wants doing soon, such as a
            renewal, is said but is no failure.

            EXAMPLES
              ca-tools verify
              ca-tools verify /srv/operator-ca --json
            """
    )

    @Argument(help: ArgumentHelp("The folder of the CA.", valueName: "dir"))
    var path = "operator-ca"

    @OptionGroup var json: JSONFlag

    func run() throws {
        let report = try Verification.run(AuthorityFolder(path))
        if json.isOn {
            try Output.json(report)
        } else {
            for check in report.checks {
                let verdict = check.problem.map { "FAIL  \(check.path): \($0)" } ?? "ok    \(check.path)"
                try Output.say(verdict + (check.advice.map { " (\($0))" } ?? ""))
            }
        }
        guard report.isGood else {
            Output.complain(
                "ca-tools: something in \(path) is wrong.\nNext: run \"ca-tools audit\", then restore or renew what failed."
            )
            throw ExitCode(1)
        }
    }
}
