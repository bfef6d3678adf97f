public import ServiceLifecycle
import Synchronization
import TunnelProtocol

/// A public name of the operator's edge, served by this app.
///
/// The app dials out and opens no port. While the tunnel is open, it reconnects by itself for as long as that can help.
/// Either ``open(_:)`` it for the length of a closure, or have its ``run()`` in a task of the app's own: in a task group,
/// or as a service of a `ServiceGroup`, whose graceful shutdown closes it.
///
/// ## Concurrency
/// Everything may be called from any thread. All tasks, the handlers among them, are children of the one that runs it; it
/// starts none besides.
public final class Tunnel: Service {
    let service: AgentService
    /// Nil when requests are forwarded.
    private let desk: HandlerDesk?
    private let board = StateBoard()
    private let hasBegun = Mutex(false)
    private let whenClosing: AsyncStream<Void>
    private let closing: AsyncStream<Void>.Continuation

    /// A tunnel to a service on this machine; nothing is dialled yet.
    ///
    /// - Parameters:
    ///   - target: A port (`3000`), a loopback address with one, `https://` or `http2://` before it, `unix:/path`, or the
    ///     absolute path of a folder whose files are to be served.
    ///   - name: The public name to ask for, one label or a full host name; nil for one of the edge's choice.
    ///   - configuration: Who the app is and whom it trusts.
    /// - Throws: ``TunnelError`` for what is wrong with any of them, or with the certificates by this machine's clock.
    public convenience init(
        to target: String,
        as name: String? = nil,
        _ configuration: TunnelConfiguration
    ) throws(TunnelError) {
        var spec = EndpointSpec(name: "app", kind: "http", target: target)
        spec.hostname = name
        let endpoint: Endpoint
        do throws(EndpointProblem) {
            endpoint = try spec.endpoint()
        } catch {
            throw TunnelError(app: "'\(target)' cannot be served: \(error.sentence)", nextStep: "Name another target.")
        }
        try self.init(endpoint, configuration, desk: nil)
    }

    /// A tunnel whose visitors the app answers itself; nothing is dialled yet.
    ///
    /// The handler is called for each request, for as many at once as the configuration says. It is cancelled when its
    /// visitor leaves. When it throws, the visitor gets a 500 that says nothing of the error, which goes to the log.
    ///
    /// - Parameters:
    ///   - name: The public name to ask for, one label or a full host name; nil for one of the edge's choice.
    ///   - configuration: Who the app is and whom it trusts.
    ///   - handler: Answers one request.
    /// - Throws: ``TunnelError`` for what is wrong with any of them, or with the certificates by this machine's clock.
    public convenience init(
        as name: String? = nil,
        _ configuration: TunnelConfiguration,
        handler: @escaping @Sendable (VisitorRequest) async throws -> VisitorResponse
    ) throws(TunnelError) {
        let desk = HandlerDesk(limit: configuration.concurrentRequests, logger: configuration.logger, handler)
        let endpoint = Endpoint(.http, label: "app", name: name, port: nil, service: LocalService(serving: desk))
        try self.init(endpoint, configuration, desk: desk)
    }

    private init(
        _ endpoint: Endpoint,
        _ configuration: TunnelConfiguration,
        desk: HandlerDesk?
    ) throws(TunnelError) {
        self.desk = desk
        (whenClosing, closing) = AsyncStream.makeStream(of: Void.self)
        do {
            service = try AgentService(
                configuration: try configuration.agent(serving: endpoint),
                pid: 0,
                logger: configuration.logger
            )
        } catch {
            throw TunnelError(error)
        }
    }

    // MARK: Running

    /// Opens the tunnel for the time of a closure, and closes it gracefully when that returns.
    ///
    /// When the closure throws, or this task is cancelled, handlers are cancelled as well. When the tunnel is refused
    /// for good, the closure is cancelled.
    ///
    /// - Parameter body: Is given the tunnel at once; ``url()`` waits until visitors reach it.
    /// - Returns: What the closure returned, when everything under way has finished.
    /// - Throws: What the closure throws, or the ``TunnelError`` that ended the tunnel.
    public func open<Result: Sendable>(
        _ body: @escaping @Sendable (Tunnel) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { [self] in
                try await run()
                return nil
            }
            group.addTask { [self] in try await body(self) }
            var result: Result?
            while let finished = try await group.next() {
                guard let finished else { continue }
                result = finished
                close()
            }
            guard let result else { throw CancellationError() }
            return result
        }
    }

    /// Keeps the tunnel open until it is closed, by ``close()`` or a graceful shutdown, and what is under way has finished.
    ///
    /// A tunnel runs once. Cancelling the task cancels the handlers, too, where closing lets them finish.
    ///
    /// - Throws: ``TunnelError`` when trying again would be of no use.
    public func run() async throws {
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        guard isFirst else {
            throw TunnelError(app: "A tunnel was run for the second time.", nextStep: "Make another one.")
        }
        let error = await serve()
        board.end(error.map { .refused($0) } ?? .closed)
        if let error { throw error }
    }

    /// Takes no new visitors, lets what is under way finish within the configured time, and then ends ``run()``.
    ///
    /// Returns at once; may be called again, and before the tunnel runs.
    public func close() { closing.finish() }

    private func serve() async -> TunnelError? {
        await withTaskGroup(of: Void.self) { group in
            let events = service.state.subscribe(to: .changes)
            group.addTask { [service, board] in
                for await _ in events { board.show(State(service.state.current)) }
            }
            if let desk { group.addTask { await desk.run() } }
            let error = await untilClosed()
            desk?.close()
            return error
        }
    }

    private func untilClosed() async -> TunnelError? {
        await withTaskGroup(of: TunnelError?.self) { group in
            group.addTask { [service] in
                do {
                    try await service.run()
                    return nil
                } catch {
                    return TunnelError(error)
                }
            }
            group.addTask { [whenClosing] in
                for await _ in whenClosing {}
                return nil
            }
            let first = await group.next() ?? nil
            // The agent takes it for the wish to finish what is under way.
            group.cancelAll()
            let second = await group.next() ?? nil
            return first ?? second
        }
    }

    // MARK: Watching

    /// What it is doing at present.
    public var state: State { board.current }

    /// The present state and all that follow, until the last; each use is a stream of its own.
    ///
    /// One who is slow misses states in between, and never the newest.
    public var states: AsyncStream<State> { board.watch() }

    /// Waits until visitors reach the app.
    ///
    /// - Returns: The public URL, which may change when the tunnel was lost and the name was the edge's choice.
    /// - Throws: ``TunnelError`` when it has been refused or closed; `CancellationError`.
    public func url() async throws -> String {
        for await state in states {
            switch state {
            case .serving(let url): return url
            case .connecting, .waiting: continue
            case .refused(let error): throw error
            case .closed: throw TunnelError(app: "The tunnel is closed.", nextStep: "Make another one.")
            }
        }
        throw CancellationError()
    }
}
