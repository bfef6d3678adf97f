import ArgumentParser
import CertificateAuthority

/// Takes the keys of roots away from their CA.
struct Offline: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether a root's key is still here, or delete it.",
        discussion: """
            No command needs a root's key again, not even a rotation. "ca-tools serve --init"
            leaves it, with its passphrase, in the folder "offline" of the CA, "ca-tools
            init" in root/root.key, and "ca-tools rotate begin" in next/root/root.key.

            Copy what is listed to a medium that is not on this machine, check the copy,
            write down the SHA-256 of its root, and delete it here. What a disk keeps of
            deleted files is not overwritten.

            EXAMPLES
              ca-tools offline
              ca-tools offline --delete --fingerprint 5f1c…

            EXIT CODES
              0  no root's key is here any more
              1  one is still here, or something failed
            """
    )

    @Flag(help: "Delete the key of one root. Needs --fingerprint.")
    var delete = false

    @Option(help: ArgumentHelp("The SHA-256 of that root, as a proof that it was written down.", valueName: "hex"))
    var fingerprint: String?

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    private struct Report: Encodable {
        let folder: String
        let keys: [RemainingRootKeys.Key]
    }

    func validate() throws {
        guard delete == (fingerprint != nil) else { throw ValidationError("--delete and --fingerprint go together.") }
    }

    func run() throws {
        let remaining = RemainingRootKeys(in: ca.folder)
        if let fingerprint {
            try remaining.delete(confirmedBy: fingerprint)
            if !json.isOn { try Output.say("The key of the root \(fingerprint) is not here any more.") }
        }
        let keys = try remaining.list()
        if json.isOn {
            try Output.json(Report(folder: ca.folder.path, keys: keys))
        } else if keys.isEmpty {
            try Output.say("No root's key is here.\nSHA-256 of the root:  \(try ca.folder.rootFingerprint())")
        } else {
            for key in keys { try tell(key) }
        }
        if !keys.isEmpty { throw ExitCode(1) }
    }

    private func tell(_ key: RemainingRootKeys.Key) throws {
        try Output.say(
            """
            A root's key is still here:  \(key.path)
            SHA-256 of that root:        \(key.rootSHA256)
            Copy it to a medium that is not on this machine, then:
              ca-tools offline --delete --fingerprint \(key.rootSHA256)
            """
        )
    }
}
