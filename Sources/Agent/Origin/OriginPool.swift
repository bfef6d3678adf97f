import HTTP1
import HTTP2
import NIOCore
import NIOPosix

/// Keep-alive connections to one origin that speaks HTTP/1.1, the most recently used first.
///
/// There are never more than ``OriginLimits/connections``; a request for which there is none waits in a bounded queue.
/// All pools of a tunnel together are bounded by its ``ConnectionBudget``.
///
/// ## Concurrency
/// Belongs to one event loop, like the exchanges that use it.
final class OriginPool: Origin {
    let options: OriginOptions
    let httpLimits: HTTP1Limits
    /// Those of the connections.
    let deadlines: DeadlineQueue
    private let dialer: OriginDialer
    private let budget: ConnectionBudget
    private var idle: [OriginConnection] = []
    private var waiting: [OriginWait] = []
    /// Connections that are open or being opened, but for those of WebSockets.
    private var counted = 0
    private var isClosed = false
    private var isRetired = false

    init(
        _ dialer: OriginDialer,
        options: OriginOptions,
        budget: ConnectionBudget,
        httpLimits: HTTP1Limits = HTTP1Limits()
    ) {
        self.dialer = dialer
        self.budget = budget
        deadlines = DeadlineQueue(on: dialer.eventLoop)
        self.options = options
        self.httpLimits = httpLimits
    }

    private var limits: OriginLimits { options.limits }
    var eventLoop: any EventLoop { dialer.eventLoop }

    /// What the origin is told as its host; nil for what the visitor asked for.
    var host: String? { options.host(for: dialer.target) }

    func serve(_ request: consuming TunnelRequest) -> (any HTTP2StreamDelegate)? {
        do throws(HTTP1Error) {
            let exchange = try OriginExchange(consume request, pool: self)
            exchange.begin()
            return exchange
        } catch {
            return nil
        }
    }

    // MARK: Connections for requests

    /// Finds a connection for a request: one that waits, a new one, or the next that becomes free.
    ///
    /// - Parameters:
    ///   - fresh: Whether one that has carried requests before will not do.
    ///   - preface: What begins the connection, which is then nobody else's.
    ///   - whenDone: Told once, on the event loop; perhaps at once.
    /// - Returns: What to call when the request does not want it any more, if it has to wait.
    func find(
        fresh: Bool,
        preface: ByteBuffer?,
        _ whenDone: @escaping (Result<OriginConnection, OriginFailure>) -> Void
    ) -> OriginWait? {
        if !fresh, preface == nil, let connection = takeIdle() {
            whenDone(.success(connection))
            return nil
        }
        guard !isClosed else {
            whenDone(.failure(.closed))
            return nil
        }
        if counted >= limits.connections || !budget.mayOpen { dropIdle() }
        guard budget.mayOpen else {
            whenDone(.failure(.busy))
            return nil
        }
        if counted < limits.connections {
            connectCounted(preface: preface, whenDone)
            return nil
        }
        if waiting.count >= limits.waitingRequests { waiting.removeAll { $0.isOver } }
        guard waiting.count < limits.waitingRequests else {
            whenDone(.failure(.busy))
            return nil
        }
        let wait = OriginWait(preface: preface, whenDone)
        waiting.append(wait)
        wait.expire(within: limits.waitingTime, on: eventLoop)
        return wait
    }

    private func takeIdle() -> OriginConnection? {
        while let connection = idle.popLast() {
            budget.leavesRest()
            if connection.isReusable { return connection }
        }
        return nil
    }

    /// A connection that waits for a request makes way for one that is wanted.
    private func dropIdle() {
        guard !idle.isEmpty else { return }
        let connection = idle.removeFirst()
        budget.leavesRest()
        uncount(connection)
        connection.close()
    }

    private func connectCounted(
        preface: ByteBuffer?,
        _ whenDone: @escaping (Result<OriginConnection, OriginFailure>) -> Void
    ) {
        counted += 1
        budget.opens()
        connect(preface: preface) { [self] result in
            if case .success(let connection) = result, connection.isReusable {
                connection.isCounted = true
                connection.servesOneVisitor = preface != nil
                return whenDone(result)
            }
            counted -= 1
            budget.ended()
            whenDone(result.flatMap { _ in .failure(.closed) })
            serveNext()
        }
    }

