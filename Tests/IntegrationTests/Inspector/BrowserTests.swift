import Foundation
import TestSupport
import Testing

/// The inspector in Chromium, over a log that a test fills.
@Suite(
    .enabled(if: InspectorBrowser.isThere, "needs Chromium, and the programs that ./dev test builds"),
    .serialized
)
struct BrowserTests {
    private func look(_ check: String) async throws {
        try await PretendAgent.run { agent in
            try await InspectorBrowser.check(check, link: agent.link, visitorPort: agent.visitorPort, host: "demo")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `fills the list as requests come, and searches it`() async throws { try await look("live") }

    @Test(.timeLimit(.minutes(2)))
    func `keeps the token out of every address`() async throws { try await look("token") }

    @Test(.timeLimit(.minutes(2)))
    func `shows bodies by what they are, and no secrets`() async throws { try await look("detail") }

    @Test(.timeLimit(.minutes(2)))
    func `runs nothing of what strangers send`() async throws { try await look("hostile") }

    @Test(.timeLimit(.minutes(2)))
    func `sends requests again, also changed`() async throws { try await look("replay") }

    @Test(.timeLimit(.minutes(2)))
    func `hands out commands of curl and archives`() async throws { try await look("exports") }

    @Test(.timeLimit(.minutes(2)))
    func `holds still while paused, and clears every page`() async throws { try await look("control") }

    @Test(.timeLimit(.minutes(2)))
    func `shows events while their stream is open`() async throws { try await look("messages") }

    @Test(.timeLimit(.minutes(3)))
    func `stays quick with a thousand requests, in either colour and at small sizes`() async throws {
        try await look("crowd")
    }
}

/// Runs one check of `browser.py`.
enum InspectorBrowser {
    static let isThere =
        TestPrograms.pythonWithLibraries != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    static func program(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/\(name)").path
    }

    /// Looks at the page that `link` leads to, while requests for `host` come in at `visitorPort`.
    static func check(_ check: String, link: String, visitorPort: Int, host: String) async throws {
        let scratch = try TemporaryFolder()
        let pictures = ProcessInfo.processInfo.environment["OSM_TEST_PICTURES"].map { [$0] } ?? []
        let browser = try Program(
            try #require(TestPrograms.pythonWithLibraries),
            ["-B", program("browser.py"), link, "\(visitorPort)", host, check] + pictures,
            in: scratch.path
        )
        try await eventually("the browser has looked: \(check)", within: .seconds(110)) { !browser.isRunning }
        #expect(browser.output.hasSuffix("ok \(check)\n"), "\(browser.output)\(browser.errors)")
    }
}
