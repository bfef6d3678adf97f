import Logging
import NIOCore

@testable import Agent

/// A tunnel between two HTTP/2 ends on loopback whose agent asks a closure.
struct ClosureHarness {
    let tunnel: OriginHarness
    let desk: HandlerDesk

    static func with<Result>(
        limit: Int = 256,
        headDeadline: TimeAmount = .seconds(30),
        answering handler: @escaping HandlerDesk.Handler,
        _ body: (ClosureHarness) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let desk = HandlerDesk(limit: limit, logger: logger, handler)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await desk.run() }
            defer { desk.close() }
            return try await OriginHarness.with(LocalService(serving: desk), headDeadline: headDeadline) { tunnel in
                try await body(ClosureHarness(tunnel: tunnel, desk: desk))
            }
        }
    }

    /// Asks and waits for the whole answer.
    func get(_ path: String, _ fields: [String: String] = [:]) async throws -> Visit.Answer {
        try await tunnel.visit(path, fields).answer()
    }

    /// Waits until every request has been answered or given up.
    func untilIdle() async {
        while desk.load > 0 { await Task.yield() }
    }
}

/// Something that happens once, and those who wait for it.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

    func happen() { continuation.finish() }

    /// Waits for it, or for the end of the task.
    func wait() async { for await _ in stream {} }
}
