import Foundation
import Testing

/// A running sample-origin, and curl to ask it with.
struct OriginProcess {
    /// Where `./dev test` puts the programs; nil outside of it.
    static let folder = ProcessInfo.processInfo.environment["OSM_TEST_BIN"]

    let port: Int

    /// Runs an origin on a port of its own for as long as `body` runs.
    static func with(_ body: (OriginProcess) async throws -> Void) async throws {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        let process = Process()
        process.executableURL = URL(filePath: folder).appending(path: "sample-origin")
        process.arguments = ["--json"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        // One line, written in one piece; the end of the file if it could not start.
        let line = output.fileHandleForReading.availableData
        try await body(OriginProcess(port: try JSONDecoder().decode(Announced.self, from: line).port))
    }

    /// Asks for `path` with curl and returns all that it wrote; `body`, if any, is sent with PUT.
    func curl(_ path: String, _ arguments: [String] = [], sending body: Data? = nil) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appending(path: "osm-curl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        // Files and no pipes: a pipe needs somebody who empties it while curl is awaited.
        let (output, source) = (folder.appending(path: "output"), folder.appending(path: "source"))
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/curl")
        process.arguments = ["-sS", "--max-time", "30"] + arguments
        if let body {
            try body.write(to: source)
            process.arguments? += ["-T", source.path()]
        }
        process.arguments?.append("http://127.0.0.1:\(port)\(path)")
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try Data(contentsOf: output)
    }

    /// Like ``curl(_:_:sending:)``, as text.
    func text(_ path: String, _ arguments: [String] = [], sending body: Data? = nil) throws -> String {
        String(decoding: try curl(path, arguments, sending: body), as: UTF8.self)
    }

    private struct Announced: Decodable {
        let port: Int
    }
}
