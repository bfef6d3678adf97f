import Agent

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
        let status = unsafe system("exec \(command) \(Self.quoted(path))")
        guard status != -1 else { throw failure("cannot be started") }
        // A wait status: what ended it in the low seven bits, or else what it ended with above them.
        let signal = status & 0x7F
        let code = signal == 0 ? (status >> 8) & 0xFF : signal
        guard code == 0 else { throw failure("ended with \(code); what you typed is in \(path)") }
    }

    /// A word that a shell takes as it is.
    static func quoted(_ word: String) -> String {
        var quoted = "'"
        for character in word.unicodeScalars {
            if character == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(character) }
        }
        return quoted + "'"
    }

    private func failure(_ problem: String) -> AgentExit {
        AgentExit(
            code: 1,
            problem: "The editor '\(command)' \(problem).",
            nextStep: "Choose another one: EDITOR=nano osm-agent config edit"
        )
    }
}
