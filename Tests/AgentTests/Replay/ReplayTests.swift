import Foundation
import HTTP2
import NIOCore
import TestSupport
import Testing

@testable import Agent

/// A request that is sent again within the process.
@Suite(.timeLimit(.minutes(1)))
struct ReplayTests {
    private func failure(of replay: () async throws -> Void) async throws -> ReplayFailure.Code? {
        do {
            try await replay()
            return nil
        } catch let failure as ReplayFailure {
            #expect(!failure.description.isEmpty)
            return failure.code
        }
    }

    @Test func `goes to the origin, seen by whoever looks on`() async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target))
            let events = agent.service.state.subscribe()
            try await agent.replay("/echo?q=1", ["x-note": "again"])
            let seen = try await agent.watcher.next()
            #expect(seen.endpoint == "web" && seen.original == 7 && seen.path == "/echo?q=1")
            #expect(seen.status == "200" && seen.answered > 0 && seen.code == .noError)
            for await case .request(let record) in events {
                #expect(record.endpoint == "web" && record.path == "/echo" && record.status == 200)
                break
            }
        }
    }

    @Test(arguments: [1, 256 << 10])
    func `carries a body of any length that is kept`(length: Int) async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target))
            try await agent.replay("/echo", [":method": "POST"], body: String(repeating: "b", count: length))
            let seen = try await agent.watcher.next()
            #expect(seen.status == "200" && seen.asked.utf8.count == length)
            // The service answers with the request as it came.
            #expect(seen.answered > length)
        }
    }

    @Test func `reads an answer that is longer than every window`() async throws {
        let folder = try TemporaryFolder()
        let length = 40 << 20
        try Data(count: length).write(to: URL(filePath: "\(folder.path)/long"))
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint(folder.path))
        try await agent.replay("/long")
        let seen = try await agent.watcher.next()
        #expect(seen.status == "200" && seen.answered == length && seen.code == .noError)
    }

    @Test func `obeys the rules of its endpoint`() async throws {
        try await PlainService.with(.port) { service in
            let endpoint = try ReplayingAgent.endpoint(service.target) { $0.denyCIDR = ["192.0.2.0/24"] }
            let agent = try ReplayingAgent(endpoint)
            try await agent.replay("/echo", ["x-forwarded-for": "192.0.2.7"])
            let seen = try await agent.watcher.next()
            #expect(seen.status == "403")
        }
    }

    @Test func `is not seen where nobody is to look on`() async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target) { $0.inspect = false })
            try await agent.replay("/echo")
            let isUnseen = await agent.watcher.hasNothingMore()
            #expect(isUnseen)
        }
    }

    @Test func `an origin that is down is an answer like any other`() async throws {
        let target = try await PlainService.with(.port) { $0.target }
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint(target))
        try await agent.replay("/echo")
        let seen = try await agent.watcher.next()
        #expect(seen.status == "502")
    }

    @Test func `an answer that breaks off is the exchange's own matter`() async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target))
            try await agent.replay("/half")
            let seen = try await agent.watcher.next()
            #expect(seen.status == "200" && seen.code != .noError)
        }
    }

    // MARK: What is not sent

    @Test func `names an endpoint that is gone`() async throws {
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint("3000"))
        let other = try await failure { try await agent.replay("/", by: "other") }
        #expect(other == .unknownEndpoint)
        agent.service.replace(endpoints: [])
        let gone = try await failure { try await agent.replay("/") }
        #expect(gone == .unknownEndpoint)
    }

    @Test func `has no way to a service that is not HTTP`() async throws {
        let raw = try Endpoint.tcp(try OriginTarget("3000"), port: nil)
        let agent = try ReplayingAgent(raw)
        let code = try await failure { try await agent.replay("/", by: raw.label) }
        #expect(code == .unknownEndpoint)
    }

    @Test func `says that no tunnel would carry it`() async throws {
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint("3000"))
        let many = Dictionary(uniqueKeysWithValues: (0..<150).map { ("x-field-\($0)", "v") })
        let code = try await failure { try await agent.replay("/", many) }
        #expect(code == .refused)
        let isUnseen = await agent.watcher.hasNothingMore()
        #expect(isUnseen)
    }

    // MARK: Ends

    @Test func `ends at its deadline, and at the origin as well`() async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target))
            let code = try await failure { try await agent.replay("/silent", within: .milliseconds(50)) }
            #expect(code == .timedOut)
            let seen = try await agent.watcher.next()
            #expect(seen.code == .cancel)
        }
    }

    @Test func `ends when whoever asked gives up`() async throws {
        try await PlainService.with(.port) { service in
            let agent = try ReplayingAgent(try ReplayingAgent.endpoint(service.target))
            try await withThrowingTaskGroup(of: ReplayFailure.Code?.self) { group in
                group.addTask { try await failure { try await agent.replay("/silent") } }
                await agent.watcher.hasBegun()
                group.cancelAll()
                let code = try await group.next() ?? nil
                #expect(code == .cancelled)
            }
            let seen = try await agent.watcher.next()
            #expect(seen.code == .cancel)
        }
    }

    @Test func `ends at once when whoever asked has given up before`() async throws {
        let agent = try ReplayingAgent(try ReplayingAgent.endpoint("3000"))
        let code = try await withThrowingTaskGroup(of: ReplayFailure.Code?.self) { group in
            group.cancelAll()
            group.addTask { try await failure { try await agent.replay("/") } }
            return try await group.next() ?? nil
        }
        #expect(code == .cancelled)
    }
}
