import ArgumentParser
import CertificateAuthority

/// Replaces the root.
struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace the root and both issuing CAs, in three steps.",
        discussion: """
            begin   makes the next root; the bundle carries both, the old one still issues
                    -> build and roll out agents and edges with the new bundle
            switch  lets the new root issue; the bundle still carries both
                    -> renew every edge at once, and every device within its seven days
            finish  drops the old root from the bundle and puts its files into retired/
                    -> build and roll out the bundle with the new root alone

            Nobody is locked out as long as the bundle of each step has reached everyone
            before the next step is taken. "rotate status" says where a rotation stands
            and what comes next.
            """,
        subcommands: [RotateBegin.self, RotateSwitch.self, RotateFinish.self, RotateStatus.self]
    )
}

/// The first step.
struct RotateBegin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin",
        abstract: "Make the next root and put it into the bundle.",
        discussion: """
            The old root's key is not needed. The new one gets a passphrase of its own.

            EXAMPLES
              ca-tools rotate begin
            """
    )

    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        guard ca.folder.rotationStage == .steady else {
            return try refuse()
        }
        let secret = try passphrase.source.readForNewKey()
        var authority = try Authority.open(ca.folder)
        try authority.beginRotation(passphrase: secret)
        try Output.rotation(try authority.rotationStatus(), json: json.isOn)
    }

    /// Lets the engine say what is wrong before anybody types a passphrase.
    private func refuse() throws {
        let authority = try Authority.open(ca.folder)
        let status = try authority.rotationStatus()
        throw AuthorityError(.wrongStage, "a rotation is under way already", next: status.next)
    }
}

/// The second step.
struct RotateSwitch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch",
        abstract: "Let the next root issue.",
        discussion: """
            Take this step only when every agent and every edge has a bundle with both
            roots.

            EXAMPLES
              ca-tools rotate switch
            """
    )

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        var authority = try Authority.open(ca.folder)
        try authority.switchRotation()
        try Output.rotation(try authority.rotationStatus(), json: json.isOn)
    }
}

/// The last step.
struct RotateFinish: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish",
        abstract: "End the trust in the old root.",
        discussion: """
            Refused while certificates below the old root are neither expired, renewed nor
            revoked.

            EXAMPLES
              ca-tools rotate finish
              ca-tools rotate finish --force      the old root's key was stolen: lock its
                                                  certificates out now
            """
    )

    @Flag(help: "Go on although certificates below the old root are in use.")
    var force = false

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        var authority = try Authority.open(ca.folder)
        try authority.finishRotation(force: force)
        try Output.rotation(try authority.rotationStatus(), json: json.isOn)
    }
}

/// Where a rotation stands.
struct RotateStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say where a rotation stands and what comes next.",
        discussion: """
            EXAMPLES
              ca-tools rotate status --json
            """
    )

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let authority = try Authority.open(ca.folder)
        try Output.rotation(try authority.rotationStatus(), json: json.isOn)
    }
}

extension Output {
    /// Prints the stage of a rotation.
    static func rotation(_ status: RotationStatus, json isJSON: Bool) throws {
        if isJSON { return try json(status) }
        let waiting = status.outstanding.map { "\n  still below the old root: \($0)" }.joined()
        try say("Rotation: \(status.stage.rawValue)\(waiting)\nNext: \(status.next).")
    }
}
