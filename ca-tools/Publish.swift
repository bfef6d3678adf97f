import ArgumentParser
import CertificateAuthority

/// Makes the downloads ready.
struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bake every prebuilt agent, and write the signed sums and the installer beside them.",
        discussion: """
            For each osm-agent-OS-ARCH in the folder of prebuilt agents, the agent with the
            operator's bundle goes to the output folder. Beside the agents it has:

              SHA256SUMS          the sum of each, and of install.sh, as sha256sum -c reads
              SHA256SUMS.minisig  its signature, as minisign -V reads
              signing.pub         the key to check it with, as minisign -p reads
              install.sh          the installer; its lines OSM_URL, OSM_SIGNING_KEY and
                                  OSM_ROOT name this operator

            The signing key is DIR/signing/signing.key, made at first use. Each file is
            replaced in one step and the sums come last; what is as it should be stays as it
            is. "ca-tools serve" does the same by itself whenever the bundle changes.

            EXAMPLES
              ca-tools publish --agents agents --installer install.sh \\
                --url https://tunnel.example.com --out downloads
            """
    )

    @Option(help: ArgumentHelp("The folder with prebuilt agents, osm-agent-OS-ARCH.", valueName: "dir"))
    var agents: String

    @Option(help: ArgumentHelp("The installer's script as it was released.", valueName: "file"))
    var installer: String

    @Option(help: ArgumentHelp("Where laptops will fetch the files: https://HOST.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The folder to write to; it must be there.", valueName: "dir"))
    var out: String

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let publication = AgentPublication(
            agents: agents,
            installer: installer,
            address: try DownloadAddress(url),
            to: out
        )
        let outcome = try publication.write(for: ca.folder)
        if json.isOn { return try Output.json(outcome) }
        let news = outcome.written.isEmpty ? "nothing had changed" : "wrote \(outcome.written.joined(separator: " "))"
        try Output.say(
            """
            \(out) offers \(outcome.agents.joined(separator: " ")): \(news).
              signing key  \(outcome.signingKey)
            """
        )
    }
}
