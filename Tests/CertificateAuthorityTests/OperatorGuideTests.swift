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
        #expect(blocks.count >= 12)
        // What a release brings.
        let folder = authority.scratchPath + "/guide"
        try FileManager.default.createDirectory(atPath: "\(folder)/agents", withIntermediateDirectories: true)
        let agent = "\(folder)/agents/osm-agent-linux-x86_64"
        try FileManager.default.copyItem(atPath: "\(ToolRun.programs)/osm-agent", toPath: agent)
        try Data(PretendAgent.installer.utf8).write(to: URL(filePath: "\(folder)/install.sh"))
        // The service ends with the guide; with its output elsewhere, the end of this shell is seen in any case.
        let script =
            "trap 'kill \"$!\"' EXIT\n"
            + blocks.joined(separator: "\n")
            .replacing("ca-tools serve &", with: "ca-tools serve >serve.out 2>&1 &")
        let outcome = try OpenSSLCommand.run(
            "/bin/sh",
            ["-eu", "-c", "cd \"$0\"\n\(script)", folder],
            environment: [
                "PATH": "\(ToolRun.programs):/usr/bin:/bin", "OSM_CA_PASSPHRASE": "six random words would be better",
            ]
        )
        #expect(outcome.status == 0, "\(outcome.text)")
    }
}
