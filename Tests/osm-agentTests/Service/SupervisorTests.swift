import Dispatch
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Agent
@testable import osm_agent

struct SupervisorWishesTests {
    private func wishes(_ environment: [String: String]) -> SupervisorWishes? {
        SupervisorWishes(environment.merging(["NOTIFY_SOCKET": "/run/notify"]) { own, _ in own }, pid: 42)
    }

    @Test(arguments: [
        [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "@"], ["NOTIFY_SOCKET": "relative"], ["WATCHDOG_USEC": "9"],
    ])
    func `nobody waits for most processes`(environment: [String: String]) {
        #expect(SupervisorWishes(environment, pid: 42) == nil)
    }

    @Test func `a sign of life is due at half of the time`() {
        #expect(wishes(["WATCHDOG_USEC": "30000000"])?.heartbeat == .seconds(15))
        #expect(wishes(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"])?.heartbeat == .seconds(15))
        #expect(wishes(["WATCHDOG_USEC": "3"])?.heartbeat == .microseconds(1))
        #expect(wishes(["WATCHDOG_USEC": "\(Int64.max)"])?.heartbeat == .microseconds(Int64.max / 2))
    }

    @Test(arguments: [
        [:], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "1"], ["WATCHDOG_USEC": "-5"], ["WATCHDOG_USEC": "many"],
        ["WATCHDOG_USEC": "99999999999999999999"], ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"],
    ])
    func `no sign of life is due when nobody asks for one`(environment: [String: String]) throws {
        let found = try #require(wishes(environment))
        #expect(found.heartbeat == nil)
        #expect(found.socket == "/run/notify")
    }
}

@Suite(.timeLimit(.minutes(1)))
struct SupervisorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func supervisor(_ name: String, patience: String? = nil) throws -> Supervisor {
        var environment = ["NOTIFY_SOCKET": name]
        environment["WATCHDOG_USEC"] = patience
        let wishes = try #require(SupervisorWishes(environment, pid: 1))
        return try #require(Supervisor(wishes))
    }

    /// A name without a file where the system has such names, besides one with a file.
    private var names: [String] {
        #if os(Linux)
        ["\(folder.path)/notify", "@osm-test-\(UUID().uuidString)"]
        #else
        ["\(folder.path)/notify"]
        #endif
    }

    @Test func `each message is one datagram`() async throws {
        for name in names {
            let listener = try DatagramListener(name)
            let supervisor = try supervisor(name)
            supervisor.ready()
            supervisor.says("1 of 2 tunnels up")
            supervisor.stopping(within: .milliseconds(45_500))
            #expect(try await listener.next() == "READY=1")
            #expect(try await listener.next() == "STATUS=1 of 2 tunnels up")
            #expect(try await listener.next() == "STOPPING=1\nEXTEND_TIMEOUT_USEC=45500000")
        }
    }

    @Test func `a reload says when it began, by the clock of the system's uptime`() async throws {
        let name = "\(folder.path)/notify"
        let listener = try DatagramListener(name)
        let before = NIODeadline.now().uptimeNanoseconds / 1000
        try supervisor(name).reloading()
        let lines = try await listener.next().split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        let time = try #require(lines.last.flatMap { UInt64($0.dropFirst("MONOTONIC_USEC=".count)) })
        #expect(before...(NIODeadline.now().uptimeNanoseconds / 1000) ~= time)
    }

    @Test func `a supervisor that is gone is no reason to stop`() throws {
        try supervisor("\(folder.path)/nobody").ready()
        let name = "/" + String(repeating: "x", count: 200)
        let wishes = try #require(SupervisorWishes(["NOTIFY_SOCKET": name], pid: 1))
        #expect(Supervisor(wishes) == nil)
    }

    @Test func `signs of life come until it is cancelled`() async throws {
        let name = "\(folder.path)/notify"
        let listener = try DatagramListener(name)
        let supervisor = try supervisor(name, patience: "2000")
        let beating = Task { try await supervisor.beat() }
        for _ in 0..<3 { #expect(try await listener.next() == "WATCHDOG=1") }
        beating.cancel()
        _ = await beating.result
    }

    @Test func `there is no sign of life while one event loop hangs`() async throws {
        let name = "\(folder.path)/notify"
        let listener = try DatagramListener(name)
        let supervisor = try supervisor(name, patience: "2000")
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let hanging = try #require(Array(loops.makeIterator()).last)
        hanging.execute {
            beginning.finish()
            release.wait()
        }
        for await _ in begun {}
        let beating = Task { try await supervisor.beat(loops) }
        // What is said while nothing can be said is what comes first.
        supervisor.says("hanging")
        #expect(try await listener.next() == "STATUS=hanging")
        release.signal()
        #expect(try await listener.next() == "WATCHDOG=1")
        beating.cancel()
        _ = await beating.result
        try await loops.shutdownGracefully()
    }
}

struct StatusLineTests {
    private func status(_ change: (inout AgentStatus) -> Void) -> AgentStatus {
        var status = AgentStatus(
            version: "osm-agent/1",
            pid: 1,
            device: "d",
            certificateExpires: .distantFuture,
            started: .now,
            phase: .connecting,
            tunnels: [],
            endpoints: []
        )
        change(&status)
        return status
    }

    @Test func `tells tunnels and endpoints`() {
        let status = status { status in
            status.tunnels = [TunnelStatus(edge: "a:1", slot: 0), TunnelStatus(edge: "b:1", slot: 0)]
            status.tunnels[1].phase = .connected
            for (name, state) in [("web", EndpointStatus.State.serving), ("ssh", .serving), ("app", .refused)] {
                var endpoint = EndpointStatus(name: name, kind: "http", target: "3000")
                endpoint.state = state
                status.endpoints.append(endpoint)
            }
        }
        #expect(StatusLine.of(status) == "1 of 2 tunnels up; serving web, ssh; refused app")
    }

    @Test func `tells why there is no tunnel, in one short line`() {
        let status = status { status in
            status.tunnels = [TunnelStatus(edge: "a:1", slot: 0)]
            status.problem = "no\nway" + String(repeating: "x", count: 500)
        }
        let line = StatusLine.of(status)
        #expect(line.hasPrefix("0 of 1 tunnels up; no\\u{A}wayxx"))
        #expect(line.count == 201)
        #expect(!line.contains("\n"))
    }
}
