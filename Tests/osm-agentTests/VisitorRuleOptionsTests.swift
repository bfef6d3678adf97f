import Agent
import ArgumentParser
import FoundationEssentials
import Testing

@testable import osm_agent

struct VisitorRuleOptionsTests {
    private func described(_ arguments: String...) throws -> EndpointSpec {
        var spec = EndpointSpec(name: "app", kind: "http", target: "3000")
        try VisitorRuleOptions.parse(arguments).describe(&spec)
        return spec
    }

    @Test func `say nothing when none is given`() throws {
        let plain = EndpointSpec(name: "app", kind: "http", target: "3000")
        #expect(try described() == plain)
        #expect(try plain.visitorRules() == .none)
    }

    @Test func `may be given several times, each with one value`() throws {
        let spec = try described(
            "--allow-cidr",
            "10.0.0.0/8",
            "--allow-cidr",
            "::1",
            "--deny-cidr",
            "10.0.0.7",
            "--request-header-add",
            "X-A: b: c",
            "--request-header-add",
            "X-D:e",
            "--request-header-remove",
            "Cookie",
            "--response-header-add",
            "X-F:",
            "--response-header-remove",
            "Server"
        )
        #expect(spec.allowCIDR == ["10.0.0.0/8", "::1"] && spec.denyCIDR == ["10.0.0.7"])
        #expect(spec.requestHeaders.add == [.init(name: "X-A", value: " b: c"), .init(name: "X-D", value: "e")])
        #expect(spec.requestHeaders.remove == ["Cookie"])
        #expect(spec.responseHeaders == .init(add: [.init(name: "X-F", value: "")], remove: ["Server"]))
        #expect(try !spec.visitorRules().isEmpty)
    }

    @Test(arguments: ["X-A", ":path", "", ": b"])
    func `refuse a header without a name or a colon`(line: String) {
        #expect(throws: (any Error).self) { try described("--request-header-add", line) }
    }

    @Test func `name the password file by a path that is the same from everywhere`() throws {
        #expect(try described("--basic-auth-file", "/etc/passwords").basicAuthFile == "/etc/passwords")
        let path = try #require(try described("--basic-auth-file", "passwords").basicAuthFile)
        #expect(path == "\(FileManager.default.currentDirectoryPath)/passwords")
    }

    @Test func `are refused with the member that is wrong`() throws {
        let blocks = try described("--deny-cidr", "10.0.0.1/8")
        #expect(throws: EndpointProblem("deny_cidr", "'10.0.0.1/8' has bits behind its prefix: it names no block.")) {
            try blocks.visitorRules()
        }
        let missing = try described("--basic-auth-file", "/nowhere/passwords")
        let problem = #expect(throws: EndpointProblem.self) { try missing.visitorRules() }
        #expect(problem?.member == "basic_auth_file")
    }

    @Test func `of passwords and headers are refused where nothing would keep them`() {
        for kind in ["tcp", "udp"] {
            var passwords = EndpointSpec(name: "ssh", kind: kind, target: "22")
            passwords.basicAuthFile = "/etc/passwords"
            #expect(throws: EndpointProblem.self) { try passwords.visitorRules() }
            var headers = EndpointSpec(name: "ssh", kind: kind, target: "22")
            headers.responseHeaders.remove = ["server"]
            #expect(throws: EndpointProblem.self) { try headers.visitorRules() }
            var addresses = EndpointSpec(name: "ssh", kind: kind, target: "22")
            addresses.allowCIDR = ["192.0.2.1"]
            #expect(throws: Never.self) { try addresses.visitorRules() }
        }
    }
}
