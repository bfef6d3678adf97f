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
            root; compare it with what ca-tools printed when the CA was made. It also says
            how the CA came into this agent: compiled in, when the agent was built with it,
            or baked in, when "ca-tools bake" put it into a finished one. Exit code 0 when
            the CA can be used now; 20 when none is baked in, 21 when it has expired, 22
            when it is a sample, 23 when it cannot be read.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let (bundle, source) = try OperatorTrust.bundleAndSource()
        StandardStream.output.write(json ? try Self.json(bundle, source) : Self.text(bundle, source))
        _ = try OperatorTrust.anchors(of: bundle)
    }

    private static func text(_ bundle: OperatorBundle, _ source: OperatorTrust.Source) -> String {
        var lines = ["operator domain  \(bundle.domain)", "operator CA      \(source.sentence)"]
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
        let source: OperatorTrust.Source
        let roots: [RootSummary]
    }

    private static func json(_ bundle: OperatorBundle, _ source: OperatorTrust.Source) throws -> String {
        try JSONText.of(
            Document(
                domain: bundle.domain,
                edges: bundle.edges,
                created: bundle.created,
                sample: bundle.isSample,
                source: source,
                roots: bundle.rootSummaries
            )
        )
    }
}
