import Edge
import Foundation
import Settings
import TestSupport
import Testing

@testable import osm_proxy

struct SettingsLoaderTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/config.yaml"
    }

    private func load(
        _ text: String,
        _ arguments: [String] = [],
        _ environment: [String: String] = [:]
    ) throws -> SettingsLoader.Table.Resolution {
        try Data(text.utf8).write(to: URL(filePath: path))
        return try SettingsLoader(path: path, arguments: arguments, environment: environment).load()
    }

    private func problems(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try load(text, [], environment)
            return []
        } catch let error as SettingsProblems {
            return error.problems.map { $0.description.replacing(path, with: "FILE") }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `flags, environment and file are put together in that order`() throws {
        let text = """
            version: 1
            visitor: {connections: 1, connections_per_address: 2}
            tunnel:
              handshakes: 3
            trusted_proxies: [loopback, 10.0.0.0/8]
            """
        let environment = ["OSM_PROXY_VISITOR_CONNECTIONS_PER_ADDRESS": "20", "OSM_PROXY_TUNNEL_HANDSHAKES": "30"]
        let resolution = try load(text, ["--tunnel-handshakes", "300"], environment)
        #expect(resolution.target.visitorLimit == 1)
        #expect(resolution.target.border.connectionsPerAddress == 20)
        #expect(resolution.target.handshakes == 300)
        #expect(resolution.target.trustedProxies == ["loopback", "10.0.0.0/8"])
        #expect(resolution.sources["visitor.connections"]?.description == "\(path):2:11")
    }

    @Test func `variables are put into values`() throws {
        let resolution = try load("version: 1\ncertificate: ${DIR}/edge.pem\n", [], ["DIR": "/etc/edge"])
        #expect(resolution.target.certificate == "/etc/edge/edge.pem")
        #expect(problems("version: 1\nkey: ${NONE}\n") == ["FILE:2:1: key: the environment variable 'NONE' is not set"])
    }

    @Test func `an unknown key is refused with line, column and a suggestion`() {
        #expect(
            problems("version: 1\ntunnel:\n  lisen: 'a:1'\n")
                == ["FILE:3:3: there is no setting 'tunnel.lisen'; did you mean 'tunnel.listen'?"]
        )
    }

    @Test(arguments: ["", "certificate: c\n", "version: 2\n", "version: [1, 1]\n"])
    func `a file of no version that is known is refused`(text: String) {
        #expect(problems(text).contains { $0.contains("version") })
    }

    @Test func `what is wrong in each source is reported at once`() {
        let found = problems("version: 1\nlog: {level: loud}\n", ["OSM_PROXY_NONSENSE": "1"])
        #expect(found.count == 2)
    }

    @Test func `what is missing is reported next to what is wrong, and what is wrong is not missing`() throws {
        let text = "version: 1\nstandalone: true\npublic_url: nowhere\ncertificate: ${NONE}\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        let loader = SettingsLoader(path: path, arguments: [], environment: [:])
        let error = #expect(throws: SettingsProblems.self) { _ = try loader.loadForRunning() }
        let places = error?.problems.map { $0.place.description.replacing(path, with: "FILE") }
        #expect(places == ["FILE:4:1", "FILE:3:1", "key", "operator_bundle"])
    }

    @Test func `nothing is called missing while a source cannot be read`() throws {
        try Data("version: [\n".utf8).write(to: URL(filePath: path))
        let loader = SettingsLoader(path: path, arguments: [], environment: [:])
        let error = #expect(throws: SettingsProblems.self) { _ = try loader.loadForRunning() }
        #expect(error?.problems.count == 1)
    }

    @Test func `a file that is not there, or is none, is refused`() {
        let loader = SettingsLoader(path: "\(folder.path)/none", arguments: [], environment: [:])
        let error = #expect(throws: SettingsProblems.self) { _ = try loader.load() }
        #expect(error?.description == "\(folder.path)/none: there is no such file")
        let device = SettingsLoader(path: "/dev/zero", arguments: [], environment: [:])
        #expect(throws: SettingsProblems.self) { _ = try device.load() }
    }

    @Test func `the usual file is chosen at the start, and its loss later is an error`() throws {
        let absent = SettingsLoader(path: nil, arguments: [], environment: [:], usualPath: path)
        try Data("version: 1\ntunnel: {handshakes: 3}\n".utf8).write(to: URL(filePath: path))
        let present = SettingsLoader(path: nil, arguments: [], environment: [:], usualPath: path)
        #expect(try present.load().target.handshakes == 3)
        #expect(try absent.load().target.handshakes == ProxySettings().handshakes)
        try FileManager.default.removeItem(atPath: path)
        let error = #expect(throws: SettingsProblems.self) { _ = try present.load() }
        #expect(error?.description == "\(path): there is no such file")
    }

    @Test func `a usual file that cannot be reached is an error, not an absence`() throws {
        try Data().write(to: URL(filePath: path))
        let unreachable = "\(path)/config.yaml"
        let loader = SettingsLoader(path: nil, arguments: [], environment: [:], usualPath: unreachable)
        let error = #expect(throws: SettingsProblems.self) { _ = try loader.load() }
        #expect(error?.problems.first?.place == .file(path: unreachable, nil))
    }

    @Test func `a secret comes from the file that its variable names`() throws {
        let key = String(repeating: "k", count: 32)
        try Data("\(key)\n".utf8).write(to: URL(filePath: "\(folder.path)/key"))
        let resolution = try load("version: 1\n", [], ["OSM_PROXY_STICKY_KEY_FILE": "\(folder.path)/key"])
        #expect(resolution.target.stickyKey == Secret(Array(key.utf8)))
    }
}
