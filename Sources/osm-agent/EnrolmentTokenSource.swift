import Agent
import Settings
import Telemetry
import TunnelProtocol

/// Where the token of an invitation comes from: anywhere but the command line.
struct EnrolmentTokenSource {
    /// What was given with `--token-file`.
    let file: String?
    let environment: [String: String]

    /// Longer than any token with what an editor puts around it.
    private static let longest = 1024

    /// Reads it; no error ever shows it.
    func token() throws -> EnrolmentToken {
        let text = String(decoding: try bytes(), as: UTF8.self)
        let word = text.split(whereSeparator: \.isWhitespace)
        guard word.count == 1, let token = EnrolmentToken(word[0]) else {
            throw AgentExit(
                code: 2,
                problem: "What was given is no token: one begins with \(EnrolmentToken.prefix) and has 48 characters.",
                nextStep: "Copy the whole of what ca-tools invite printed, and nothing else."
            )
        }
        return token
    }

    private func bytes() throws -> [UInt8] {
        if let file { return file == "-" ? try line() : try contents(of: file, "--token-file") }
        switch (environment["OSM_TOKEN"], environment["OSM_TOKEN_FILE"]) {
        case (let token?, nil): return Array(token.utf8)
        case (nil, let file?): return try contents(of: file, "OSM_TOKEN_FILE")
        case (_?, _?):
            throw AgentExit(
                code: 2,
                problem: "Both OSM_TOKEN and OSM_TOKEN_FILE are set.",
                nextStep: "Unset one of them."
            )
        case (nil, nil):
            guard HiddenLine.isAsked else { throw Self.nothing }
            StandardStream.error.write("Token of the invitation: ")
            defer { StandardStream.error.write("\n") }
            return try line()
        }
    }

    private func line() throws -> [UInt8] {
        guard let line = HiddenLine.read(upTo: Self.longest) else { throw Self.nothing }
        return line
    }

    private func contents(of path: String, _ source: String) throws -> [UInt8] {
        do throws(SettingRefusal) {
            return try SmallFile.bytes(of: path, limit: Self.longest)
        } catch {
            throw AgentExit(
                code: 2,
                problem: "\(source): '\(path)': \(error)",
                nextStep: "Name the file with the token."
            )
        }
    }

    private static var nothing: AgentExit {
        AgentExit(
            code: 2,
            problem: "No token was given.",
            nextStep:
                "Give it with --token-file FILE, OSM_TOKEN or OSM_TOKEN_FILE, or on standard input with --token-file -."
        )
    }
}
