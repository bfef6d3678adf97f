import Logging
import NIOPosix
import ServiceLifecycle
import Settings
import Synchronization

/// Reads the configuration again when one of its files has changed, or somebody asks for it.
///
/// A configuration that is wrong changes nothing: the one that counts stays, and the log says what is wrong, and where.
/// A file that is being written is left alone until it has looked the same twice, so that no half of it is read.
///
/// ## Concurrency
/// ``look()`` is called by ``run()`` alone and never twice at a time; what others may touch is the flag of
/// ``requestReload()`` and ``present``, each behind a lock. Files are read on threads for such things.
final class ConfigurationWatch: Service {
    typealias Apply = @Sendable (AgentFile, ConfigurationChange) async -> Void

    private struct State {
        var loader: AgentFileLoader
        var present: AgentFile
        /// What the files looked like when they were last read; nil before the first look.
        var seen: [String: FileMark]?
        /// What they look like now, when that is something else.
        var pending: [String: FileMark]?
        var isAsked = false
        /// What is wrong with the files as they were last read.
        var problems: [String] = []
    }

    private let state: Mutex<State>
    private let interval: Duration
    private let logger: Logger
    private let answered: @Sendable () -> Void
    private let apply: Apply

    /// - Parameters:
    ///   - loader: Where the configuration comes from.
    ///   - present: What counts now; files that were read for it have to be there from now on.
    ///   - interval: How often to look.
    ///   - logger: For the operator.
    ///   - answered: Called when what somebody asked for has been done, or turned out to be wrong.
    ///   - apply: Gets every new configuration, one after another, and what is different in it.
    init(
        loader: AgentFileLoader,
        present: AgentFile,
        interval: Duration = .seconds(1),
        logger: Logger,
        answered: @escaping @Sendable () -> Void = {},
        apply: @escaping Apply
    ) {
        state = Mutex(State(loader: loader.bound(to: present.paths), present: present))
        self.interval = interval
        self.logger = logger
        self.answered = answered
        self.apply = apply
    }

    /// What counts now.
    var present: AgentFile { state.withLock { $0.present } }

    /// What is wrong with the files as they were last read; while there is something, what counts is older than they.
    var problems: [String] { state.withLock { $0.problems } }

    /// Asks for a reload at the next look, whether or not a file has changed.
    func requestReload() { state.withLock { $0.isAsked = true } }

    /// Looks again and again, until the agent is told to stop.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await look()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Looks once.
    func look() async {
        let (loader, isAsked) = state.withLock { ($0.loader, $0.isAsked) }
        defer { if isAsked { answered() } }
        do {
            let marks = try await NIOThreadPool.singleton.runIfActive { FileMark.all(loader.paths) }
            guard state.withLock({ Self.isDue(marks, &$0) }) else { return }
            let outcome = try await NIOThreadPool.singleton.runIfActive { Outcome(loader) }
            await take(outcome)
        } catch {
            logger.debug("the configuration was not looked at", metadata: ["error": "\(error)"])
        }
    }

    private enum Outcome: Sendable {
        case read(AgentFile)
        case refused(SettingsProblems)

        init(_ loader: AgentFileLoader) {
            do throws(SettingsProblems) {
                self = .read(try loader.load())
            } catch {
                self = .refused(error)
            }
        }
    }

    private static func isDue(_ marks: [String: FileMark], _ state: inout State) -> Bool {
        defer { state.isAsked = false }
        guard !state.isAsked else {
            (state.seen, state.pending) = (marks, nil)
            return true
        }
        guard let seen = state.seen, seen == marks else {
            let holdsStill = state.pending == marks
            (state.seen, state.pending) = holdsStill ? (marks, nil) : (state.seen, marks)
            return holdsStill
        }
        state.pending = nil
        return false
    }

    private func take(_ outcome: Outcome) async {
        switch outcome {
        case .refused(let problems):
            state.withLock { $0.problems = problems.lines }
            for line in problems.lines {
                logger.error("configuration not reloaded", metadata: ["error": "\(line)"])
            }
        case .read(let file):
            let before = present
            let change = ConfigurationChange(from: before, to: file)
            let next = file.keepingWaiting(of: before)
            state.withLock { state in
                state.present = next
                state.problems = []
                state.loader = state.loader.bound(to: file.paths)
            }
            guard !change.isNothing else { return }
            await apply(next, change)
            report(change)
        }
    }

    private func report(_ change: ConfigurationChange) {
        logger.notice(
            "configuration reloaded",
            metadata: [
                "settings": "\(change.live.joined(separator: " "))",
                "endpoints": "\(change.endpoints.joined(separator: " "))",
            ]
        )
        guard !change.waiting.isEmpty else { return }
        logger.warning(
            "settings wait for a restart",
            metadata: ["settings": "\(change.waiting.joined(separator: " "))"]
        )
    }
}
