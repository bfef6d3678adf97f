import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A program of this machine that is run to its end, with a deadline; it can ask nobody anything.
struct HostCommand: Sendable, Equatable {
    struct Outcome: Sendable, Equatable {
        enum Ending: Sendable, Equatable {
            case exited(Int32)
            /// Another signal than that of the deadline ended it.
            case killed
            /// It took too long, and was ended.
            case timedOut
            /// It could not be started, for this reason.
            case notStarted(Int32)
        }

        var ending: Ending
        var output = ""
        var errors = ""

        var isSuccess: Bool { ending == .exited(0) }
    }

    let words: [String]
    var deadline = Duration.seconds(30)

    /// The command as one would type it.
    var text: String { words.map(ShellWord.quoted).joined(separator: " ") }

    /// What it sees of the environment, so that programs can read its output wherever it runs.
    private static var variables: [String] {
        let kept = ["HOME", "USER", "LOGNAME", "PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]
        let environment = ProcessInfo.processInfo.environment
        return kept.compactMap { name in environment[name].map { "\(name)=\($0)" } }
            + ["LC_ALL=C", "TZ=UTC", "SYSTEMD_PAGER=", "SYSTEMD_COLORS=0"]
    }

    /// Runs it and waits for it, which is for threads that may wait.
    func run() -> Outcome {
        guard let output = Paper(), let errors = Paper() else { return Outcome(ending: .notStarted(errno)) }
        var child: pid_t = 0
        let code = start(&child, output.descriptor, errors.descriptor)
        guard code == 0 else { return Outcome(ending: .notStarted(code)) }
        let ending = Self.ending(of: child, within: deadline)
        return Outcome(ending: ending, output: output.text, errors: errors.text)
    }

    private func start(_ child: inout pid_t, _ output: Int32, _ errors: Int32) -> Int32 {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = unsafe posix_spawn_file_actions_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        let arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = unsafe Self.variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        return unsafe posix_spawnp(&child, words.first ?? "", &actions, nil, arguments, variables)
    }

    private static func ending(of child: pid_t, within deadline: Duration) -> Outcome.Ending {
        let end = ContinuousClock.now + deadline
        var isLate = false
        while true {
            var status: Int32 = 0
            let answer = unsafe waitpid(child, &status, WNOHANG)
            if answer == child {
                if isLate { return .timedOut }
                return status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .killed
            }
            guard answer == 0 || errno == EINTR else { return .killed }
            if !isLate, ContinuousClock.now >= end {
                isLate = true
                kill(child, SIGKILL)
            }
            // Waiting for a child has no deadline of its own.
            poll(nil, 0, 10)
        }
    }
}

/// A file without a name, for what a program says: it never waits for a reader, as it would at a pipe.
@safe private struct Paper: ~Copyable {
    private let file: UnsafeMutablePointer<FILE>

    /// How much of it is read.
    private static let limit = 256 * 1024

    init?() {
        guard let file = unsafe tmpfile() else { return nil }
        unsafe self.file = unsafe file
    }

    deinit { unsafe fclose(file) }

    var descriptor: Int32 { unsafe fileno(file) }

    var text: String {
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        let count = unsafe pread(descriptor, &bytes, Self.limit, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
