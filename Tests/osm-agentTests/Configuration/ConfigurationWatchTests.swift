import Agent
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import osm_agent

/// What a watch gave to whoever applies it.
private final class Applied: Sendable {
    private let changes = Mutex<[ConfigurationChange]>([])

    private let answers = Mutex(0)

    func answer() { answers.withLock { $0 += 1 } }
    var answerCount: Int { answers.withLock { $0 } }
    func take(_ file: AgentFile, _ change: ConfigurationChange) { changes.withLock { $0.append(change) } }
    var all: [ConfigurationChange] { changes.withLock { $0 } }
}

struct ConfigurationWatchTests {
    private let harness: AgentFileHarness
    private let applied = Applied()
    private let log = WrittenLog()

    init() throws { harness = try AgentFileHarness() }

    private func watch(_ text: String) throws -> ConfigurationWatch {
        let present = try harness.load(text)
        return ConfigurationWatch(
            loader: harness.loader(),
            present: present,
            logger: log.logger,
            answered: { [applied] in applied.answer() },
            apply: { [applied] in applied.take($0, $1) }
        )
    }

    private let web = "version: 1\nendpoints:\n- {name: web, target: 3000}\n"

    @Test func `a file that stays as it is changes nothing`() async throws {
        let watch = try watch(web)
        for _ in 0..<4 { await watch.look() }
        #expect(applied.all == [])
        #expect(log.lines == [])
    }

    @Test func `a changed file is read once it holds still`() async throws {
        let watch = try watch(web)
        for _ in 0..<2 { await watch.look() }
        try harness.write(web + "- {name: api, target: 4000}\n")
        await watch.look()
        #expect(applied.all == [])
        try harness.write(web + "- {name: api, target: 4000}\n- {name: docs, target: 5000}\n")
        await watch.look()
        #expect(applied.all == [])
        await watch.look()
        await watch.look()
        #expect(applied.all.map(\.endpoints) == [["api", "docs"]])
        #expect(watch.present.specs.map(\.name) == ["web", "api", "docs"])
    }

    @Test func `a request is answered at the next look, also without a change`() async throws {
        let watch = try watch(web)
        for _ in 0..<2 { await watch.look() }
        try harness.write("version: 1\nendpoints:\n- {name: web, target: 3001}\n")
        watch.requestReload()
        await watch.look()
        #expect(applied.all.map(\.endpoints) == [["web"]])
        watch.requestReload()
        for _ in 0..<3 { await watch.look() }
        #expect(applied.all.count == 1)
    }

    @Test func `who asks is told once it is done, also when the file is broken`() async throws {
        let watch = try watch(web)
        for _ in 0..<3 { await watch.look() }
        #expect(applied.answerCount == 0)
        watch.requestReload()
        await watch.look()
        #expect(applied.answerCount == 1)
        try harness.write("broken")
        watch.requestReload()
        for _ in 0..<3 { await watch.look() }
        #expect(applied.answerCount == 2)
    }

    @Test func `a broken file changes nothing and is logged with its place`() async throws {
        let watch = try watch(web)
        try harness.write("version: 1\nendpoints:\n- {name: web, traget: 3000}\n")
        watch.requestReload()
        await watch.look()
        #expect(applied.all == [])
        #expect(watch.problems.count == 2 && watch.problems.contains { $0.hasPrefix("\(harness.path):3:15") })
        #expect(watch.present.specs.map(\.name) == ["web"])
        #expect(log.lines.count == 2)
        #expect(
            log.lines.contains {
                $0.hasPrefix("error: configuration not reloaded") && $0.contains("\(harness.path):3:15")
            }
        )
        try harness.write(web + "- {name: api, target: 4000}\n")
        for _ in 0..<2 { await watch.look() }
        #expect(applied.all.map(\.endpoints) == [["api"]])
        #expect(watch.problems == [])
    }

    @Test func `a file that is gone is an error, and no reason to stop serving`() async throws {
        let watch = try watch(web)
        for _ in 0..<2 { await watch.look() }
        try FileManager.default.removeItem(atPath: harness.path)
        for _ in 0..<4 { await watch.look() }
        #expect(applied.all == [])
        #expect(log.lines == ["error: configuration not reloaded error=\(harness.path): there is no such file"])
        try harness.write(web + "- {name: api, target: 4000}\n")
        for _ in 0..<2 { await watch.look() }
        #expect(applied.all.count == 1)
    }

    @Test func `a file that another takes the place of is read`() async throws {
        let watch = try watch(web)
        for _ in 0..<2 { await watch.look() }
        try PrivateFile.replace(harness.path, Array("version: 1\nendpoints:\n- {name: web, target: 3009}\n".utf8))
        for _ in 0..<2 { await watch.look() }
        #expect(applied.all.map(\.endpoints) == [["web"]])
    }

    @Test func `what needs a restart is named, and stays as it was`() async throws {
        let watch = try watch("version: 1\nagent: {log_level: info, edge_name: a}\n")
        try harness.write("version: 1\nagent: {log_level: debug, edge_name: b}\n")
        watch.requestReload()
        await watch.look()
        #expect(applied.all.map(\.live) == [["log_level"]])
        #expect(applied.all.map(\.waiting) == [["edge_name"]])
        #expect(watch.present.settings.logLevel == .debug)
        #expect(watch.present.settings.edgeName == "a")
        #expect(log.lines.last == "warning: settings wait for a restart settings=edge_name")
    }
}
