import Agent
import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The editor that a person has chosen.
struct Editor {
    /// Words for a shell, such as `code --wait`.
    let command: String

    init(environment: [String: String]) {
        let chosen = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty }
        command = chosen ?? "vi"
    }

    /// Runs it on a file until it ends; meanwhile the terminal is its own, and Ctrl-C is for it alone.
    func open(_ path: String) throws {
        guard let status = Self.run(["sh", "-c", "exec \(command) \"$1\"", "sh", path]) else {
            throw failure("cannot be started")
        }
        // A wait status: what ended it in the low seven bits, or else what it ended with above them.
        let signal = status & 0x7F
        let code = signal == 0 ? (status >> 8) & 0xFF : signal
        guard code == 0 else { throw failure("ended with \(code); what you typed is in \(path)") }
    }

    /// Runs a shell in this process's group, so that it may read the terminal and is stopped and continued along with it.
    ///
    /// - Returns: Its wait status; nil when it cannot be started.
    private static func run(_ words: [String]) -> Int32? {
        let settings = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let arguments = unsafe copies(words)
        let environment = unsafe copies(settings)
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        var process: pid_t = 0
        guard unsafe posix_spawn(&process, "/bin/sh", nil, nil, arguments, environment) == 0 else { return nil }
        // Not before: what is ignored stays so in a child.
        let before = (signal(SIGINT, SIG_IGN), signal(SIGQUIT, SIG_IGN))
        defer {
            signal(SIGINT, before.0)
            signal(SIGQUIT, before.1)
        }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status
    }

    /// The words as C has them, with nothing behind the last.
    private static func copies(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe words.map { unsafe strdup($0) } + [nil]
    }

    private func failure(_ problem: String) -> AgentExit {
        AgentExit(
            code: 1,
            problem: "The editor '\(command)' \(problem).",
            nextStep: "Choose another one: EDITOR=nano osm-agent config edit"
        )
    }
}
