import AdminHTTP
import Agent
import FoundationEssentials
import NIOCore
import TunnelProtocol

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The agent that this user runs already, as the commands see it.
struct LocalAgent: Sendable {
    let socket: String
    /// What answered there.
    let version: VersionDocument

    // MARK: Finding it

    /// The agent that answers on the socket; nil when nobody does.
    ///
    /// - Throws: ``AgentExit`` when somebody answers with whom this command cannot speak.
    static func find(_ socket: String) async throws -> LocalAgent? {
        let answer: AdminClient.Answer
        do throws(AdminError) {
            answer = try await AdminClient.get("/version", at: .unix(path: socket))
        } catch {
            if isAbsence(error) { return nil }
            throw exit(error, socket)
        }
        let version: VersionDocument
        do {
            version = try JSONText.read(VersionDocument.self, answer.body.readableBytesView)
        } catch {
            throw AgentExit(
                code: 1,
                problem: "What answers on \(socket) is not an agent, or is one that is too old for this command.",
                nextStep: "Stop it and start it again with this version, or name another socket with --socket."
            )
        }
        guard version.api == LocalAPI.version else { throw mismatch(version) }
        return LocalAgent(socket: socket, version: version)
    }

    /// Whether an agent answers on the socket, whatever its version.
    static func isRunning(socket: String) async -> Bool {
        do {
            return try await find(socket) != nil
        } catch {
            return true
        }
    }

    /// The agent that a command needs.
    ///
    /// - Throws: ``AgentExit``, also when none runs.
    static func running(_ socket: String) async throws -> LocalAgent {
        guard let agent = try await find(socket) else {
            throw AgentExit(
                code: 1,
                problem: "No agent answers on \(socket).",
                nextStep: "Start one with: osm-agent http 3000, or name its socket with --socket."
            )
        }
        return agent
    }

    static func mismatch(_ version: VersionDocument) -> AgentExit {
        AgentExit(
            code: 1,
            problem: """
                The agent that runs is \(version.version) and speaks version \(version.api) of the local API; this \
                command is \(AgentVersion.text) and speaks version \(LocalAPI.version).
                """,
            nextStep: "Use the command of the version that runs, or stop the agent and start it again with this one."
        )
    }

    // MARK: Asking it

    func status() async throws -> AgentStatus {
        try JSONText.read(AgentStatus.self, try await answer(of: "/v1/status").readableBytesView)
    }

    func endpoints() async throws -> [EndpointListing] {
        try JSONText.read(EndpointList.self, try await answer(of: "/v1/endpoints").readableBytesView).endpoints
    }

    /// The link to its inspector, with the secret in it.
    func inspectorURL() async throws -> String {
        try JSONText.read(InspectorDocument.self, try await answer(of: "/v1/inspector").readableBytesView).url
    }

    /// Serves an endpoint until it is removed, or the agent ends; waits for an edge to answer.
    func add(_ spec: EndpointSpec) async throws -> EndpointStatus {
        let body = try await posted("/v1/endpoints", ByteBuffer(string: try JSONText.line(spec)))
        return try JSONText.read(EndpointStatus.self, body.readableBytesView)
    }

    @discardableResult
    func remove(_ name: String) async throws -> EndpointListing {
        let body = try await checked { () throws(AdminError) in
            try await AdminClient.delete("/v1/endpoints/\(Self.escaped(name))", at: .unix(path: socket))
        }
        return try JSONText.read(EndpointListing.self, body.readableBytesView)
    }

    @discardableResult
    func setEnabled(_ isEnabled: Bool, _ name: String) async throws -> EndpointListing {
        let word = isEnabled ? "start" : "stop"
        let body = try await posted("/v1/endpoints/\(Self.escaped(name))/\(word)", ByteBuffer())
        return try JSONText.read(EndpointListing.self, body.readableBytesView)
    }

    /// Asks it to read its configuration again.
    func reload() async throws { _ = try await posted("/v1/reload", ByteBuffer()) }

