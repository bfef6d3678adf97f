import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import AdminHTTP
@testable import Agent
@testable import osm_agent

@Suite(.timeLimit(.minutes(1)))
struct LocalAPITests {
    private let agent = TestAgent()

    private func failure(of work: () async throws -> Void) async -> AgentExit? {
        do {
            try await work()
            return nil
        } catch {
            return error as? AgentExit
        }
    }

    @Test func `shows what the agent does`() async throws {
        try await agent.serving { local in
            #expect(local.version == .own)
            let status = try await local.status()
            #expect(status.version == "osm-agent/test")
            #expect(await LocalAgent.isRunning(socket: local.socket))
        }
    }

    @Test func `shows also what is stopped, and a file that is wrong`() async throws {
        await agent.desk.replace([TestAgent.spec("web"), TestAgent.spec("docs").enabled(false)], from: .file)
        try await agent.serving(configurationProblems: ["config.yaml:1:1: no"]) { local in
            let status = try await local.status()
            #expect(status.endpoints.map(\.name) == ["web", "docs"])
            #expect(status.endpoints.map(\.state) == [.waiting, .stopped])
            #expect(status.configurationProblems == ["config.yaml:1:1: no"])
        }
        try await agent.serving { local in
            let problems = try await local.status().configurationProblems
            #expect(problems == nil)
        }
    }

    @Test func `is waited for as long as its grace period and a little more`() async throws {
        try await agent.serving { local in
            // This one never ends; its grace period is nothing.
            let exit = await failure { try await local.stop(patience: .milliseconds(10)) }
            #expect(exit?.code == 1 && exit?.problem.contains("has not ended yet") == true)
        }
    }

    @Test func `gives the link to the inspector, if there is one`() async throws {
        try await agent.serving(inspectorURL: "http://127.0.0.1:4040/?token=t") { local in
            let url = try await local.inspectorURL()
            #expect(url == "http://127.0.0.1:4040/?token=t")
        }
        try await agent.serving { local in
            let refusal = await failure { _ = try await local.inspectorURL() }
            #expect(refusal?.problem.contains("no inspector") == true)
        }
    }

    @Test func `adds, stops, starts and removes an endpoint`() async throws {
        try await agent.serving { local in
            // A name may hold what a path may not.
            let name = "a/b c%20+"
            await agent.desk.replace([TestAgent.spec("file")], from: .file)
            let added = try await local.add(TestAgent.spec("web"))
            #expect(added.state == .waiting)
            #expect(try await local.endpoints().map(\.name) == ["file", "web"])
            #expect(try await local.setEnabled(false, "web").enabled == false)
            #expect(try await local.setEnabled(true, "web").enabled)
            #expect(try await local.remove("web").name == "web")
            for gone in ["web", name] {
                let refusal = await failure { try await local.remove(gone) }
                #expect(refusal?.problem == "This agent has no endpoint '\(gone)'.")
            }
            let refusal = await failure { try await local.remove("file") }
            #expect(refusal?.nextStep.contains("osm-agent stop file") == true)
        }
    }

    @Test func `a refusal of the edge comes with its code, and what to do`() async throws {
        try await agent.serving { local in
            let refuse = agent.refusal(of: "web", code: 51)
            async let refused: Void = refuse()
            let exit = await failure { _ = try await local.add(TestAgent.spec("web")) }
            await refused
            #expect(exit == AgentExit(code: 51, problem: "The edge refused it.", nextStep: "Choose another."))
        }
    }

