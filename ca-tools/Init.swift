import ArgumentParser
import CertificateAuthority
import FoundationEssentials

/// Makes a CA.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a root, its two issuing CAs and the first edge's certificate.",
        discussion: """
            Writes a new folder with everything in it, or nothing at all. The root key is
            encrypted with a passphrase that is asked for twice, read from
            --passphrase-file, or taken from OSM_CA_PASSPHRASE. The keys of the two
            issuing CAs are not encrypted, so that services can issue with them: guard the
            folder.

            When it is done, move root/root.key to a medium that is kept offline. It is
            needed for nothing but to prove one day that the root is yours; not even a
            rotation reads it.

            An agent holds a tunnel to each --edge, so each has to be an edge of its own: two
            addresses of one edge would end each other's tunnels in turn.

            EXAMPLES
              ca-tools init --domain tunnel.example.com
              ca-tools init --domain tunnel.example.com --edge eu.tunnel.example.com:8443 \\
                --edge us.tunnel.example.com:8443
              ca-tools init --domain tunnel.example.com --sample --out /tmp/sample-ca \\
                --passphrase-file pass.txt
            """
    )

    @Option(help: ArgumentHelp("The name that edges bear, they or a name below it.", valueName: "name"))
    var domain: String

    @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
    var out = "operator-ca"

    @Option(
        name: .customLong("edge"),
        help: ArgumentHelp("Where agents dial an edge; may be repeated. (default: DOMAIN:8443)", valueName: "host:port")
    )
    var edges: [String] = []

    @Flag(help: "Mark everything as a sample, which agents refuse to dial with: for trying a build.")
    var sample = false

    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var json: JSONFlag

    func run() throws {
        let domain = try DomainName(domain)
        let folder = AuthorityFolder(out)
        guard try !folder.isTaken() else {
            throw AuthorityError(
                .exists,
                "\(folder.path) is there already and is not empty",
                next: "choose another folder with --out; nothing is ever overwritten"
            )
        }
        let plan = NewAuthority(
            domain: domain,
            edges: try edges.map { try EdgeAddress($0, domain: domain) },
            isSample: sample
        )
        try plan.create(in: folder, passphrase: try passphrase.source.readForNewKey())
        let made = Made(
            folder: folder.path,
            rootSHA256: try folder.rootFingerprint(),
            offline: folder.rootKey(),
            bundle: folder.bundle,
            edge: folder.edge(domain),
            edgeKey: folder.edgeKey(domain)
        )
        if json.isOn { try Output.json(made) } else { try Output.say(made.text) }
    }

    /// What a person or a program must know afterwards.
    private struct Made: Encodable {
        let folder: String
        let rootSHA256: String
        let offline: String
        let bundle: String
        let edge: String
        let edgeKey: String

        enum CodingKeys: String, CodingKey {
            case folder, offline, bundle, edge
            case rootSHA256 = "root_sha256"
            case edgeKey = "edge_key"
        }

        var text: String {
            """
            The operator's CA lies in \(folder).

              root fingerprint (SHA-256)  \(rootSHA256)
              for agents and edges        \(bundle)
              for the first edge          \(edge)
                                          \(edgeKey)

            Move offline now:             \(offline)
            Write the fingerprint down: an agent prints the same one with "osm-agent trust".
            The keys in edge-ca and device-ca are not encrypted. Whoever reads them can issue.
            """
        }
    }
}

/// Where a passphrase comes from.
struct PassphraseOption: ParsableArguments {
    @Option(
        name: .customLong("passphrase-file"),
        help: ArgumentHelp("Read the passphrase from the first line of this file (mode 0600).", valueName: "file")
    )
    var file: String?

    var source: PassphraseSource {
        PassphraseSource.choose(file: file, environment: ProcessInfo.processInfo.environment)
    }
}
