import CoreMetrics
import Foundation
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Edge

struct AccessLogTests {
    /// What the writing thread was told, and a gate that can hold it.
    private final class Output: Sendable {
        private let lines = Mutex<[String]>([])
        let gate = Mutex<Void>(())

        var all: [String] { lines.withLock { $0 } }

        @Sendable
        func carryOut(_ command: AccessLog.Command) -> Bool {
            gate.withLock { _ in }
            lines.withLock { lines in
                switch command {
                case .write(let bytes):
                    lines += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
                case .reopen: lines.append("reopened")
                }
            }
            return true
        }
    }

    private let registry = PrometheusRegistry()
    private var dropped: Counter { Counter(label: "dropped_total", factory: registry) }

    @Test(.timeLimit(.minutes(1)))
    func `every finished request becomes a line, in order`() async {
        let output = Output()
        let log = AccessLog(AccessLogConfiguration(), dropped: dropped, output: output.carryOut)
        for number in 0..<1000 { log.record(AccessLogEntryTests.entry("/\(number)")) }
        await log.close(within: .seconds(30))
        #expect(output.all.count == 1000)
        #expect(output.all.last?.contains("\"target\":\"/999\"") == true)
        #expect(output.all.first?.contains("\"target\":\"/0\"") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `one of so many is written when sampled, and the others are not even made`() async {
        let output = Output()
        var configuration = AccessLogConfiguration()
        configuration.sampling = 10
        let log = AccessLog(configuration, dropped: dropped, output: output.carryOut)
        var made = 0
        for number in 0..<95 {
            log.record(
                {
                    made += 1
                    return AccessLogEntryTests.entry("/\(number)")
                }()
            )
        }
        await log.close(within: .seconds(30))
        #expect(made == 10)
        #expect(output.all.count == 10)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a reader that hangs makes nobody wait: what is too much is dropped and counted`() async {
        let output = Output()
        var configuration = AccessLogConfiguration()
        configuration.backlog = 100 * AccessLogEntryTests.entry().cost
        let log = AccessLog(configuration, dropped: dropped, output: output.carryOut)
        output.gate.withLock { _ in
            for _ in 0..<10_000 { log.record(AccessLogEntryTests.entry()) }
        }
        await log.close(within: .seconds(30))
        // Some were taken by the thread before it came to the gate.
        #expect((100...200).contains(output.all.count))
        #expect(registry.render().contains("dropped_total \(10_000 - output.all.count)\n"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `another configuration counts from the next request on`() async {
        let output = Output()
        let log = AccessLog(AccessLogConfiguration(), dropped: dropped, output: output.carryOut)
        output.gate.withLock { _ in
            var configuration = AccessLogConfiguration()
            configuration.showsQueries = true
            log.adopt(configuration)
            log.record(AccessLogEntryTests.entry("/?a=b"))
        }
        await log.close(within: .seconds(30))
        #expect(output.all.first?.contains("/?a=b") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a file that was moved away is opened again`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/access.log"
        var configuration = AccessLogConfiguration()
        configuration.destination = .file(path)
        let log = try #require(try AccessLog.open(configuration, dropped: dropped))
        log.record(AccessLogEntryTests.entry("/before"))
        while try Data(contentsOf: URL(filePath: path)).isEmpty { await Task.yield() }
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        log.reopen()
        while !FileManager.default.fileExists(atPath: path) { await Task.yield() }
        log.record(AccessLogEntryTests.entry("/after"))
        await log.close(within: .seconds(30))
        #expect(try String(contentsOfFile: "\(path).1", encoding: .utf8).contains("/before"))
        let after = try String(contentsOfFile: path, encoding: .utf8)
        #expect(after.contains("/after"))
        #expect(!after.contains("/before"))
    }

    @Test func `a file that cannot be opened is named at the start`() {
        var configuration = AccessLogConfiguration()
        configuration.destination = .file("/nowhere/access.log")
        let error = #expect(throws: LineFileError.self) { _ = try AccessLog.open(configuration, dropped: dropped) }
        #expect(error?.description == "/nowhere/access.log: its folder does not exist")
    }

    @Test func `nothing is opened when nothing is to be logged`() throws {
        let log = try AccessLog.open(AccessLogConfiguration(), dropped: dropped)
        #expect(log == nil)
    }
}