    @Test(arguments: [
        ("{", 400, "bad-request"), (#"{"name":"web"}"#, 400, "bad-request"),
        (#"{"name":"web","target":3000}"#, 400, "bad-request"),
        (#"{"name":"web","target":"localhost:3000","kind":"ftp"}"#, 422, "bad-endpoint"),
        (#"{"name":"web","target":"192.0.2.1:80"}"#, 422, "bad-endpoint"),
    ])
    func `a body that is no endpoint is refused with a problem`(body: String, status: Int, kind: String) async throws {
        try await agent.serving { local in
            for path in ["/v1/endpoints", "/v1/attach"] {
                let address = AdminAddress.unix(path: local.socket)
                let answer = try await AdminClient.post(path, body: ByteBuffer(string: body), at: address)
                #expect(answer.status == status)
                #expect(answer.contentType == "application/problem+json")
                #expect(String(buffer: answer.body).contains(#""type" : "urn:osm-agent:problem:\#(kind)""#))
            }
        }
    }

    @Test func `an attached endpoint is served while its client is there`() async throws {
        let events = agent.state.subscribe()
        try await agent.serving { local in
            let error = await failure {
                try await local.attach(TestAgent.spec("web")) { event in
                    guard case .endpoint(let status) = event else { return }
                    #expect(status.name == "web" && status.state == .waiting)
                    #expect(try await local.endpoints().first?.source == .attached)
                    throw AgentExit(code: 99, problem: "left", nextStep: "")
                }
            }
            #expect(error?.code == 99)
            for await event in events where event == .removed(name: "web") { break }
            #expect(agent.state.current.endpoints.isEmpty)
        }
    }

    @Test func `an attached endpoint that somebody removes ends its stream`() async throws {
        try await agent.serving { local in
            var heard: [AgentEvent] = []
            try await local.attach(TestAgent.spec("web")) { event in
                heard.append(event)
                // The first lines may say the same twice.
                if heard.count == 1 { try await local.remove("web") }
            }
            #expect(heard.last == .removed(name: "web"))
        }
    }

    @Test func `an attached endpoint that the edge refuses ends with its code`() async throws {
        try await agent.serving { local in
            let refuse = agent.refusal(of: "web", code: 50)
            async let refused: Void = refuse()
            let exit = await failure { try await local.attach(TestAgent.spec("web")) { _ in } }
            await refused
            #expect(exit?.code == 50)
            let taken = await failure { try await local.attach(TestAgent.spec("web", target: "nowhere")) { _ in } }
            #expect(taken?.code == 2)
        }
    }

    @Test func `events tell how everything is, and then what happens`() async throws {
        try await agent.serving { local in
            await agent.desk.replace([TestAgent.spec("web")], from: .command)
            var heard: [AgentEvent] = []
            let error = await failure {
                try await local.events { event in
                    heard.append(event)
                    if heard.count == 1 { agent.state.publish(.leaving(requests: 3)) }
                    if heard.count == 2 { throw AgentExit(code: 99, problem: "enough", nextStep: "") }
                }
            }
            #expect(error?.code == 99)
            #expect(
                heard == [
                    .endpoint(EndpointStatus(name: "web", kind: "http", target: "http://localhost:3000")),
                    .leaving(requests: 3),
                ]
            )
        }
    }

    @Test func `the log is shown, in part, whole and as it comes`() async throws {
        for number in 1...3 { agent.ring.append("{\"msg\":\"\(number)\"}\n") }
        try await agent.serving { local in
            var lines: [String] = []
            try await local.logs(follow: false) { lines.append(String(buffer: $0)) }
            #expect(lines == [#"{"msg":"1"}"#, #"{"msg":"2"}"#, #"{"msg":"3"}"#])
            let address = AdminAddress.unix(path: local.socket)
            let last = try await AdminClient.get("/v1/logs?lines=1", at: address)
            #expect(String(buffer: last.body) == "{\"msg\":\"3\"}\n")
            #expect(try await AdminClient.get("/v1/logs?lines=x", at: address).status == 400)
            lines = []
            let error = await failure {
                try await local.logs(follow: true) { line in
                    lines.append(String(buffer: line))
                    if lines.count == 3 { agent.ring.append("{\"msg\":\"4\"}\n") }
                    if lines.count == 4 { throw AgentExit(code: 99, problem: "enough", nextStep: "") }
                }
            }
            #expect(error?.code == 99)
            #expect(lines.last == #"{"msg":"4"}"#)
        }
    }

    @Test func `it reloads when it has something to reload, and leaves once`() async throws {
        try await agent.serving { local in
            #expect(await failure { try await local.reload() }?.problem.contains("configuration file") == true)
            let address = AdminAddress.unix(path: local.socket)
            for _ in 0..<2 {
                let answer = try await AdminClient.post("/v1/stop", body: ByteBuffer(), at: address)
                #expect(answer.status == 202)
            }
            #expect(agent.leaving.all.count == 1)
        }
        try await agent.serving(reload: {}) { local in try await local.reload() }
    }

    @Test func `ready is who can serve visitors`() async throws {
        try await agent.serving { local in
            let address = AdminAddress.unix(path: local.socket)
            func answer(_ path: String) async throws -> (status: Int, body: Readiness) {
                let answer = try await AdminClient.get(path, at: address)
                return (answer.status, try JSONText.read(Readiness.self, answer.body.readableBytesView))
            }
            #expect(try await answer("/readyz").status == 503)
            agent.state.update(TunnelSeat(edge: "edge", slot: 0)) { $0.phase = .connected }
            await agent.desk.replace([TestAgent.spec("web")], from: .command)
            let ready = try await answer("/ready")
            #expect(ready.status == 200 && ready.body.status == 200 && ready.body.readyConnections == 1)
            let serial = try #require(agent.state.wanted.first?.serial)
            agent.state.probed(ProbeStatus(at: .now, ok: false, problem: "no answer"), serial: serial)
            let failing = try await answer("/readyz")
            #expect(failing.status == 503 && failing.body.failingEndpoints == ["web"])
            #expect(failing.body.problem == "no answer")
            #expect(try await AdminClient.get("/livez", at: address).status == 200)
        }
    }

    @Test func `an agent of another version is told from none, and from something else`() async throws {
        func find(_ answer: AdminResponse) async -> AgentExit? {
            let path = "/tmp/osm-test-\(UUID().uuidString.prefix(8)).sock"
            let server = AdminServer(.unix(path: path), routes: ["/version": .get { _ in answer }])
            let (bounds, bound) = AsyncStream.makeStream(of: Void.self)
            return await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run { _ in bound.yield() } }
                _ = await bounds.first { _ in true }
                let found = await failure { _ = try await LocalAgent.find(path) }
                group.cancelAll()
                return found
            }
        }
        let newer = await find(LocalAPI.json(VersionDocument(version: "osm-agent/9.0.0", api: 9)))
        #expect(newer?.problem.contains("is osm-agent/9.0.0 and speaks version 9") == true)
        let other = await find(.text("hello"))
        #expect(other?.problem.contains("is not an agent") == true)
        #expect(try await LocalAgent.find("/tmp/osm-test-nobody.sock") == nil)
        #expect(await failure { _ = try await LocalAgent.running("/tmp/osm-test-nobody.sock") }?.code == 1)
    }
}
