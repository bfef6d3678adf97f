import AdminHTTP
import FoundationEssentials
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import TunnelProtocol

@testable import Agent
@testable import osm_agent

/// An agent without tunnels: its state, its endpoints and its local API, on a socket of its own.
struct TestAgent {
    let state: AgentState
    let desk: EndpointDesk
    let ring = LogRing()
    let changes = Changes()
    /// What the desk has logged.
    let log = WrittenLog()
    let leaving = Changes()

    /// What was told, in order.
    final class Changes: Sendable {
        private let list = Mutex<[EndpointChange]>([])
        var all: [EndpointChange] { list.withLock { $0 } }
        func append(_ change: EndpointChange) { list.withLock { $0.append(change) } }
    }

    init() {
        let state = AgentState(
            AgentStatus(
                version: "osm-agent/test",
                pid: 1,
                device: "device",
                certificateExpires: .now,
                started: .now,
                phase: .connecting,
                problem: nil,
                tunnels: [],
                endpoints: []
            )
        )
        let (changes, log) = (changes, log)
        self.state = state
        desk = EndpointDesk(
            state: state,
            logger: log.logger,
            serve: { state.replace($0) },
            remember: { changes.append($0) }
        )
    }

    static func spec(_ name: String, hostname: String? = nil, target: String = "localhost:3000") -> EndpointSpec {
        var spec = EndpointSpec(name: name, kind: "http", target: target)
        spec.hostname = hostname
        return spec
    }

    /// An edge that says no to an endpoint, for good, once it is asked for it; it listens from now on.
    func refusal(of name: String, code: Int32) -> @Sendable () async -> Void {
        let events = state.subscribe()
        return { [state] in
            for await event in events {
                guard case .endpoint(let status) = event, status.name == name else { continue }
                guard let wanted = state.wanted.first(where: { $0.endpoint.label == name }) else { return }
                let exit = AgentExit(code: code, problem: "The edge refused it.", nextStep: "Choose another.")
                _ = state.refused(exit, isPermanent: true, serial: wanted.serial, by: "edge")
                return
            }
        }
    }

    /// Runs the API for as long as `body` runs.
    func serving(
        reload: (@Sendable () async throws(APIProblem) -> Void)? = nil,
        inspectorURL: String? = nil,
        configurationProblems: [String] = [],
        _ body: (LocalAgent) async throws -> Void
    ) async throws {
        let folder = "/tmp/osm-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch {} }
        let socket = "\(folder)/agent.sock"
        let leaving = leaving
        var api = LocalAPI(
            address: .unix(path: socket),
            state: state,
            desk: desk,
            logs: ring,
            actions: .init(
                reload: reload,
                configurationProblems: { configurationProblems },
                gracePeriod: .zero,
                leave: { leaving.append(.removed(name: "agent")) },
                inspectorURL: { inspectorURL }
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        api.patience = .milliseconds(100)
        let server = AdminServer(.unix(path: socket), routes: api.routes)
        let (bounds, bound) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bound.finish() }
                try await server.run { _ in bound.yield() }
            }
            _ = await bounds.first { _ in true }
            let agent = try #require(try await LocalAgent.find(socket))
            try await body(agent)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
