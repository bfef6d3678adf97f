import Foundation
import TestSupport
import Testing

/// An edge, and a folder as the programs of docs/embedding.md expect it: an identity and the operator's bundle.
final class EmbeddedApp {
    private let scratch: TemporaryFolder
    private let edge: Program
    private let addresses: RunningTunnel.EdgeAddresses
    /// Where the programs run.
    private(set) var device = ""

    var folder: String { scratch.path }

    init() async throws {
        scratch = try TemporaryFolder()
        edge = try RunningTunnel.startEdge(in: scratch.path, tunnel: "127.0.0.1:0", visitor: "127.0.0.1:0")
        addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        device = try await enrol()
    }

    /// Makes the folder of another device.
    func enrol() async throws -> String {
        let device = "\(scratch.path)/device-\(UUID().uuidString.prefix(4))"
        try FileManager.default.createDirectory(atPath: device, withIntermediateDirectories: false)
        let identity = try await RunningTunnel.enrol(in: device).identity
        try FileManager.default.moveItem(atPath: identity, toPath: "\(device)/identity")
        try bundle().write(to: URL(filePath: "\(device)/operator-ca.json"))
        return device
    }

    /// The bundle as an operator would have made it who knows where this edge is.
    private func bundle() throws -> Data {
        let path = "\(try TestPrograms.caFolder())/bundle/operator-ca.json"
        let read = try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(filePath: path)))
        var bundle = try #require(read as? [String: Any])
        bundle["edges"] = [addresses.tunnel]
        return try JSONSerialization.data(withJSONObject: bundle)
    }

    /// Starts a program in the folder of a device.
    func start(_ name: String, _ arguments: [String] = [], as other: String? = nil) throws -> Program {
        let words = [other ?? device, try TestPrograms.path(name)] + arguments
        return try Program(
            "/bin/sh",
            ["-c", "cd \"$1\" && shift && exec \"$@\"", "sh"] + words,
            in: scratch.path,
            called: name
        )
    }

    func url(_ name: String, _ path: String) -> String {
        "http://\(name).localhost:\(addresses.visitor.split(separator: ":").last ?? "")\(path)"
    }

    /// Asks for a path as a visitor, with curl.
    func visit(_ name: String, _ path: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        try Shell.run(["curl", "-sS", "--max-time", "60"] + arguments + [url(name, path)])
    }

    /// Waits until the edge knows the name, whatever is answered under it.
    func untilServed(_ name: String, by program: Program) async throws {
        try await eventually("\(name) is served: \(program.output) \(program.errors)", within: .seconds(40)) {
            let answer = try visit(name, "/status/204", "-o", "/dev/null", "-w", "%{http_code}").output
            return !["404", "503", "000"].contains(answer)
        }
    }
}
