import ArgumentParser
import FoundationEssentials
import Telemetry
import Trust

/// `osm-agent trust`.
struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the operator CA that is baked into this agent.",
        discussion: """
            Prints the operator's domain, the edges and the SHA-256 fingerprint of each
            root; compare it with what ca-tools printed when the CA was made. Exit code 0
            when the CA can be used now; 20 when none is baked in, 21 when it has expired,
            22 when it is a sample, 23 when it cannot be read.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let bundle = try OperatorTrust.bundle()
        StandardStream.output.write(json ? try Self.json(bundle) : Self.text(bundle))
        _ = try OperatorTrust.anchors(of: bundle)
    }

    private static func text(_ bundle: OperatorBundle) -> String {
        var lines = ["operator domain  \(bundle.domain)"]
        for edge in bundle.edges { lines.append("edge             \(edge)") }
        for root in bundle.rootSummaries {
            lines.append("root             \(root.subject)")
            lines.append("  SHA-256        \(root.fingerprint)")
            lines.append(
                "  valid          \(root.notBefore.formatted(.iso8601)) to \(root.notAfter.formatted(.iso8601))"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Document: Encodable {
        let domain: String
        let edges: [String]
        let created: String
        let sample: Bool
        let roots: [RootSummary]
    }

    private static func json(_ bundle: OperatorBundle) throws -> String {
        try JSONText.of(
            Document(
                domain: bundle.domain,
                edges: bundle.edges,
                created: bundle.created,
                sample: bundle.isSample,
                roots: bundle.rootSummaries
            )
        )
    }
}
