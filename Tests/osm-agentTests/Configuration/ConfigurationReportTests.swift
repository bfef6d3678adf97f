import Foundation
import Settings
import Testing

@testable import osm_agent

struct ConfigurationReportTests {
    private let harness: AgentFileHarness

    init() throws { harness = try AgentFileHarness() }

    private let text = """
        version: 1
        agent: {edge_name: edge.example}
        endpoints:
          - name: web
            target: 3000
            request_headers: {add: {Authorization: Bearer abc}}
          - {name: ssh, kind: tcp, target: 22, port: 20022}
        """

    @Test func `every value comes with whose word it is, and no header of a request shows`() throws {
        let report = ConfigurationReport(try harness.load(text))
        let lines = report.text.replacing(harness.folderPath, with: "FOLDER").split(separator: "\n").map(String.init)
        #expect(lines.first == "# FOLDER/config.yaml")
        #expect(lines.contains("  edge_name: edge.example  # FOLDER/config.yaml:2:9"))
        #expect(lines.contains("  log_level: warning  # default"))
        #expect(lines.contains("  - name: web  # FOLDER/config.yaml:4:5"))
        #expect(lines.contains("    request_headers.add: Authorization: (hidden)  # FOLDER/config.yaml:6:23"))
        #expect(lines.contains("    port: 20022  # FOLDER/config.yaml:7:40"))
        #expect(!report.text.contains("Bearer"))
        #expect(!(try JSONText.of(report)).contains("Bearer"))
    }

    @Test func `a place that nobody has named is the usual one`() throws {
        let file = try harness.load("version: 1\nagent: {socket: s.sock}\n")
        let text = ConfigurationReport(file, places: ["identity": "/usual", "socket": "/usual.sock"]).text
        #expect(text.contains("  identity: /usual  # default\n"))
        #expect(text.contains("  socket: \(harness.folderPath)/s.sock  # \(harness.path):2:9\n"))
    }

    @Test func `a setting of another kind of endpoint is left out`() throws {
        let report = ConfigurationReport(try harness.load(text))
        #expect(report.endpoints.last?.settings.map(\.key).contains("hostname") == false)
        #expect(report.endpoints.last?.settings.map(\.key).contains("enabled") == true)
    }

    @Test func `a check looks for the files that are named`() throws {
        try harness.write(
            """
            version: 1
            agent:
              proxy_credentials_file: none.txt
            """
        )
        let problems = ConfigurationCheck.problems(harness.loader()).map(\.description)
        #expect(
            problems == [
                "\(harness.path):3:3: proxy_credentials_file: there is no file '\(harness.folderPath)/none.txt'"
            ]
        )
        try harness.write("me:secret", to: "none.txt")
        #expect(ConfigurationCheck.problems(harness.loader()) == [])
    }

    @Test func `a verdict names the place of every problem`() throws {
        try harness.write("version: 1\nagent: {inspcet: true}\n")
        let verdict = SettingsVerdict(SettingsProblems(ConfigurationCheck.problems(harness.loader())))
        #expect(!verdict.ok)
        #expect(verdict.problems.first?.line == 2)
        #expect(verdict.problems.first?.column == 9)
        #expect(verdict.problems.first?.suggestion == "inspect")
    }
}
