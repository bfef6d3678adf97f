import Foundation
import Settings
import Testing

@testable import osm_agent

/// docs/agent-configuration.md says what the tables say.
struct AgentConfigurationDocumentTests {
    private static let document = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/agent-configuration.md")

    private func text() throws -> String { try String(contentsOf: Self.document, encoding: .utf8) }

    @Test func `the document lists the settings as they are, and in their order`() throws {
        let rows = try text().split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = SettingRows.agent + SettingRows.endpoint
        #expect(rows == expected, "\(expected.joined(separator: "\n"))")
    }

    @Test func `the example in the document is right, but for the files that it names`() throws {
        let example = try #require(try text().firstMatch(of: /```yaml\n((?s:.*?))```/)).output.1
        var harness = try AgentFileHarness()
        harness.environment["API_TOKEN"] = "token"
        try harness.write("", to: "users.txt")
        // What the engine says about a list of passwords without a user is no business of the example.
        let problems = try harness.problems(String(example)).filter { !$0.contains("basic_auth_file") }
        #expect(problems == [])
    }

    @Test func `the document names every variable`() throws {
        for setting in AgentSettings.table.settings {
            #expect(try text().contains("`\(setting.environmentName(AgentSettings.table.prefix))`"), "\(setting.key)")
        }
    }
}

/// The rows of the document's tables.
private enum SettingRows {
    static var agent: [String] {
        AgentSettings.table.settings.map { setting in
            let variable = setting.environmentName(AgentSettings.table.prefix)
            return "| `agent.\(setting.key)` | \(value(setting)) | \(byDefault(setting, AgentSettings())) "
                + "| \(setting.change == .live ? "at once" : "restart") | `\(variable)` | \(setting.summary) |"
        }
    }

    static var endpoint: [String] {
        EndpointTable.table.settings.map { setting in
            let kinds = EndpointTable.kinds(setting.key)
            let isRequired = EndpointTable.required.contains(setting.key)
            let fallback = isRequired ? "required" : byDefault(setting, EndpointTable.blank)
            return "| `\(setting.key)` | \(value(setting)) | \(fallback) "
                + "| \(kinds.count == 3 ? "all" : kinds.joined(separator: ", ")) | \(setting.summary) |"
        }
    }

    private static func value<Target>(_ setting: Setting<Target>) -> String {
        let placeholder = setting.placeholder.replacing("|", with: "\\|")
        if EndpointTable.fieldLists.contains(setting.key) { return "mapping of \(placeholder)" }
        return placeholder + (setting.arity == .many ? " (list)" : "")
    }

    private static func byDefault<Target>(_ setting: Setting<Target>, _ blank: Target) -> String {
        let words = setting.words(blank)
        return words.isEmpty ? "" : "`\(words.joined(separator: " "))`"
    }
}
