import Cryptography
import Foundation

/// A folder for one test, removed when the test lets go of it.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "osm-cryptography-\(UUID().uuidString)").path

    init() throws { try DurableFile.makeFolder(path) }

    deinit {
        // What stays behind lies in the system's temporary folder.
        do { try FileManager.default.removeItem(atPath: path) } catch {}
    }

    /// Writes a file for another program to read.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try DurableFile.create("\(path)/\(name)", bytes)
        return "\(path)/\(name)"
    }
}

/// Runs Debian's `openssl` and answers with its exit status and all that it said.
func openssl(_ arguments: String...) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
}
