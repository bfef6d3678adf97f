import ArgumentParser
import CertificateAuthority

/// Audits a folder.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Find out whether the issuance log was tampered with.",
        discussion: """
            Checks every hash of the log, that no line is missing, added or moved, that
            the signed head names its last line, and that each certificate in the folder
            is in it. Works offline and on a copy, and changes nothing.

            Whoever holds the device CA's key can write a whole new log. Keep copies of
            log/head elsewhere: an old head that the log no longer agrees with proves it.

            EXAMPLES
              ca-tools audit
              ca-tools audit --ca /mnt/copy/operator-ca --json
            """
    )

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let report = try Audit.run(ca.folder)
        if json.isOn {
            try Output.json(report)
        } else {
            for finding in report.findings { try Output.say("FAIL  \(finding.place): \(finding.problem)") }
            for note in report.notes { try Output.say("note  \(note.place): \(note.problem)") }
            try Output.say("\(report.entries) entries and \(report.certificates) certificates were compared.")
        }
        guard report.isClean else {
            Output.complain(
                "ca-tools: the log cannot be trusted.\nNext: compare with a backup, and issue nothing until it is explained."
            )
            throw ExitCode(1)
        }
    }
}