    /// Opens a connection that will change its protocol: it counts while it is made, since whoever wants it may leave
    /// meanwhile, and afterwards its stream bounds it.
    func connectUncounted(
        preface: ByteBuffer?,
        _ whenDone: @escaping (Result<OriginConnection, OriginFailure>) -> Void
    ) {
        guard !isClosed else { return whenDone(.failure(.closed)) }
        if !budget.mayOpen { dropIdle() }
        guard budget.mayOpen else { return whenDone(.failure(.busy)) }
        budget.opens()
        connect(preface: preface) { [budget] result in
            budget.ended()
            whenDone(result)
        }
    }

    private func connect(
        preface: ByteBuffer?,
        _ whenDone: @escaping (Result<OriginConnection, OriginFailure>) -> Void
    ) {
        dialer.dial(
            preface: preface,
            Self.configure,
            prepare: { [self] in try $0.pipeline.syncOperations.addHandler(OriginConnection(pool: self)) },
            whenDone: { result in
                whenDone(
                    result.flatMap { channel in
                        do {
                            return .success(try channel.pipeline.syncOperations.handler(type: OriginConnection.self))
                        } catch {
                            return .failure(.closed)
                        }
                    }
                )
            }
        )
    }

    private static func configure(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        bootstrap
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 256 * 1024)
            )
    }

    // MARK: Ends

    /// Takes a connection back that can carry another request.
    func giveBack(_ connection: OriginConnection) {
        guard !isClosed, connection.isCounted, !connection.servesOneVisitor else { return connection.close() }
        if let next = nextWaiting(reusing: true) {
            next.complete(.success(connection))
            return
        }
        guard !isRetired, idle.count < limits.idleConnections, budget.mayRest else { return connection.close() }
        idle.append(connection)
        budget.rests()
        connection.closeUnlessUsed(within: limits.idleTime)
    }

    /// A connection is over.
    func ended(_ connection: OriginConnection) {
        if let index = idle.firstIndex(where: { $0 === connection }) {
            idle.remove(at: index)
            budget.leavesRest()
        }
        uncount(connection)
        serveNext()
    }

    private func uncount(_ connection: OriginConnection) {
        guard connection.isCounted else { return }
        connection.isCounted = false
        counted -= 1
        budget.ended()
    }

    private func serveNext() {
        guard !isClosed, counted < limits.connections, budget.mayOpen, let next = nextWaiting(reusing: false) else {
            return
        }
        connectCounted(preface: next.preface) { [self] result in
            // Whoever waited may have left while the connection was made.
            if !next.complete(result), case .success(let unwanted) = result { giveBack(unwanted) }
        }
    }

    private func nextWaiting(reusing: Bool) -> OriginWait? {
        guard !waiting.isEmpty else { return nil }
        waiting.removeAll { $0.isOver }
        guard let index = waiting.firstIndex(where: { !reusing || $0.preface == nil }) else { return nil }
        return waiting.remove(at: index)
    }

    func retire() {
        isRetired = true
        let unwanted = idle
        idle = []
        budget.leavesRest(unwanted.count)
        for connection in unwanted { connection.close() }
    }

    func close() {
        isClosed = true
        retire()
        let failed = waiting
        waiting = []
        for wait in failed { wait.complete(.failure(.closed)) }
    }
}

/// A request that waits for a connection.
///
/// ## Concurrency
/// Belongs to the event loop of its pool.
final class OriginWait {
    let preface: ByteBuffer?
    private var whenDone: ((Result<OriginConnection, OriginFailure>) -> Void)?
    private var timer: Scheduled<Void>?

    init(preface: ByteBuffer?, _ whenDone: @escaping (Result<OriginConnection, OriginFailure>) -> Void) {
        self.preface = preface
        self.whenDone = whenDone
    }

    /// Whether it has been told, or wants to be told nothing more.
    var isOver: Bool { whenDone == nil }

    func expire(within time: TimeAmount, on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: time) { bound.value.complete(.failure(.waitedTooLong)) }
    }

    /// - Returns: Whether anybody was still waiting.
    @discardableResult
    func complete(_ result: Result<OriginConnection, OriginFailure>) -> Bool {
        let told = whenDone
        cancel()
        told?(result)
        return told != nil
    }

    func cancel() {
        timer?.cancel()
        whenDone = nil
    }
}
