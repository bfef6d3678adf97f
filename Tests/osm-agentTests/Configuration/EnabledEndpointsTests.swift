import Agent
import Foundation
import Logging
import TestSupport
import Testing

@testable import osm_agent

struct EnabledEndpointsTests {
    private func spec(_ name: String, hostname: String? = nil, enabled: Bool = true) -> EndpointSpec {
        var spec = EndpointSpec(name: name, kind: "http", target: "3000")
        spec.hostname = hostname
        spec.enabled = enabled
        return spec
    }

    @Test func `what was stopped stays stopped, and what was started comes back`() {
        let file = [spec("web"), spec("api", enabled: false), spec("docs")]
        var enabled = EnabledEndpoints()
        #expect(enabled.endpoints(over: file).filter(\.enabled).map(\.name) == ["web", "docs"])
        let isStopped = enabled.setEnabled(false, "web", over: file)
        #expect(isStopped)
        let isStarted = enabled.setEnabled(true, "api", over: file)
        #expect(isStarted)
        let isKnown = enabled.setEnabled(true, "nobody", over: file)
        #expect(!isKnown)
        #expect(enabled.endpoints(over: file).filter(\.enabled).map(\.name) == ["api", "docs"])
        #expect(enabled.endpoints(over: file).count == 3)
    }

    @Test func `a choice that says what the file says is forgotten`() {
        let file = [spec("web")]
        var enabled = EnabledEndpoints()
        _ = enabled.setEnabled(false, "web", over: file)
        #expect(enabled.choices == ["web": false])
        _ = enabled.setEnabled(true, "web", over: file)
        #expect(enabled.choices == [:])
        _ = enabled.setEnabled(false, "web", over: file)
        enabled.prune(over: [spec("web", enabled: false)])
        #expect(enabled.choices == [:])
        _ = enabled.setEnabled(false, "web", over: file)
        enabled.prune(over: [])
        #expect(enabled == EnabledEndpoints())
    }

    @Test func `an added endpoint is kept until it is removed`() {
        var enabled = EnabledEndpoints()
        let isAdded = enabled.add(spec("temp"))
        #expect(isAdded)
        let isReplaced = enabled.add(spec("temp", hostname: "other"))
        #expect(isReplaced)
        #expect(enabled.endpoints(over: [spec("web")]).filter(\.enabled).map(\.name) == ["web", "temp"])
        #expect(enabled.added.map(\.hostname) == ["other"])
        let isStopped = enabled.setEnabled(false, "temp", over: [])
        #expect(isStopped)
        #expect(enabled.endpoints(over: []).filter(\.enabled).isEmpty)
        enabled.remove("temp")
        #expect(enabled == EnabledEndpoints())
    }

    @Test func `what is done over the local API is remembered`() {
        let file = [spec("web")]
        var enabled = EnabledEndpoints()
        enabled.remember(.added(spec("temp")), over: file)
        enabled.remember(.enabled(false, name: "web"), over: file)
        #expect(enabled.endpoints(over: file).filter(\.enabled).map(\.name) == ["temp"])
        enabled.remember(.removed(name: "temp"), over: file)
        enabled.remember(.enabled(true, name: "web"), over: file)
        #expect(enabled == EnabledEndpoints())
    }

    @Test func `the file wins over an added endpoint of the same name, or for the same public name`() {
        var enabled = EnabledEndpoints()
        _ = enabled.add(spec("web", hostname: "old"))
        _ = enabled.add(spec("mine", hostname: "APP"))
        let file = [spec("web", hostname: "app")]
        #expect(enabled.endpoints(over: file) == file)
    }

    @Test func `there is a limit to what is added`() {
        var enabled = EnabledEndpoints()
        for index in 0..<EnabledEndpoints.limit { _ = enabled.add(spec("n\(index)")) }
        #expect(enabled.added.count == EnabledEndpoints.limit)
        let fits = enabled.add(spec("one more"))
        #expect(!fits)
        let isReplaced = enabled.add(spec("n0", hostname: "replaced"))
        #expect(isReplaced)
    }
}

struct EnabledEndpointsFileTests {
    private let folder: TemporaryFolder
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws { folder = try TemporaryFolder() }

    private var path: String { "\(folder.path)/endpoints.json" }
    private func open() -> EnabledEndpointsFile { EnabledEndpointsFile(folder: folder.path, logger: logger) }

    @Test func `what is remembered is there after a restart, for its owner alone`() async throws {
        let spec = EndpointSpec(name: "temp", kind: "tcp", target: "22")
        await open().update { _ = $0.add(spec) }
        #expect(await open().present.added == [spec])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? NSNumber == 0o600)
        await open().update { $0.remove("temp") }
        #expect(await open().present == EnabledEndpoints())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["endpoints.json"])
    }

    @Test func `without a change nothing is written`() async {
        await open().update { $0.remove("temp") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["", "{", "[]", #"{"version":2,"choices":{},"added":[]}"#, #"{"version":1}"#, "\u{0}"])
    func `a file that makes no sense is set aside`(text: String) async throws {
        try Data("older".utf8).write(to: URL(filePath: "\(path).broken"))
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(await open().present == EnabledEndpoints())
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try String(contentsOfFile: "\(path).broken", encoding: .utf8) == text)
    }

    @Test func `a folder that is gone loses nothing but what is remembered`() async {
        let file = EnabledEndpointsFile(folder: "\(folder.path)/none", logger: logger)
        await file.update { _ = $0.add(EndpointSpec(name: "a", kind: "http", target: "1")) }
        #expect(await file.present.added.count == 1)
    }
}
