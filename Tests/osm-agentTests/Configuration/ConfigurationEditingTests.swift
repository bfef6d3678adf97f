import Agent
import Foundation
import Settings
import Testing

@testable import osm_agent

struct ConfigurationEditingTests {
    private let harness: AgentFileHarness

    init() throws { harness = try AgentFileHarness() }

    private let right = "version: 1\nendpoints:\n- {name: web, target: 3000}\n"
    private var draft: String { "\(harness.folderPath)/config.draft.yaml" }

    /// Edits with an editor that types one text after another.
    private func edit(typing texts: [String], asksAgain: Bool = false) throws -> (outcome: String, said: [String]) {
        var rest = texts[...]
        var said: [String] = []
        let editing = ConfigurationEditing(
            path: harness.path,
            loader: harness.loader(),
            open: { path in
                guard let text = rest.popFirst() else {
                    Issue.record("one edit too many")
                    return
                }
                try Data(text.utf8).write(to: URL(filePath: path))
            },
            asksAgain: { asksAgain },
            say: { said.append($0) }
        )
        return (try editing.run(), said)
    }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test(.enabled(if: geteuid() == 0))
    func `what root edits still belongs to its group`() throws {
        try harness.write(right)
        try FileManager.default.setAttributes([.groupOwnerAccountID: 7], ofItemAtPath: harness.path)
        _ = try edit(typing: [right + "# changed\n"])
        let group = try FileManager.default.attributesOfItem(atPath: harness.path)[.groupOwnerAccountID]
        #expect((group as? NSNumber)?.intValue == 7)
    }

    @Test func `what is right takes the place of the file, with its permissions`() throws {
        try harness.write(right)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: harness.path)
        let text = right + "- {name: api, target: 4000}\n"
        #expect(try edit(typing: [text]).outcome == "fine: \(harness.path)")
        #expect(try contents(harness.path) == text)
        let attributes = try FileManager.default.attributesOfItem(atPath: harness.path)
        #expect(attributes[.posixPermissions] as? NSNumber == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: harness.folderPath) == ["config.yaml"])
    }

    @Test func `a file that is not there begins with the template, for its owner alone`() throws {
        var shown = ""
        let editing = ConfigurationEditing(
            path: "\(harness.folderPath)/new/config.yaml",
            loader: harness.loader(["\(harness.folderPath)/new/config.yaml"]),
            open: { path in
                shown = try contents(path)
                try Data((shown + "# mine\n").utf8).write(to: URL(filePath: path))
            },
            asksAgain: { false },
            say: { _ in }
        )
        #expect(try editing.run() == "fine: \(editing.path)")
        #expect(shown == ConfigurationTemplate.text)
        let attributes = try FileManager.default.attributesOfItem(atPath: editing.path)
        #expect(attributes[.posixPermissions] as? NSNumber == 0o600)
    }

    @Test func `the template is right`() throws {
        #expect(try harness.problems(ConfigurationTemplate.text) == [])
        // So is what it leaves out.
        let lines = ConfigurationTemplate.text.split(separator: "\n", omittingEmptySubsequences: false)
        let commented = lines.filter { $0.contains("# - name") || $0.contains("#   ") }
        let endpoints = commented.filter { !$0.contains("basic_auth") && !$0.contains("access:") }
        let text = "version: 1\nendpoints:\n" + endpoints.map { $0.replacing("# ", with: "") }.joined(separator: "\n")
        #expect(try harness.load(text + "\n").specs.map(\.name) == ["web", "ssh"])
    }

    @Test func `what is wrong stays in the copy, and the file as it was`() throws {
        try harness.write(right)
        let wrong = "version: 1\nendpoints:\n- {name: web}\n"
        #expect { try edit(typing: [wrong]) } throws: {
            ($0 as? AgentExit)?.code == 2 && "\($0)".contains(draft)
        }
        #expect(try contents(harness.path) == right)
        #expect(try contents(draft) == wrong)
        // The next edit goes on with it.
        let (outcome, said) = try edit(typing: [right + "- {name: api, target: 4000}\n"])
        #expect(outcome == "fine: \(harness.path)")
        #expect(said == ["going on with \(draft), which is left from an earlier edit"])
        #expect(SmallFile.isAbsent(draft))
    }

    @Test func `on a terminal the editor opens again`() throws {
        try harness.write(right)
        let (outcome, said) = try edit(typing: ["version: 3\n", right + "# ok\n"], asksAgain: true)
        #expect(outcome == "fine: \(harness.path)")
        #expect(said.count == 1)
        // The message names the file, not the copy.
        #expect(said.first?.hasPrefix("\(harness.path):1:1: ") == true)
    }

    @Test func `nothing typed is nothing changed`() throws {
        try harness.write(right)
        #expect(try edit(typing: [right]).outcome == "nothing changed in \(harness.path)")
        #expect(SmallFile.isAbsent(draft))
    }

    @Test func `what somebody else wrote meanwhile is not overwritten`() throws {
        try harness.write(right)
        let theirs = right + "# theirs\n"
        let editing = ConfigurationEditing(
            path: harness.path,
            loader: harness.loader(),
            open: { path in
                try harness.write(theirs)
                try Data((right + "# mine\n").utf8).write(to: URL(filePath: path))
            },
            asksAgain: { false },
            say: { _ in }
        )
        #expect(throws: AgentExit.self) { try editing.run() }
        #expect(try contents(harness.path) == theirs)
        #expect(try contents(draft) == right + "# mine\n")
    }

    @Test func `a copy that is older than the file is not gone on with`() throws {
        try harness.write("mine", to: "config.draft.yaml")
        try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: draft)
        try harness.write(right)
        #expect(throws: AgentExit.self) { try edit(typing: []) }
        #expect(try contents(draft) == "mine")
    }

    @Test func `a link stays a link`() throws {
        let target = try harness.write(right, to: "real.yaml")
        try FileManager.default.createSymbolicLink(atPath: harness.path, withDestinationPath: target)
        _ = try edit(typing: [right + "# new\n"])
        #expect(try contents(target) == right + "# new\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: harness.path) == target)
    }

    @Test func `an editor is VISUAL, or EDITOR, or vi`() {
        #expect(Editor(environment: ["VISUAL": "a -w", "EDITOR": "b"]).command == "a -w")
        #expect(Editor(environment: ["VISUAL": "", "EDITOR": "b"]).command == "b")
        #expect(Editor(environment: [:]).command == "vi")
    }

    @Test(.timeLimit(.minutes(1))) func `an editor gets its words and the file, and its failure is told`() throws {
        let path = try harness.write(right, to: "a b.yaml")
        try Editor(environment: ["EDITOR": "sed -i s/3000/4000/"]).open(path)
        #expect(try contents(path) == right.replacing("3000", with: "4000"))
        #expect(throws: AgentExit.self) { try Editor(environment: ["EDITOR": "false"]).open(path) }
    }
}