    /// Asks it to end, and waits until it has.
    ///
    /// - Parameter patience: How much longer than its own grace period it may take.
    /// - Throws: ``AgentExit`` when it has not ended by then.
    func stop(patience: Duration = .seconds(10)) async throws {
        let (periods, told) = AsyncStream.makeStream(of: Duration.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // The stream lasts as long as the agent does: its end is what is waited for.
                try await lines(of: "/v1/events") { lines in
                    let answer = try await posted("/v1/stop", ByteBuffer())
                    let accepted = try JSONText.read(Accepted.self, answer.readableBytesView)
                    told.yield(accepted.withinSeconds.map { .seconds($0) } ?? TunnelConstants.drainTime)
                    do { while try await lines.next() != nil {} } catch is AdminError { return }
                }
            }
            group.addTask {
                guard let grace = await periods.first(where: { _ in true }) else { return }
                try await Task.sleep(for: grace + patience)
                throw AgentExit(
                    code: 1,
                    problem: "The agent has not ended yet; requests may be under way.",
                    nextStep: "Look again with: osm-agent status, or end the process whose pid it names."
                )
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The lines of the agent's log, as they are kept; with `follow` until it ends.
    func logs(follow: Bool, _ hear: (ByteBuffer) async throws -> Void) async throws {
        try await lines(of: follow ? "/v1/logs?follow=1" : "/v1/logs") { lines in
            while let line = try await next(&lines, isEndless: follow) { try await hear(line) }
        }
    }

    /// Everything that happens to the agent, after how everything is now; returns when it has ended.
    func events(_ hear: (AgentEvent) async throws -> Void) async throws {
        try await lines(of: "/v1/events") { lines in
            while let line = try await next(&lines, isEndless: true) {
                try await hear(try JSONText.read(AgentEvent.self, line.readableBytesView))
            }
        }
    }

    // MARK: Attaching

    /// Has the agent serve an endpoint for as long as this call lasts, and hears what happens to it.
    ///
    /// The first events say how its tunnels and the endpoint are now. When this process ends, however it does, the
    /// endpoint goes; so it does when the task is cancelled.
    ///
    /// - Parameters:
    ///   - spec: With a name that the agent does not have yet, and paths that are absolute.
    ///   - hear: Called with one event after another; the agent drops the oldest when it falls far behind.
    /// - Throws: ``AgentExit`` when the endpoint is refused, and when the agent ends.
    func attach(_ spec: EndpointSpec, _ hear: (AgentEvent) async throws -> Void) async throws {
        let question = AdminClient.Question.post(ByteBuffer(string: try JSONText.line(spec)))
        try await lines(question, of: "/v1/attach") { lines in
            while let line = try await next(&lines, isEndless: false) {
                switch try JSONText.read(AttachLine.self, line.readableBytesView) {
                case .event(let event): try await hear(event)
                case .refused(let problem): throw problem.exit
                }
            }
        }
    }
}

// MARK: Answers and their failures

extension LocalAgent {
    private func answer(of path: String) async throws -> ByteBuffer {
        try await checked { () throws(AdminError) in try await AdminClient.get(path, at: .unix(path: socket)) }
    }

    private func posted(_ path: String, _ body: ByteBuffer) async throws -> ByteBuffer {
        // A new endpoint is answered once an edge has.
        var limits = AdminClient.Limits.standard
        limits.deadline = .seconds(20)
        return try await checked { [limits] () throws(AdminError) in
            try await AdminClient.post(path, body: body, at: .unix(path: socket), limits: limits)
        }
    }

    /// The body of an answer that is not a refusal.
    private func checked(_ ask: () async throws(AdminError) -> AdminClient.Answer) async throws -> ByteBuffer {
        let answer: AdminClient.Answer
        do throws(AdminError) { answer = try await ask() } catch { throw Self.exit(error, socket) }
        guard answer.status >= 300 else { return answer.body }
        throw refusal(answer.body, answer.status)
    }

    private func lines(
        _ question: AdminClient.Question = .get,
        of path: String,
        _ consume: (inout AdminLines) async throws -> Void
    ) async throws {
        do {
            try await AdminClient.lines(question, path, at: .unix(path: socket)) { lines in
                guard lines.status == 200 else { throw refusal(try await lines.rest(), lines.status) }
                try await consume(&lines)
            }
        } catch let error as AdminError {
            throw Self.exit(error, socket)
        }
    }

    /// The next line; nil at the end.
    ///
    /// That a stream without an end is cut tells that the agent has ended.
    private func next(_ lines: inout AdminLines, isEndless: Bool) async throws -> ByteBuffer? {
        do {
            return try await lines.next()
        } catch let error as AdminError where error.code == .answerCut {
            if isEndless { return nil }
            throw AgentExit(
                code: 1,
                problem: "The agent on \(socket) has ended, and everything that it served with it.",
                nextStep: "Run the command again: it starts an agent of its own."
            )
        }
    }

    private func refusal(_ body: ByteBuffer, _ status: Int) -> AgentExit {
        do {
            return try JSONText.read(APIProblem.self, body.readableBytesView).exit
        } catch {
            return AgentExit(
                code: 1,
                problem: "The agent on \(socket) answered with status \(status), which this command does not know.",
                nextStep: "Compare the versions: osm-agent version, and osm-agent status."
            )
        }
    }

    /// Whether nobody is there, rather than somebody who does not answer.
    private static func isAbsence(_ error: AdminError) -> Bool {
        guard error.code == .cannotConnect, let cause = error.cause as? IOError else { return false }
        return cause.errnoCode == ENOENT || cause.errnoCode == ECONNREFUSED || cause.errnoCode == ENOTDIR
    }

    private static func exit(_ error: AdminError, _ socket: String) -> AgentExit {
        let (problem, nextStep) =
            switch error.code {
            case .badAddress: ("'\(socket)' cannot be the path of a socket.", "Choose a shorter one with --socket.")
            case .anotherUser:
                (
                    "A process of another user answers on \(socket).",
                    "Run the command as the user who runs the agent, or name another socket with --socket."
                )
            case .timedOut:
                ("The agent on \(socket) does not answer.", "Its process may be stopped; look with: ps, or end it.")
            case .answerTooLong:
                ("The agent on \(socket) answers with more than this command takes.", "Compare: osm-agent version.")
            case .cannotConnect:
                ("The socket \(socket) cannot be opened: \(error).", "Is it yours? Name another with --socket.")
            case .answerCut:
                ("The agent on \(socket) ended the connection.", "It may be of another user, or it has just ended.")
            case .addressInUse, .folderBusy, .notASocket, .cannotListen:
                ("The socket \(socket) cannot be used: \(error).", "Name another with --socket.")
            }
        return AgentExit(code: 1, problem: problem, nextStep: nextStep)
    }

    /// A name as one segment of a path.
    private static func escaped(_ name: String) -> String {
        var escaped = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }
}
