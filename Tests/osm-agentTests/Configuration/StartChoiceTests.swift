import Agent
import ArgumentParser
import Testing

@testable import osm_agent

/// What `osm-agent start` picks of a configuration, and what it says when there is nothing.
struct StartChoiceTests {
    private let harness: AgentFileHarness

    init() throws { harness = try AgentFileHarness() }

    private let text =
        "version: 1\nendpoints:\n- {name: web, target: 3000}\n- {name: api, target: 4000, enabled: false}\n"

    private func chosen(_ text: String, _ arguments: String...) throws -> [String] {
        try Start.parse(arguments).chosen(of: try harness.load(text)).map(\.name)
    }

    private func refusal(_ text: String, _ arguments: String...) throws -> AgentExit? {
        let (start, file) = (try Start.parse(arguments), try harness.load(text))
        return #expect(throws: AgentExit.self) { _ = try start.chosen(of: file) }
    }

    @Test func `picks what is enabled, what is named, or everything`() throws {
        #expect(try chosen(text) == ["web"])
        #expect(try chosen(text, "api") == ["api"])
        #expect(try chosen(text, "--all") == ["web", "api"])
    }

    @Test func `says what there is when nothing is picked`() throws {
        let disabled = text.replacing("target: 3000", with: "target: 3000, enabled: false")
        #expect(try refusal(disabled)?.problem == "No endpoint of the configuration file is enabled.")
        #expect(try refusal(disabled)?.nextStep.hasSuffix("There are: web, api") == true)
        #expect(try refusal(text, "wbe")?.problem.hasSuffix("did you mean 'web'?") == true)
        let empty = try #require(try refusal("version: 1\n"))
        #expect(empty.code == 2 && empty.problem == "There is no endpoint to start: \(harness.path) names none.")
    }

    @Test func `says that there is no file`() throws {
        let resolution = try harness.load("version: 1\n").resolution
        let file = AgentFile(paths: [], resolution: resolution, endpoints: [])
        let start = try Start.parse([])
        let exit = #expect(throws: AgentExit.self) { _ = try start.chosen(of: file) }
        #expect(exit?.problem == "There is no endpoint to start: there is no configuration file.")
    }
}
