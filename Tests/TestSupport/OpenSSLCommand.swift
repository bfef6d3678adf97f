import Foundation

/// The `openssl` command line, as an opinion of its own on what this project issues.
package enum OpenSSLCommand {
    /// How a run ended.
    package struct Outcome: Sendable {
        package let status: Int32
        /// Standard output, then standard error as it came in between.
        package let text: String
        package var succeeded: Bool { status == 0 }
    }

    /// Runs `openssl` with these arguments and nothing on its standard input.
    package static func run(_ arguments: String...) throws -> Outcome { try run("/usr/bin/openssl", arguments) }

    /// Runs any program to its end and collects what it says, with this process's environment unless another is given.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        if let environment { process.environment = environment }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self))
    }
}
