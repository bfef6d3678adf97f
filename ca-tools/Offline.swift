import ArgumentParser
import CertificateAuthority

/// Takes the root's key away from a CA that a first start made.
struct Offline: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the root's key is still here, or delete it.",
        discussion: """
            "ca-tools serve --init" leaves the root's key and its passphrase in the
            folder "offline" of the CA. No command needs them again, not even a
            rotation. Copy the folder to a medium that is not on this machine, check the
            copy, write down the root's SHA-256, and delete it here. What a disk keeps
            of deleted files is not overwritten.

            EXAMPLES
              ca-tools offline
              ca-tools offline --delete --fingerprint 5f1c…

            EXIT CODES
              0  it is not here, or was deleted
              1  it is still here, or something failed
            """
    )

    @Flag(help: "Delete it. Needs --fingerprint.")
    var delete = false

    @Option(help: ArgumentHelp("The SHA-256 of the root, as a proof that it was written down.", valueName: "hex"))
    var fingerprint: String?

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    private struct Report: Encodable {
        let isHere: Bool
        let folder: String
        let rootSHA256: String
    }

    func validate() throws {
        guard delete == (fingerprint != nil) else { throw ValidationError("--delete and --fingerprint go together.") }
    }

    func run() throws {
        let root = OfflineRoot(of: ca.folder)
        let sha256 = try ca.folder.rootFingerprint()
        if let fingerprint { try root.delete(confirmedBy: fingerprint) }
        if json.isOn {
            try Output.json(Report(isHere: root.isHere, folder: root.path, rootSHA256: sha256))
        } else if root.isHere {
            try Output.say(
                """
                The root's key and its passphrase are still here:  \(root.path)
                SHA-256 of the root:                               \(sha256)
                Copy the folder to a medium that is not on this machine, then:
                  ca-tools offline --delete --fingerprint \(sha256)
                """
            )
        } else {
            try Output.say("The root's key is not here.\nSHA-256 of the root:  \(sha256)")
        }
        if root.isHere { throw ExitCode(1) }
    }
}
