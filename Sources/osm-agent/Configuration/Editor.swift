import Agent
import Foundation

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

    /// Runs it on a file, with the terminal, until it ends.
    func open(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "exec \(command) \"$1\"", "sh", path]
        do {
            try process.run()
        } catch {
            throw failure("cannot be started")
        }
        lendTerminal(to: process.processIdentifier)
        process.waitUntilExit()
        takeTerminalBack()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw failure("ended with \(process.terminationStatus); what you typed is in \(path)")
        }
    }

    /// A process of Foundation has a group of its own, which may not read the terminal unless it gets it.
    private func lendTerminal(to group: pid_t) {
        guard isatty(STDIN_FILENO) == 1, getpgid(group) == group, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
        tcsetpgrp(STDIN_FILENO, group)
        // It may have asked for the terminal before, and been stopped for that.
        kill(-group, SIGCONT)
    }

    private func takeTerminalBack() {
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) != getpgrp() else { return }
        // Whoever takes a terminal from the background is stopped for it, unless this signal is ignored.
        let before = signal(SIGTTOU, SIG_IGN)
        tcsetpgrp(STDIN_FILENO, getpgrp())
        signal(SIGTTOU, before)
    }

    private func failure(_ problem: String) -> AgentExit {
        AgentExit(
            code: 1,
            problem: "The editor '\(command)' \(problem).",
            nextStep: "Choose another one: EDITOR=nano osm-agent config edit"
        )
    }
}
