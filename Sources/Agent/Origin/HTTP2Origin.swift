import HTTP2
import NIOCore
import NIOPosix

/// An origin that speaks HTTP/2 without TLS by prior knowledge (RFC 9113, 3.3).
///
/// One connection carries all requests: it is made when the first one comes, and made anew when it has ended or the
/// origin takes no more streams on it. Requests for which there is no stream yet wait here, each with its own deadline
/// and at most as many as the tunnel has streams.
///
/// ## Concurrency
/// Belongs to one event loop, like the exchanges that use it.
final class HTTP2Origin: Origin {
    /// What the origin is told as its host; nil for what the visitor asked for.
    let host: String?
    private let dialer: OriginDialer
    private let limits: OriginLimits
    private let budget: MemoryBudget
    private var connection: HTTP2OriginConnection?
    private var waiting: [HTTP2OriginExchange] = []
    private var isClosed = false
    private var isRetired = false

    init(_ dialer: OriginDialer, options: OriginOptions, memoryBudget: Int) {
        self.dialer = dialer
        limits = options.limits
        host = options.host(for: dialer.target)
        budget = MemoryBudget(limit: memoryBudget)
    }

    private var eventLoop: any EventLoop { dialer.eventLoop }

    func serve(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        guard let exchange = HTTP2OriginExchange(request, origin: self, eventLoop: eventLoop) else { return nil }
        exchange.begin()
        return exchange
    }

    // MARK: Requests that wait for a stream

    /// Gives the exchange a stream as soon as there is one.
    func enqueue(_ exchange: HTTP2OriginExchange) {
        guard !isClosed else { return exchange.fail(.closed) }
        waiting.append(exchange)
        if connection == nil { connect() }
        admitWaiting()
    }

    /// The exchange does not want a stream any more.
    func forget(_ exchange: HTTP2OriginExchange) { waiting.removeAll { $0 === exchange } }

    private func admitWaiting() {
        while let connection, connection.freeStreams > 0, !waiting.isEmpty {
            waiting.removeFirst().send(on: connection)
        }
        if isRetired, waiting.isEmpty { connection?.leave() }
    }

    // MARK: The connection

    private func connect() {
        let made = HTTP2OriginConnection(origin: self, budget: budget)
        connection = made
        made.expectSettings(within: limits.connectDeadline, on: eventLoop)
        dialer.dial(
            Self.configure,
            // A name may be dialled at several addresses: only the one that answers speaks HTTP/2.
            prepare: { _ in },
            whenDone: { result in
                switch result {
                case .success(let channel): made.begin(on: channel)
                case .failure(let failure): made.fail(failure)
                }
            }
        )
    }

    private static func configure(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        bootstrap
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024)
            )
    }

    /// A stream has become free, or the origin allows more of them.
    func connectionHasRoom(_ connection: HTTP2OriginConnection) {
        guard connection === self.connection else { return }
        admitWaiting()
    }

    /// The connection takes no new streams; those that it has go on.
    func retire(_ connection: HTTP2OriginConnection) {
        guard connection === self.connection else { return }
        self.connection = nil
        if !waiting.isEmpty, !isClosed { connect() }
    }

    /// The connection could not be made: whoever waited for it is told why.
    func connectionFailed(_ connection: HTTP2OriginConnection, _ failure: OriginFailure) {
        guard connection === self.connection else { return }
        self.connection = nil
        let failed = waiting
        waiting = []
        for exchange in failed { exchange.fail(failure) }
    }

    func retire() {
        isRetired = true
        if waiting.isEmpty { connection?.leave() }
    }

    func close() {
        isClosed = true
        let last = connection
        connection = nil
        let failed = waiting
        waiting = []
        for exchange in failed { exchange.fail(.closed) }
        last?.close()
    }
}
