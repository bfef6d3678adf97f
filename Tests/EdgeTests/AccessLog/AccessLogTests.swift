import CoreMetrics
import Foundation
import Logging
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

        /// Writes down what comes, but of each batch no more than so many lines.
        func asOutput(taking taken: Int = .max) -> AccessLog.Output {
            AccessLog.Output(
                write: { [self] bytes in
                    gate.withLock { _ in }
                    let new = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(taken)
                    lines.withLock { $0 += new.map(String.init) }
                    return new.count
                }
            )
        }
    }

    private let registry = PrometheusRegistry()
    private var dropped: Counter { Counter(label: "dropped_total", factory: registry) }
    private let quiet = Logger(label: "edge") { _ in SwiftLogNoOpLogHandler() }

    /// A log that writes.
    private func begun(_ configuration: AccessLogConfiguration, _ output: AccessLog.Output) -> AccessLog {
        let log = AccessLog(configuration, dropped: dropped, logger: quiet, output: output)
        log.begin()
        return log
    }

    private func opened(_ path: String, logger: Logger? = nil) throws -> AccessLog {
        var configuration = AccessLogConfiguration()
        configuration.destination = .file(path)
        return try #require(try AccessLog.open(configuration, dropped: dropped, logger: logger ?? quiet))
    }

    @Test(.timeLimit(.minutes(5)))
    func `every finished request becomes a line, in order`() async {
        let output = Output()
        let log = begun(AccessLogConfiguration(), output.asOutput())
        for number in 0..<1000 { log.record(AccessLogEntryTests.entry("/\(number)")) }
        await log.close(within: .seconds(30))
        #expect(output.all.count == 1000)
        #expect(output.all.last?.contains("\"target\":\"/999\"") == true)
        #expect(output.all.first?.contains("\"target\":\"/0\"") == true)
    }

    @Test(.timeLimit(.minutes(5)))
    func `one of so many is written when sampled, and the others are not even made`() async {
        let output = Output()
        var configuration = AccessLogConfiguration()
        configuration.sampling = 10
        let log = begun(configuration, output.asOutput())
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

    @Test(.timeLimit(.minutes(5)))
    func `a reader that hangs makes nobody wait: what is too much is dropped and counted`() async {
        let output = Output()
        var configuration = AccessLogConfiguration()
        configuration.backlog = 100 * AccessLogEntryTests.entry().cost
        let log = begun(configuration, output.asOutput())
        output.gate.withLock { _ in
            for _ in 0..<10_000 { log.record(AccessLogEntryTests.entry()) }
        }
        await log.close(within: .seconds(30))
        // Some were taken by the thread before it came to the gate.
        #expect((100...200).contains(output.all.count))
        #expect(registry.render().contains("dropped_total \(10_000 - output.all.count)\n"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `another configuration counts from the next request on`() async {
        let output = Output()
        let log = begun(AccessLogConfiguration(), output.asOutput())
        output.gate.withLock { _ in
            var configuration = AccessLogConfiguration()
            log.record(AccessLogEntryTests.entry("/?a=b"))
            configuration.showsQueries = true
            log.adopt(configuration)
            log.record(AccessLogEntryTests.entry("/?a=b"))
            configuration.showsQueries = false
            log.adopt(configuration)
        }
        await log.close(within: .seconds(30))
        #expect(output.all.map { $0.contains("/?a=b") } == [false, true])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a file that was moved away is opened again`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/access.log"
        let log = try opened(path)
        log.begin()
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
        let error = #expect(throws: LineFileError.self) { _ = try opened("/nowhere/access.log") }
        #expect(error?.description == "/nowhere/access.log: its folder does not exist")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a path that is no file is refused at the start, also a pipe that nobody reads`() throws {
        let pipe = Pipe()
        let path = "/dev/fd/\(pipe.fileHandleForWriting.fileDescriptor)"
        for _ in ["somebody reads", "nobody reads"] {
            let error = #expect(throws: LineFileError.self) { _ = try opened(path) }
            #expect(error?.description == "\(path): it is neither a file nor a character device")
            try pipe.fileHandleForReading.close()
        }
        let folder = try TemporaryFolder()
        let error = #expect(throws: LineFileError.self) { _ = try opened(folder.path) }
        #expect(error?.description == "\(folder.path): it is a folder")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a device is written to, and on a full one every entry is counted as dropped`() async throws {
        for (device, lost) in [("/dev/null", 0), ("/dev/full", 3)] {
            let log = try opened(device)
            for _ in 0..<3 { log.record(AccessLogEntryTests.entry()) }
            log.begin()
            await log.close(within: .seconds(30))
            #expect(registry.render().contains("dropped_total \(lost)\n"), "\(device)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `of a batch that is written in part only the rest counts as dropped`() async {
        let output = Output()
        let part = output.asOutput(taking: 7)
        let log = AccessLog(AccessLogConfiguration(), dropped: dropped, logger: quiet, output: part)
        for _ in 0..<10 { log.record(AccessLogEntryTests.entry()) }
        log.begin()
        await log.close(within: .seconds(30))
        #expect(output.all.count == 7)
        #expect(registry.render().contains("dropped_total 3\n"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `nothing is written before the log begins, and nothing is lost by that`() async {
        let output = Output()
        let log = AccessLog(AccessLogConfiguration(), dropped: dropped, logger: quiet, output: output.asOutput())
        for number in 0..<10 { log.record(AccessLogEntryTests.entry("/\(number)")) }
        // Somebody who may write has finished by then.
        await begun(AccessLogConfiguration(), Output().asOutput()).close(within: .seconds(30))
        #expect(output.all.isEmpty)
        log.begin()
        await log.close(within: .seconds(30))
        #expect(output.all.count == 10)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a file that cannot be opened again is told at level error, and the open one goes on`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/access.log"
        let told = WrittenLog()
        let log = try opened(path, logger: told.logger)
        log.begin()
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        log.reopen()
        while told.lines.isEmpty { await Task.yield() }
        log.record(AccessLogEntryTests.entry("/after"))
        await log.close(within: .seconds(30))
        #expect(told.lines.count == 1)
        #expect(told.lines.first?.hasPrefix("error: ") == true)
        #expect(told.lines.first?.contains("\(path): it is a folder") == true)
        #expect(try String(contentsOfFile: "\(path).1", encoding: .utf8).contains("/after"))
    }

    @Test func `nothing is opened when nothing is to be logged`() throws {
        let log = try AccessLog.open(AccessLogConfiguration(), dropped: dropped, logger: quiet)
        #expect(log == nil)
    }
}
