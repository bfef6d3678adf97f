import Foundation
import TestSupport
import Testing

@testable import Agent

/// What an endpoint's status says of the local service behind it.
@Suite(.timeLimit(.minutes(2)))
struct OriginStatusTests {
    private func status(_ agent: ReplayingAgent) -> OriginStatus? {
        agent.service.state.current.endpoints.first?.origin
    }

    @Test func `is unknown before the first request`() throws {
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint("3000"))
        #expect(status(agent) == OriginStatus())
    }

    @Test(arguments: ["", "https://localhost:", "http2://127.0.0.1:"])
    func `is failing when nobody listens, and says so`(scheme: String) async throws {
        let nobody = try await RefusingPort()
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint("\(scheme)\(nobody.number)"))
        try await agent.replay("/")
        try await nobody.close()
        let origin = status(agent)
        #expect(origin?.state == .failing)
        #expect(origin?.problem == OriginFailure.refused.sentence)
        #expect(origin?.since != nil)
    }

    @Test func `is fine again with the next answer, whatever it says`() async throws {
        let folder = try SampleFolder(["site/a.txt": "a"])
        let site = "\(folder.path)/site"
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint(site))
        try await agent.replay("/none")
        #expect(status(agent)?.state == .ok)
        try FileManager.default.moveItem(atPath: site, toPath: "\(folder.path)/away")
        try await agent.replay("/a.txt")
        #expect(status(agent)?.problem == "The folder that the agent serves is not there.")
        try FileManager.default.moveItem(atPath: "\(folder.path)/away", toPath: site)
        try await agent.replay("/a.txt")
        #expect(status(agent)?.state == .ok && status(agent)?.problem == nil)
    }

    @Test func `is told when it changes, and not with every request`() async throws {
        let endpoint = try ReplayingAgent.endpoint("3000")
        let state = try ReplayingAgent(endpoint).service.state
        let events = state.subscribe()
        let heard: [String?] = [nil, nil, "a", "a", "b", nil]
        for problem in heard { state.originHeard(problem, of: endpoint) }
        state.stopped()
        var told: [OriginStatus] = []
        for await case .endpoint(let status) in events { told.append(try #require(status.origin)) }
        #expect(told.map(\.problem) == [nil, "a", "b", nil])
        #expect(told.map(\.state) == [.ok, .failing, .failing, .ok])
    }

    @Test func `is of the present target alone`() throws {
        let before = try ReplayingAgent.endpoint("3000")
        let agent = try ReplayingAgent(before)
        agent.service.state.originHeard("a", of: before)
        let after = try ReplayingAgent.endpoint("4000")
        agent.service.replace(endpoints: [after])
        #expect(status(agent) == OriginStatus())
        agent.service.state.originHeard("a", of: before)
        #expect(status(agent) == OriginStatus())
    }
}
