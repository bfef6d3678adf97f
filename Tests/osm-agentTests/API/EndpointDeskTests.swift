import TestSupport
import Testing

@testable import Agent
@testable import osm_agent

@Suite(.timeLimit(.minutes(1)))
struct EndpointDeskTests {
    private let agent = TestAgent()

    private var served: [String] { agent.state.current.endpoints.map(\.name) }

    private func kind(of work: () async throws(APIProblem) -> Void) async -> APIProblem.Kind? {
        do throws(APIProblem) {
            try await work()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `what is added is served, listed and remembered`() async throws {
        let status = try await agent.desk.add(TestAgent.spec("web"), within: .milliseconds(10))
        #expect(status.state == .waiting)
        #expect(served == ["web"])
        let listing = try await agent.desk.listing("web")
        #expect(listing.source == .added && listing.enabled && listing.status == status)
        #expect(agent.changes.all == [.added(TestAgent.spec("web"))])
    }

    @Test func `what an edge refuses is gone again, with the code that it gave`() async throws {
        let refuse = agent.refusal(of: "web", code: 50)
        async let refused: Void = refuse()
        // The edge's answer is looked for from before it is asked, so the deadline is never waited for.
        do throws(APIProblem) {
            _ = try await agent.desk.add(TestAgent.spec("web"), within: .seconds(30))
            Issue.record("it was added")
        } catch {
            #expect(error.kind == .refused)
            #expect(error.exit.code == 50)
        }
        await refused
        #expect(served.isEmpty)
        // It was remembered while the edge was asked, and is forgotten with the refusal.
        #expect(agent.changes.all == [.added(TestAgent.spec("web")), .removed(name: "web")])
    }

    @Test func `a name, a host name and a port are given once`() async throws {
        let desk = agent.desk
        _ = try await desk.add(TestAgent.spec("web", hostname: "app"), within: .zero)
        var port = EndpointSpec(name: "ssh", kind: "tcp", target: "22")
        port.port = 20022
        _ = try await desk.add(port, within: .zero)
        var other = port
        other.name = "other"
        for spec in [TestAgent.spec("web"), TestAgent.spec("web2", hostname: "APP"), other] {
            #expect(await kind { () throws(APIProblem) in try await desk.check(spec) } == .nameInUse)
        }
        other.kind = "udp"
        let udp = other
        #expect(await kind { () throws(APIProblem) in try await desk.check(udp) } == nil)
    }

    @Test func `a conflict is told by its cause and the flag that ends it`() async throws {
        let desk = agent.desk
        _ = try await desk.add(TestAgent.spec("web", hostname: "app", target: "3000"), within: .zero)
        var port = EndpointSpec(name: "ssh", kind: "tcp", target: "22")
        port.port = 20022
        _ = try await desk.add(port, within: .zero)
        port.name = "other"
        let conflicts = [
            (TestAgent.spec("app", hostname: "app"), "has the public name 'app' already", "--name"),
            (port, "has the public TCP port 20022 already", "--port"),
            (TestAgent.spec("web"), "is called that already", "--label"),
        ]
        for (spec, cause, flag) in conflicts {
            do throws(APIProblem) {
                try await desk.check(spec)
                Issue.record("\(spec.name) was taken")
            } catch {
                #expect(error.exit.problem.contains(cause))
                #expect(error.exit.nextStep.contains(flag))
            }
        }
    }

    /// The public names that are asked for, by the names of their endpoints.
    ///
    /// An empty one stands for a name of the edge's choice.
    private var hostnames: [String: String] {
        Dictionary(uniqueKeysWithValues: agent.state.wanted.map { ($0.endpoint.label, $0.endpoint.name ?? "") })
    }

    @Test func `without a public name the first is left to the edge, and the others get one each`() async throws {
        let desk = agent.desk
        for name in ["a", "b", "c"] { _ = try await desk.attach(TestAgent.spec(name)) }
        _ = try await desk.attach(EndpointSpec(name: "ssh", kind: "tcp", target: "22"))
        let names = hostnames
        #expect(names["a"] == "" && names["ssh"] == "")
        #expect(names["b"] == "ddevice-3e23" && names["c"] == "ddevice-2e7d")
        #expect(try await desk.listing("b").spec.hostname == nil)
        let rival = TestAgent.spec("d", hostname: "DDEVICE-3e23")
        #expect(await kind { () throws(APIProblem) in try await desk.check(rival) } == .nameInUse)
    }

    @Test func `a public name stays when others come and go`() async throws {
        let desk = agent.desk
        let (a, b, c) = (TestAgent.spec("a"), TestAgent.spec("b"), TestAgent.spec("c"))
        await desk.replace([a, b], from: .file)
        let before = hostnames
        await desk.replace([c, b, a], from: .file)
        #expect(hostnames["a"] == before["a"] && hostnames["b"] == before["b"])
        #expect(hostnames["c"] == "ddevice-2e7d")
        await desk.replace([b], from: .file)
        #expect(hostnames == ["b": "ddevice-3e23"])
    }

    @Test func `the log says what was added, stopped, started and removed`() async throws {
        let desk = agent.desk
        await desk.replace([TestAgent.spec("web")], from: .file)
        await desk.replace([TestAgent.spec("web", target: "4000")], from: .file)
        await desk.replace([TestAgent.spec("web", target: "4000")], from: .file)
        try await desk.setEnabled(false, "web")
        try await desk.setEnabled(true, "web")
        let held = try await desk.attach(TestAgent.spec("held", target: "5000"))
        await desk.detach(held)
        await desk.replace([], from: .file)
        #expect(
            agent.log.lines == [
                "info: endpoint added endpoint=web source=file target=localhost:3000",
                "info: endpoint changed endpoint=web source=file target=4000",
                "info: endpoint stopped endpoint=web source=file target=4000",
                "info: endpoint started endpoint=web source=file target=4000",
                "info: endpoint added endpoint=held source=attached target=5000",
                "info: endpoint removed endpoint=held source=attached target=5000",
                "info: endpoint removed endpoint=web source=file target=4000",
            ]
        )
    }

    @Test func `a description that is wrong names its member`() async {
        do throws(APIProblem) {
            try await agent.desk.check(TestAgent.spec("web", target: "example.com:80"))
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .badEndpoint)
            #expect(error.member == "target")
            #expect(error.exit.code == 2)
        }
    }

