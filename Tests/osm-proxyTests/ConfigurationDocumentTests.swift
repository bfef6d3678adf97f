import Foundation
import Settings
import Testing

@testable import osm_proxy

struct ConfigurationDocumentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func document() throws -> String {
        try String(contentsOf: Self.root.appending(path: "docs/configuration.md"), encoding: .utf8)
    }

    @Test func `the document lists the settings as they are, and in their order`() throws {
        let rows = try document().split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(rows == SettingsText.markdownRows, "\(SettingsText.markdownRows.joined(separator: "\n"))")
    }

    @Test func `the example in the document is right`() throws {
        let example = try #require(try document().firstMatch(of: /```yaml\n((?s:.*?))```/)).output.1
        let path = FileManager.default.temporaryDirectory.appending(path: "osm-example-\(UUID().uuidString).yaml")
        try Data(example.utf8).write(to: path)
        defer { do { try FileManager.default.removeItem(at: path) } catch {} }
        let loader = SettingsLoader(path: path.path, arguments: [], environment: ["EDGE_FILES": "/etc/osm-proxy"])
        _ = try loader.load().target.edgeConfiguration()
    }

    @Test(arguments: [("a|b", "a\\|b"), ("|a||b|", "\\|a\\|\\|b\\|"), ("", "")])
    func `every bar in a cell is escaped`(text: String, cell: String) {
        #expect(SettingsText.escaped(text) == cell)
    }

    @Test func `help names every flag`() {
        for setting in ProxySettings.table.settings {
            guard let flag = setting.flag else { continue }
            #expect(SettingsText.help.contains("\n  \(flag)") || SettingsText.help.hasPrefix("  \(flag)"), "\(flag)")
        }
    }
}
