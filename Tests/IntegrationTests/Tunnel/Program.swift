import Foundation
import Testing

/// A program under test: a real process whose output goes to files, ended when its owner lets go of it.
final class Program {
    private let process = Process()
    private let outputPath: String
    private let errorPath: String

    /// Starts a program, by its name in the folder of built programs or by its path.
    init(_ name: String, _ arguments: [String], in folder: String, called label: String? = nil) throws {
        let base =
            "\(folder)/\(label ?? name.split(separator: "/").last.map(String.init) ?? name)-\(UUID().uuidString.prefix(4))"
        outputPath = "\(base).out"
        errorPath = "\(base).err"
        process.executableURL = URL(filePath: name.hasPrefix("/") ? name : try TestPrograms.path(name))
        process.arguments = arguments
        process.standardOutput = try Self.file(outputPath)
        process.standardError = try Self.file(errorPath)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(filePath: path))
        return try FileHandle(forWritingTo: URL(filePath: path))
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var pid: Int32 { process.processIdentifier }
    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }
    var isRunning: Bool { process.isRunning }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Kills the process as a power cut would.
    func killHard() {
        signal(SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for the end and gives the exit code.
    func exitCode() async throws -> Int32 {
        try await eventually("\(process.executableURL?.lastPathComponent ?? "") ends") { !process.isRunning }
        return process.terminationStatus
    }

    /// Resident memory in bytes.
    func residentBytes() throws -> Int {
        let status = try Shell.run(["cat", "/proc/\(pid)/status"]).output
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
    }
}

/// Where `./dev test` puts what the tests with real processes need.
enum TestPrograms {
    static let folder = ProcessInfo.processInfo.environment["OSM_TEST_BIN"]
    static let ca = ProcessInfo.processInfo.environment["OSM_TEST_CA"]
    /// A Python that has the libraries of others that .ci/integration.sh names.
    static let pythonWithLibraries = ProcessInfo.processInfo.environment["OSM_TEST_VENV_PYTHON"]
    static let python = ProcessInfo.processInfo.environment["OSM_TEST_PYTHON"]

    static func path(_ name: String) throws -> String { "\(try #require(folder))/\(name)" }
    static func caFolder() throws -> String { try #require(ca) }
}

/// Why a condition did not come true.
struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Waits until a condition holds, looking again and again, and fails when it has not within the time.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(20),
    _ condition: () throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while try !condition() {
        guard clock.now < end else { throw NeverHappened(description: "it never happened: \(what)") }
        try await clock.sleep(for: .milliseconds(20))
    }
}
