import ArgumentParser
import CertificateAuthority
import FoundationEssentials
import Settings
import TunnelProtocol

/// Makes, lists and withdraws invitations.
struct Invite: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invite a device: print a one-time token with which it enrols itself.",
        discussion: """
            The token is printed here and nowhere else: the folder keeps its SHA-256 alone.
            It is good for one key. Whoever sends it first, with a request of his own key,
            becomes the device; the same key may send it again while it lives, since an
            answer may get lost. It takes a running "ca-tools serve" to answer.

            NAME is what people call the device, in the issuance log as well. Text output
            ends with the line to run on the laptop; its address is --url, or else OSM_URL,
            or else https:// and the operator's domain.

            EXAMPLES
              ca-tools invite laptop
              ca-tools invite "Ada's laptop" --expires 2d --json
              ca-tools invite --list
              ca-tools invite --withdraw laptop
            """
    )

    @Argument(help: ArgumentHelp("What people call the device.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("How long the token is good for: 10m to 7d. (default: 1h)", valueName: "time"))
    var expires: String?

    @Flag(help: "Show the invitations that are remembered; their tokens are not.")
    var list = false

    @Option(help: ArgumentHelp("Take back the invitation with this name.", valueName: "name"))
    var withdraw: String?

    @Option(help: ArgumentHelp("Where laptops fetch the installer.", valueName: "https://host"))
    var url: String?

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func validate() throws {
        guard [name != nil, list, withdraw != nil].filter(\.self).count == 1 else {
            throw ValidationError("Give exactly one of NAME, --list and --withdraw.")
        }
        guard name != nil || (expires == nil && url == nil) else {
            throw ValidationError("--expires and --url are for a new invitation.")
        }
        if let expires, Self.seconds(expires) == nil {
            throw ValidationError("--expires: \"\(expires)\" is no time such as 30m, 2h or 3d.")
        }
    }

    func run() throws {
        if let name { return try invite(name) }
        if let withdraw { return try takeBack(withdraw) }
        try show()
    }

    private func invite(_ name: String) throws {
        let environment = ProcessInfo.processInfo.environment["OSM_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let address = try (url ?? environment).map { try DownloadAddress($0) } ?? ca.folder.downloadAddress()
        let (token, invitation) = try Authority.open(ca.folder)
            .invite(name, life: expires.flatMap(Self.seconds) ?? Invitation.usualLife)
        if json.isOn {
            return try Output.json(Made(name: name, token: token.text, expires: invitation.expires))
        }
        try Output.say(
            """
            Invited "\(name)", until \(invitation.expires). This token is not shown again:

              \(token.text)

            Run on the laptop:

              curl -fsSL \(address)/install.sh | OSM_TOKEN=\(token.text) sh
            """
        )
    }

    private func takeBack(_ name: String) throws {
        let open = try Authority.open(ca.folder).withdrawInvitations(named: name)
        if json.isOn { return try Output.json(["withdrawn": open]) }
        try Output.say(
            open > 0
                ? "Withdrew the invitation for \"\(name)\"."
                : "Forgot the invitation for \"\(name)\", which was used or had expired; a device that used it stays."
        )
    }

    private func show() throws {
        let now = Date()
        let rows = try ca.folder.listInvitations().map { Row($0, $0.standing(at: now)) }
        if json.isOn { return try Output.json(rows) }
        guard !rows.isEmpty else { return try Output.say("No invitations.") }
        try Output.say(rows.map(\.text).joined(separator: "\n"))
    }

    private struct Made: Encodable {
        let name: String
        let token: String
        let expires: String
    }

    private struct Row: Encodable {
        let name: String
        let standing: Invitation.Standing
        let created: String
        let expires: String
        let device: String?

        init(_ invitation: Invitation, _ standing: Invitation.Standing) {
            name = invitation.name
            self.standing = standing
            created = invitation.created
            expires = invitation.expires
            device = invitation.use?.device
        }

        var text: String {
            let end = device.map { "by device \($0)" } ?? "until \(expires)"
            let word = standing.rawValue
            return "\(word)\(String(repeating: " ", count: max(0, 9 - word.count)))\(end)  \(name)"
        }
    }

    /// Reads `90s`, `30m`, `2h` or `3d`.
    static func seconds(_ text: String) -> TimeInterval? {
        if text.hasSuffix("d") {
            return Quantity.milliseconds("\(text.dropLast())h").map { TimeInterval($0) / 1000 * 24 }
        }
        return Quantity.milliseconds(text).map { TimeInterval($0) / 1000 }
    }
}
