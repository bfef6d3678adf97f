import Agent
import Logging

/// Writes into the log what becomes of the endpoints and of the services behind them, once for each change.
///
/// A service may fail and answer by turns, request by request: it is looked at once a second at most.
struct EndpointJournal {
    private var known: [String: EndpointStatus] = [:]

    /// There is no more than one line about an endpoint's service in this time.
    private static let pause = Duration.seconds(1)

    /// One line of the log.
    struct Note: Equatable {
        let level: Logger.Level
        let message: Logger.Message
        let endpoint: String
        let detail: (key: String, text: String)

        static func == (one: Note, other: Note) -> Bool {
            one.level == other.level && one.message == other.message && one.endpoint == other.endpoint
                && one.detail == other.detail
        }

        func write(to logger: Logger) {
            logger.log(level: level, message, metadata: ["endpoint": "\(endpoint)", detail.key: "\(detail.text)"])
        }
    }

    /// Writes until the agent has ended, or the task is cancelled.
    static func run(_ state: AgentState, _ logger: Logger) async {
        var journal = EndpointJournal()
        for await _ in state.subscribe(queueing: 1) {
            for note in journal.notes(on: state.current.endpoints) { note.write(to: logger) }
            do { try await Task.sleep(for: pause) } catch { break }
        }
        for note in journal.notes(on: state.current.endpoints) { note.write(to: logger) }
    }

    /// What is new since the last call.
    mutating func notes(on endpoints: [EndpointStatus]) -> [Note] {
        let before = known
        known = Dictionary(endpoints.map { ($0.name, $0) }) { first, _ in first }
        return endpoints.flatMap { status in
            [Self.serving(status, before[status.name]), Self.origin(status, before[status.name])].compactMap(\.self)
        }
    }

    private static func serving(_ status: EndpointStatus, _ before: EndpointStatus?) -> Note? {
        guard status.state == .serving, before?.state != .serving || before?.url != status.url else { return nil }
        return Note(
            level: .info,
            message: "endpoint serving",
            endpoint: status.name,
            detail: ("url", status.url ?? "none")
        )
    }

    private static func origin(_ status: EndpointStatus, _ before: EndpointStatus?) -> Note? {
        let problem = status.origin?.problem
        guard problem != before?.origin?.problem else { return nil }
        guard let problem else {
            guard status.origin?.state == .ok else { return nil }
            return Note(
                level: .notice,
                message: "local service answers again",
                endpoint: status.name,
                detail: ("target", status.target)
            )
        }
        return Note(
            level: .warning,
            message: "local service gives no answer",
            endpoint: status.name,
            detail: ("problem", problem)
        )
    }
}
