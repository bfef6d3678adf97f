import Agent
import Foundation
import Logging
import Settings
import Testing

@testable import osm_agent

struct AgentFileTests {
    private var harness: AgentFileHarness

    init() throws { harness = try AgentFileHarness() }

    @Test func `an endpoint needs no more than a name and a target`() throws {
        let file = try harness.load("version: 1\nendpoints:\n- {name: web, target: 3000}\n")
        #expect(file.specs == [EndpointSpec(name: "web", kind: "http", target: "3000")])
    }

    @Test(arguments: ["version: 1\n", "version: 1\nagent:\nendpoints:\n", "version: 1\nendpoints: []\n"])
    func `a file may say nothing`(text: String) throws {
        let file = try harness.load(text)
        #expect(file.settings == AgentSettings())
        #expect(file.endpoints.isEmpty)
    }

    @Test func `a flag counts before the environment, that before the file, and that before the default`() throws {
        var harness = harness
        harness.environment["OSM_AGENT_EDGE_NAME"] = "of.the.environment"
        harness.environment["OSM_AGENT_LOG_LEVEL"] = "error"
        harness.flags = [AgentFileLoader.flag("--log-level", "log_level", ["debug"])].compactMap { $0 }
        let edges = "edges: [a.example:1, b.example]"
        let section = "agent: {edge_name: a, log_level: info, log_format: json, \(edges)}"
        let file = try harness.load("version: 1\n\(section)\n")
        #expect(file.settings.edgeName == "of.the.environment")
        #expect(file.settings.logLevel == .debug)
        #expect(AgentSettings.table.setting("log_format")?.words(file.settings) == ["json"])
        #expect(file.settings.edges.map(\.description) == ["a.example:1", "b.example:8443"])
        #expect(file.settings.proxy == .environment)
        #expect(file.resolution.sources["log_level"]?.description == "--log-level")
        #expect(file.resolution.sources["edge_name"]?.description == "OSM_AGENT_EDGE_NAME")
        #expect(file.resolution.sources["log_format"]?.description == "\(harness.path):2:40")
        #expect(file.resolution.sources["proxy"] == nil)
    }

    @Test func `of several files the later one wins, and an endpoint is replaced as a whole`() throws {
        let first = try harness.write(
            """
            version: 1
            agent: {log_level: info, edge_name: a}
            endpoints:
              - {name: web, target: 3000, hostname: app}
              - {name: ssh, kind: tcp, target: 22}
            """,
            to: "first.yaml"
        )
        let second = try harness.write(
            "version: 1\nagent: {log_level: debug}\nendpoints: [{name: web, target: 4000}, {name: api, target: 5000}]\n",
            to: "second.yaml"
        )
        let file = try harness.loader([first, second]).load()
        #expect(file.settings.logLevel == .debug)
        #expect(file.settings.edgeName == "a")
        #expect(file.specs.map(\.name) == ["web", "ssh", "api"])
        #expect(file.specs.map(\.target) == ["4000", "22", "5000"])
        #expect(file.specs.first?.hostname == nil)
    }

    @Test func `variables are put into values of both sections`() throws {
        var harness = harness
        harness.environment["EDGE"] = "edge.example"
        harness.environment["PORT"] = "3000"
        let text = "version: 1\nagent: {edges: ['${EDGE}:443']}\nendpoints: [{name: w, target: '${PORT}'}]\n"
        let file = try harness.load(text)
        #expect(file.settings.edges.map(\.description) == ["edge.example:443"])
        #expect(file.specs.first?.target == "3000")
    }

    @Test func `all problems of all files are told at once`() throws {
        let first = try harness.write(
            "version: 1\nagent: {log_level: loud, edgs: [a]}\nendpoints:\n- {name: a, kind: tcp, hostname: x}\n- {target: 1}\n",
            to: "first.yaml"
        )
        let second = try harness.write("version: 2\n", to: "second.yaml")
        let problems = harness.problems([first, second, "\(harness.folderPath)/third.yaml"])
        #expect(
            problems == [
                "FOLDER/first.yaml:2:9: log_level: 'loud' is not a level: try info or debug",
                "FOLDER/first.yaml:2:26: there is no setting 'edgs'; did you mean 'edges'?",
                "FOLDER/first.yaml:4:3: the endpoint has no 'target'",
                "FOLDER/first.yaml:4:24: 'hostname' is for http endpoints, and this one is tcp",
                "FOLDER/first.yaml:5:3: the endpoint has no 'name'",
                "FOLDER/second.yaml:1:1: the file is written for version 2, and this osm-agent reads version 1: "
                    + "install a newer one",
                "FOLDER/third.yaml: there is no such file",
            ]
        )
    }

    @Test(.timeLimit(.minutes(1))) func `a file has no more endpoints than an agent takes`() throws {
        let many = (0...EndpointDesk.limit).map { "- {name: n\($0), target: 1}" }.joined(separator: "\n")
        let problems = try harness.problems("version: 1\nendpoints:\n\(many)\n")
        #expect(problems == ["FOLDER/config.yaml:2:1: 257 endpoints are more than the 256 that an agent takes"])
    }

    @Test func `two files may not ask for the same name under different endpoints`() throws {
        let first = try harness.write("version: 1\nendpoints: [{name: a, target: 1, hostname: App}]\n", to: "1.yaml")
        let second = try harness.write("version: 1\nendpoints: [{name: b, target: 1, hostname: app}]\n", to: "2.yaml")
        #expect(
            harness.problems([first, second]) == [
                "FOLDER/2.yaml:2:34: the hostname 'app' is asked for by the endpoint 'a' (FOLDER/1.yaml:2:34)"
            ]
        )
    }

    @Test func `a proxy with a password is refused, and the password not repeated`() throws {
        let problems = try harness.problems("version: 1\nagent: {proxy: 'http://me:secret@proxy:3128'}\n")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("FOLDER/config.yaml:2:9: proxy: credentials") == true)
        #expect(problems.first?.contains("secret") == false)
    }

    @Test(arguments: ["http://proxy:3128", "https://[::1]:3128", "socks5://proxy.example.com:1080", "none", "auto"])
    func `a proxy is a URL or a word`(text: String) throws {
        let file = try harness.load("version: 1\nagent: {proxy: '\(text)'}\n")
        #expect(AgentSettings.table.setting("proxy")?.words(file.settings) == [text])
    }

    @Test(arguments: ["ftp://proxy:21", "proxy:3128", "http://", "http://proxy/path", "on"])
    func `what is neither is refused`(text: String) throws {
        #expect(try harness.problems("version: 1\nagent: {proxy: '\(text)'}\n").count == 1)
    }
}
