import Cryptography
import Foundation
import TestSupport
import Testing
import Trust

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct PublishTests {
    private let authority: ThrowawayCA
    private let agents: String
    private let installer: String
    private let place: String
    private static let names = ["osm-agent-linux-aarch64", "osm-agent-linux-x86_64", "osm-agent-macos-aarch64"]

    init() throws {
        authority = try ThrowawayCA(domain: "tunnel.test")
        agents = "\(authority.scratchPath)/agents"
        installer = "\(authority.scratchPath)/install.sh"
        place = "\(authority.scratchPath)/downloads"
        try DurableFile.makeFolder(agents)
        try DurableFile.makeFolder(place)
        for name in Self.names { try DurableFile.create("\(agents)/\(name)", PretendAgent.bytes(name)) }
        for name in ["osm-agent", "osm-agent-linux-x86_64.debug", "README", "osm-agent-linux-"] {
            try DurableFile.create("\(agents)/\(name)", [1])
        }
        try DurableFile.create(installer, Array(PretendAgent.installer.utf8))
    }

    private func publication(_ url: String = "https://tunnel.test") throws -> AgentPublication {
        AgentPublication(agents: agents, installer: installer, address: try DownloadAddress(url), to: place)
    }

    private func read(_ name: String) throws -> [UInt8] { try DurableFile.read("\(place)/\(name)", limit: 1 << 20) }
    private func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    @Test func `everything that a laptop downloads is there, and fits together`() throws {
        let outcome = try publication().write(for: authority.folder)
        #expect(outcome.agents == Self.names)
        let all = Self.names + ["signing.pub", "install.sh", "SHA256SUMS.minisig", "SHA256SUMS"]
        #expect(outcome.written == all)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place)) == Set(all))
        for name in Self.names {
            let expected =
                PretendAgent.bytes(name)
                + BundleTrailer.appendix(
                    for: try DurableFile.read(authority.bundlePath, limit: 100_000)
                )
            #expect(try read(name) == expected)
            #expect(DurableFile.mode("\(place)/\(name)") == 0o755)
        }
        for name in ["SHA256SUMS", "SHA256SUMS.minisig", "signing.pub"] {
            #expect(DurableFile.mode("\(place)/\(name)") == 0o644)
        }
        let sums = try OpenSSLCommand.run("/bin/sh", ["-c", "cd \"$0\" && sha256sum -c SHA256SUMS", place])
        #expect(sums.succeeded, "\(sums.text)")
        #expect(sums.text.split(separator: "\n").count == 4)
        #expect(try text("signing.pub").split(separator: "\n").last.map(String.init) == outcome.signingKey)
        #expect(
            try Minisign.isValid(text("SHA256SUMS.minisig"), over: read("SHA256SUMS"), publicKey: outcome.signingKey)
        )
        #expect(DurableFile.mode(authority.folder.signingKey) == 0o600)
    }

    @Test(.enabled(if: Minisigner.isThere, "needs minisign, a Debian package"))
    func `the real minisign takes what was published`() throws {
        _ = try publication().write(for: authority.folder)
        let verdict = try Minisigner.verify("\(place)/SHA256SUMS", key: ["-p", "\(place)/signing.pub"])
        #expect(verdict.succeeded, "\(verdict.text)")
        #expect(verdict.text.contains("file:SHA256SUMS"))
    }

    @Test func `the installer names this operator and is otherwise as it was released`() throws {
        let outcome = try publication("https://tunnel.test:4443/").write(for: authority.folder)
        let expected = PretendAgent.installer
            .replacing("OSM_URL=''", with: "OSM_URL='https://tunnel.test:4443'")
            .replacing("OSM_SIGNING_KEY=''", with: "OSM_SIGNING_KEY='\(outcome.signingKey)'")
            .replacing("OSM_ROOT=''", with: "OSM_ROOT='\(try authority.folder.rootFingerprint())'")
        #expect(try text("install.sh") == expected)
    }

    @Test func `a second run writes nothing, and neither does one after a mere signing of lists`() throws {
        _ = try publication().write(for: authority.folder)
        let sums = try text("SHA256SUMS")
        #expect(try publication().write(for: authority.folder).written.isEmpty)
        var opened = try authority.open(at: Date() + 5)
        try opened.signLists()
        _ = consume opened
        #expect(try publication().write(for: authority.folder).written.isEmpty)
        #expect(try text("SHA256SUMS") == sums)
    }

    @Test func `what changed is written again: a bundle, an agent, a file that somebody spoiled`() throws {
        _ = try publication().write(for: authority.folder)
        let signed = ["SHA256SUMS.minisig", "SHA256SUMS"]
        try DurableFile.replace("\(agents)/\(Self.names[0])", PretendAgent.bytes("new"))
        #expect(try publication().write(for: authority.folder).written == [Self.names[0]] + signed)
        var opened = try authority.open()
        _ = try opened.revoke(.serial(text: authority.edge().serial), because: "superseded")
        _ = consume opened
        #expect(try publication().write(for: authority.folder).written == Self.names + signed)
        try DurableFile.replace("\(place)/\(Self.names[1])", PretendAgent.bytes("spoiled"))
        #expect(try publication().write(for: authority.folder).written == [Self.names[1]])
        try DurableFile.replace("\(place)/SHA256SUMS.minisig", [1])
        #expect(try publication().write(for: authority.folder).written == ["SHA256SUMS.minisig"])
        try DurableFile.replace("\(place)/signing.pub", [1])
        #expect(try publication().write(for: authority.folder).written == ["signing.pub"])
    }

    @Test func `an agent with a CA compiled in, a folder without agents and a strange installer are refused`() throws {
        try DurableFile.replace("\(agents)/\(Self.names[0])", PretendAgent.bytes(slot: "slot taken"))
        #expect(throws: AuthorityError.self) { try publication().write(for: authority.folder) }
        try DurableFile.replace("\(agents)/\(Self.names[0])", PretendAgent.bytes())
        for script in ["", "OSM_URL=''", PretendAgent.installer + "OSM_ROOT=''\n", "#!/bin/sh\nOSM_URL=''\n"] {
            try DurableFile.replace(installer, Array(script.utf8))
            #expect(throws: AuthorityError.self) { try publication().write(for: authority.folder) }
        }
        for name in Self.names { try DurableFile.remove("\(agents)/\(name)") }
        #expect(throws: AuthorityError.self) { try publication().write(for: authority.folder) }
        #expect(try !FileManager.default.contentsOfDirectory(atPath: place).contains("SHA256SUMS"))
    }

    @Test(arguments: [
        "http://tunnel.test", "tunnel.test", "https://", "https://tunnel.test/download", "https://a b", "https://a:0",
        "https://a:65536", "https://a:1:2", "https://a'b", "https://user@host", "https://[::1]",
    ])
    func `an address that would not be safe in a script is refused`(text: String) {
        #expect(throws: AuthorityError.self) { try DownloadAddress(text) }
    }

    @Test func `the service publishes at its start and when the bundle changes`() throws {
        var upkeep = Upkeep(authority.folder, agents: try publication())
        guard case .agentsPublished(let outcome)? = upkeep.turn(at: Date()).first else {
            Issue.record("nothing was published")
            return
        }
        #expect(outcome.written.count == 7)
        #expect(upkeep.turn(at: Date()).isEmpty)
        var opened = try authority.open()
        _ = try opened.revoke(.serial(text: authority.edge().serial), because: "superseded")
        _ = consume opened
        guard case .agentsPublished(let next)? = upkeep.turn(at: Date()).first else {
            Issue.record("a changed bundle was not published")
            return
        }
        #expect(next.written.count == 5)
    }
}
