import Foundation
import TestSupport
import Testing

/// Holds docs/operator-ca.md to its word.
struct OperatorGuideTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private var guide: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "../docs/operator-ca.md"), encoding: .utf8)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `every command of the guide works, in the guide's order`() throws {
        let blocks = try guide.components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        #expect(blocks.count >= 8)
        let script = blocks.joined(separator: "\n")
        let outcome = try OpenSSLCommand.run(
            "/bin/sh",
            ["-eu", "-c", "mkdir \"$0\" && cd \"$0\"\n\(script)", authority.scratchPath + "/guide"],
            environment: [
                "PATH": "\(ToolRun.programs):/usr/bin:/bin", "OSM_CA_PASSPHRASE": "six random words would be better",
            ]
        )
        #expect(outcome.status == 0, "\(outcome.text)")
    }
}