    @Test func `there is an end to how many there are`() async throws {
        await agent.desk.replace((0..<EndpointDesk.limit).map { TestAgent.spec("e\($0)") }, from: .file)
        let desk = agent.desk
        #expect(
            await kind { () throws(APIProblem) in try await desk.check(TestAgent.spec("web")) } == .tooManyEndpoints
        )
    }

    @Test func `an attached endpoint goes with who attached it, and no other of its name does`() async throws {
        let desk = agent.desk
        let first = try await desk.attach(TestAgent.spec("web"))
        #expect(served == ["web"])
        try await desk.remove("web")
        let second = try await desk.attach(TestAgent.spec("web"))
        await desk.detach(first)
        #expect(served == ["web"])
        await desk.detach(second)
        #expect(served.isEmpty)
        #expect(agent.changes.all == [.removed(name: "web")])
    }

    @Test func `a stopped endpoint is listed and comes back, an attached one is gone`() async throws {
        let desk = agent.desk
        await desk.replace([TestAgent.spec("file")], from: .file)
        _ = try await desk.attach(TestAgent.spec("held"))
        try await desk.setEnabled(false, "file")
        try await desk.setEnabled(false, "file")
        try await desk.setEnabled(false, "held")
        #expect(served.isEmpty)
        #expect(await desk.listings.map(\.name) == ["file"])
        #expect(try await desk.listing("file").status == nil)
        try await desk.setEnabled(true, "file")
        #expect(served == ["file"])
        #expect(agent.changes.all == [.enabled(false, name: "file"), .enabled(true, name: "file")])
    }

    @Test func `what stands in a file is not removed`() async throws {
        let desk = agent.desk
        await desk.replace([TestAgent.spec("file")], from: .file)
        #expect(await kind { () throws(APIProblem) in try await desk.remove("file") } == .standsInFile)
        #expect(await kind { () throws(APIProblem) in try await desk.remove("other") } == .unknownEndpoint)
    }

    @Test func `a new list of one source leaves the others alone`() async throws {
        let desk = agent.desk
        await desk.replace([TestAgent.spec("command")], from: .command)
        await desk.replace([TestAgent.spec("a"), TestAgent.spec("b")], from: .file)
        _ = try await desk.attach(TestAgent.spec("c"))
        await desk.replace([TestAgent.spec("b"), TestAgent.spec("c"), TestAgent.spec("d")], from: .file)
        #expect(served.sorted() == ["b", "c", "command", "d"])
        #expect(try await desk.listing("c").source == .attached)
    }

    @Test func `of two sources that are taken at once the first wins`() async throws {
        let desk = agent.desk
        await desk.replace([:])
        await desk.replace([TestAgent.spec("web", target: "1")], from: .added)
        await desk.replace([.file: [TestAgent.spec("web", target: "2")], .added: [TestAgent.spec("web", target: "1")]])
        #expect(try await desk.listing("web").source == .file)
        #expect(served == ["web"])
    }
}
