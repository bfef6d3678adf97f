import Foundation
import TestSupport

/// One way of running the real `ca-tools`, without a terminal, so that nothing is ever asked for.
struct ToolRun {
    /// What the shell does before it becomes the program, such as setting a limit.
    var preparation = ":"
    /// What stands in front of the program, such as `timeout`.
    var wrapper: [String] = []
    var environment: [String: String] = [:]

    /// The folder of this build's programs, the tests' own among them.
    static var programs: String { URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path }

    func run(_ arguments: [String]) throws -> OpenSSLCommand.Outcome {
        try OpenSSLCommand.run(
            "/bin/sh",
            ["-c", "\(preparation); exec setsid -w \"$@\"", "sh"] + wrapper + ["\(Self.programs)/ca-tools"] + arguments,
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        )
    }
}
