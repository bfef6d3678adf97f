import ArgumentParser
import CertificateAuthority

/// Hands out the bundle.
struct Bundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the bundle that agents and edges are given.",
        discussion: """
            Nothing in it is secret. Agents have it built in: OSM_OPERATOR_CA=DIR swift
            build --product osm-agent.

            EXAMPLES
              ca-tools bundle
              ca-tools bundle --out /tmp/operator-ca.json
            """
    )

    @Option(help: ArgumentHelp("Write to this new file instead.", valueName: "file"))
    var out: String?

    @OptionGroup var ca: FolderOption

    func run() throws {
        let text = try ca.folder.bundleText()
        guard let out else { return try Output.say(text) }
        try writeNewFile(out, text)
        Output.complain("Wrote \(out).")
    }
}
