import ArgumentParser
import CertificateAuthority

/// Puts the bundle into an agent.
struct Bake: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the operator's bundle into a prebuilt agent.",
        discussion: """
            Takes an osm-agent that was built without OSM_OPERATOR_CA, for whichever system
            and processor, and puts the bundle behind its end, in place of one that is there
            already. The result trusts this operator and no other; "osm-agent trust" on any
            machine that can run it shows the root. No toolchain is needed.

            Refused are other programs, agents with a CA compiled in, and the bundle of a
            sample CA, which no agent would dial with.

            HOW IT LIES IN THE FILE
              The program, the bundle, and 48 bytes: "OSMCAv1" and a zero byte, the bundle's
              length in 8 bytes, most significant first, and the bundle's SHA-256. The agent
              reads them when it starts and refuses a bundle that was changed; who can write
              to the agent's file can replace both, as he can the agent itself.

            EXAMPLES
              ca-tools bake --into osm-agent
              ca-tools bake --ca /srv/operator-ca --into osm-agent-linux-x86_64 --out osm-agent
            """
    )

    @Option(help: ArgumentHelp("The agent, an ELF or Mach-O executable.", valueName: "file"))
    var into: String

    @Option(help: ArgumentHelp("Write the result here instead, in place of what is there.", valueName: "file"))
    var out: String?

    @OptionGroup var ca: FolderOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let baked = try ca.folder.bake(into: into, writing: out ?? into)
        if json.isOn { return try Output.json(baked) }
        try Output.say(
            """
            Baked into \(baked.path)
              root fingerprint (SHA-256)  \(baked.rootSHA256)
              SHA-256 of the file         \(baked.sha256)
            """
        )
    }
}
