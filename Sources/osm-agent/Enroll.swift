import Agent
import ArgumentParser
import FoundationEssentials
import Telemetry
import Trust
import TunnelProtocol

/// `osm-agent enroll`.
struct Enroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Become a device of the operator, with the invitation that the operator gave out.",
        discussion: """
            Makes a key, which never leaves this machine, shows the invitation to the edge,
            and takes the certificate that comes back; a running agent renews it by itself.
            The edge has to prove first that it is one of the operator's whose CA is baked
            in. The token is asked for on the terminal unless --token-file, OSM_TOKEN or
            OSM_TOKEN_FILE says where it is; it is never taken from the command line, which
            everybody on this machine can read.

            When the answer was lost, run the same command again: the token stays good for
            the key that it was first shown with.

            Examples:
              osm-agent enroll
              osm-agent enroll --token-file token --server edge.example.com
              ssh operator@vps ca-tools invite laptop --json | jq -r .token | osm-agent enroll --token-file -
            """
    )

    @Option(
        help: ArgumentHelp(
            "Where the edge enrols devices, also as https://host:port. Default: the first edge, port 8444.",
            valueName: "host[:port]"
        )
    )
    var server: String?

    @Option(help: ArgumentHelp("The file with the token; - for standard input.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Take another key and certificate although this device has a valid one.")
    var force = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Agent options") var options: AgentOptions

    private struct Document: Encodable {
        let device: String
        let name: String
        let notAfter: Date

        private enum CodingKeys: String, CodingKey {
            case device, name
            case notAfter = "not_after"
        }
    }

    func run() async throws {
        let setup = AgentSetup(settings: try options.loader.load().settings)
        let bundle = try OperatorTrust.bundle()
        let anchors = try OperatorTrust.anchors(of: bundle)
        let edge = try EnrolmentServer.target(server, setup, bundle)
        let isAnother = try replacesIdentity(in: setup.identity, anchors)
        let token = try EnrolmentTokenSource(file: tokenFile, environment: ProcessInfo.processInfo.environment).token()
        let client = EnrolmentClient(
            dialer: try setup.dialer(),
            anchors: anchors,
            edgeRevocations: bundle.edgeRevocations.map { [$0] } ?? []
        )
        let key = try setup.identity.keyToEnrol(isAnother: isAnother)
        let name = String(ProcessInfo.processInfo.hostName.prefix(64))
        let enrolled = try await client.enrol(token, keyPEM: key, name: name, at: edge)
        try setup.identity.adopt(enrolled.credentials)
        try tell(enrolled)
    }

    /// Whether the device has an identity that an edge would let in now, and is to get another one all the same.
    private func replacesIdentity(in folder: IdentityFolder, _ anchors: TrustAnchors) throws -> Bool {
        let credentials: DeviceCredentials
        do {
            credentials = try folder.credentials()
            try credentials.check(against: anchors, at: .now)
        } catch {
            return false
        }
        guard force else {
            let end = credentials.notAfter.formatted(.iso8601)
            throw AgentExit(
                code: 29,
                problem: "This device is enrolled already, as \(credentials.identity.id), until \(end).",
                nextStep: "Nothing is to be done; or take another key and certificate with --force."
            )
        }
        return true
    }

    private func tell(_ enrolled: EnrolmentClient.Enrolled) throws {
        let device = enrolled.credentials.identity.id
        let end = enrolled.credentials.notAfter
        guard !json else {
            let document = Document(device: device, name: enrolled.name, notAfter: end)
            return StandardStream.output.write(try JSONText.of(document))
        }
        StandardStream.output.write(
            """
            device       \(device)
            name         \(enrolled.name)
            valid until  \(end.formatted(.iso8601)); a running agent renews it by itself

            """
        )
        StandardStream.error.write("Serve something now, such as what listens on port 3000: osm-agent http 3000\n")
    }
}
