import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// An edge that may open only few files.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct DescriptorTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private func connect(_ count: Int, to address: String) async throws -> [any Channel] {
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        var channels: [any Channel] = []
        for _ in 0..<count {
            channels.append(try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).get())
        }
        return channels
    }

    /// Seconds of processor time that a process has used.
    private func processorTime(_ pid: Int32) throws -> Double {
        let stat = try Shell.run(["cat", "/proc/\(pid)/stat"]).output
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = try #require(fields.count > 12 ? (Double(fields[11]), Double(fields[12])) : nil)
        return ((ticks.0 ?? 0) + (ticks.1 ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func pauses(_ edge: Program) -> Int { edge.errors.ranges(of: "out of descriptors").count }

    @Test(.timeLimit(.minutes(2)))
    func `an edge takes as many descriptors as it may`() async throws {
        let scratch = try TemporaryFolder()
        let edge = try RunningTunnel.startEdge(
            in: scratch.path,
            tunnel: "127.0.0.1:0",
            visitor: "127.0.0.1:0",
            ulimit: "-S -n 300 && ulimit -H -n 700"
        )
        _ = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let limits = try String(contentsOfFile: "/proc/\(edge.pid)/limits", encoding: .utf8)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        #expect(line?.split(separator: " ").dropFirst(3).prefix(2) == ["700", "700"])
    }

    @Test(.timeLimit(.minutes(2)))
    func `an edge without descriptors waits for some, and neither spins nor ends`() async throws {
        let scratch = try TemporaryFolder()
        let edge = try RunningTunnel.startEdge(
            in: scratch.path,
            tunnel: "127.0.0.1:0",
            visitor: "127.0.0.1:0",
            ulimit: "-n 40"
        )
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        var channels: [any Channel] = []
        // Handshakes, refusals and operators end by themselves after a while: there are enough to follow.
        for address in [addresses.visitor, addresses.tunnel, addresses.admin] {
            channels += try await connect(60, to: address)
        }
        try await eventually("descriptors run out: \(edge.errors)") { pauses(edge) > 0 }
        let (start, used, before) = (ContinuousClock.now, try processorTime(edge.pid), pauses(edge))
        try await eventually("it tries again, and again: \(edge.errors)") { pauses(edge) >= before + 4 }
        let spent = try processorTime(edge.pid) - used
        let passed = ContinuousClock.now - start
        #expect(.seconds(spent) < passed / 2, "it used \(spent) s of \(passed)")
        for channel in channels { channel.close(promise: nil) }
        try await eventually("visitors are answered again: \(edge.errors)") {
            try Shell.run(["curl", "-s", "--max-time", "5", "http://\(addresses.visitor)/"]).output.contains("404")
        }
        #expect(edge.isRunning)
        let figures = try Shell.run(["curl", "-s", "http://\(addresses.admin)/metrics"]).output
        #expect(figures.contains("osm_edge_accept_pauses_total{listener="))
    }
}
