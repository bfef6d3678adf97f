import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing

/// The commands around the issuing service, as an operator runs them.
@Suite(.timeLimit(.minutes(5)))
struct ServiceCommandTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func ca(_ arguments: [String], environment: [String: String] = [:]) throws -> OpenSSLCommand.Outcome {
        try ToolRun(environment: environment).run(arguments + ["--ca", authority.folder.path])
    }

    private struct Invited: Decodable {
        let name: String
        let token: String
        let expires: String
    }

    @Test func `invite prints a token once, and the line to run on the laptop`() throws {
        let text = try ca(["invite", "Ada's laptop"]).text
        let token = try #require(text.firstMatch(of: #/osmi_[A-Za-z0-9_-]{43}/#)).output
        let line = "curl -fsSL https://tunnel.test/install.sh | OSM_TOKEN=\(token) sh"
        #expect(text.contains(line))
        let list = try ca(["invite", "--list"]).text
        #expect(list.contains("open") && list.contains("Ada's laptop") && !list.contains("osmi_"))
        #expect(try ca(["invite", "Ada's laptop"]).status == 1)
        #expect(try ca(["invite", "--withdraw", "Ada's laptop"]).text.contains("Withdrew"))
        #expect(try ca(["invite", "--withdraw", "Ada's laptop"]).status == 1)
        #expect(try ca(["invite", "--list"]).text == "No invitations.\n")
    }

    private static let lives: [(options: [String], life: TimeInterval)] = [
        ([], 3_600), (["--expires", "10m"], 600), (["--expires", "36h"], 129_600), (["--expires", "7d"], 604_800),
    ]

    @Test func `a domain that is none is refused by the name of its setting`() throws {
        let folder = "\(authority.folder.path)-new"
        let arguments = ["serve", "--init", "--ca", folder]
        let byVariable = try ToolRun(environment: ["OSM_DOMAIN": "https://tunnel.test"]).run(arguments)
        #expect(byVariable.status == 1 && byVariable.text.contains("OSM_DOMAIN: \"https://tunnel.test\""))
        let byOption = try ToolRun(environment: ["OSM_DOMAIN": "tunnel.test"]).run(arguments + ["--domain", "a_b"])
        #expect(byOption.status == 1 && byOption.text.contains("--domain: \"a_b\""))
        #expect(try ToolRun(environment: [:]).run(arguments).status == 2)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `an edge that is none, or that the CA does not know, is refused by the name of its setting`() throws {
        let folder = "\(authority.folder.path)-new"
        let variables = ["OSM_DOMAIN": "tunnel.test", "OSM_EDGE": "tunnel.test:8443 tunnel.test:4443"]
        let byVariable = try ToolRun(environment: variables).run(["serve", "--init", "--ca", folder])
        #expect(byVariable.status == 1 && byVariable.text.contains("OSM_EDGE: "))
        let byOption = try ToolRun(environment: variables).run([
            "serve", "--init", "--ca", folder, "--edge", "other.test:1",
        ])
        #expect(byOption.status == 1 && byOption.text.contains("--edge: \"other.test:1\""))
        #expect(!FileManager.default.fileExists(atPath: folder))
        let unknown = ["OSM_DOMAIN": "tunnel.test", "OSM_EDGE": "tunnel.test:4443"]
        let found = try ToolRun(environment: unknown).run(["serve", "--init", "--ca", authority.folder.path])
        #expect(found.status == 1 && found.text.contains("OSM_EDGE: the CA was made with other edges"))
    }

    @Test(arguments: lives)
    func `an invitation ends when it was asked to`(options: [String], life: TimeInterval) throws {
        let before = Date()
        let outcome = try ca(["invite", "laptop", "--json"] + options)
        let invited = try JSONDecoder().decode(Invited.self, from: Data(outcome.text.utf8))
        let end = try #require(Date(rfc3339: invited.expires))
        #expect((life - 1...life + 60).contains(end.timeIntervalSince(before)))
        #expect(invited.token.hasPrefix("osmi_") && invited.name == "laptop")
    }

    @Test func `the installer's address is --url, else OSM_URL, else the domain's`() throws {
        let environment = ["OSM_URL": "https://elsewhere.test:4443"]
        let fromEnvironment = try ca(["invite", "one"], environment: environment).text
        #expect(fromEnvironment.contains("https://elsewhere.test:4443/install.sh"))
        let option = try ca(["invite", "two", "--url", "https://third.test/"], environment: environment).text
        #expect(option.contains("https://third.test/install.sh"))
        #expect(try ca(["invite", "three", "--url", "http://third.test"]).status == 1)
        #expect(try ca(["invite", "four", "--expires", "8d"]).status == 1)
        #expect(try authority.folder.listInvitations().count == 2)
    }

    @Test func `health without a service ends with 1 and says what to start`() throws {
        let outcome = try ca(["health"])
        #expect(outcome.status == 1 && outcome.text.contains("ca-tools serve"))
    }

    @Test func `bake and publish tell the root and the signing key`() throws {
        let agents = "\(authority.scratchPath)/agents"
        let downloads = "\(authority.scratchPath)/downloads"
        for folder in [agents, downloads] { try DurableFile.makeFolder(folder) }
        let agent = "\(agents)/osm-agent-linux-x86_64"
        try DurableFile.create(agent, PretendAgent.bytes())
        let baked = try ca(["bake", "--into", agent, "--out", "\(downloads)/one", "--json"])
        #expect(baked.status == 0, "\(baked.text)")
        #expect(baked.text.contains(try authority.folder.rootFingerprint()))
        let installer = "\(authority.scratchPath)/install.sh"
        try DurableFile.create(installer, Array(PretendAgent.installer.utf8))
        let publish = [
            "publish", "--agents", agents, "--installer", installer, "--url", "https://tunnel.test", "--out", downloads,
        ]
        let first = try ca(publish)
        #expect(first.status == 0 && first.text.contains("wrote osm-agent-linux-x86_64"), "\(first.text)")
        let second = try ca(publish)
        #expect(second.text.contains("nothing had changed") && second.text.contains("RW"))
    }
}
