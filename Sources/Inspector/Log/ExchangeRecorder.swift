package import HTTPFields
package import NIOCore

/// Writes one exchange into a log while it passes; each method is told what its name says.
///
/// A call costs a lock and a copy of what there is still room for.
///
/// ## Concurrency
/// Belongs to the event loop of the stream; not `Sendable`.
package final class ExchangeRecorder {
    /// Of the exchange, in the log.
    package let id: Int
    private let log: ExchangeLog
    private let began: NIODeadline
    private var messages: MessageTrack
    /// The frames of a WebSocket are kept as messages only.
    private let isWebSocket: Bool
    private var isUpgraded = false

    init(id: Int, log: ExchangeLog, began: NIODeadline, request: FieldSection) {
        self.id = id
        self.log = log
        self.began = began
        messages = MessageTrack(limits: log.limits)
        isWebSocket = request.first(":protocol")?.equalsIgnoringCase("websocket") == true
        if isWebSocket {
            messages.inbound = WebSocketDecoder()
        } else if request.mediaType.hasPrefix("application/grpc"), !request.mediaType.hasPrefix("application/grpc-web")
        {
            messages.inbound = GRPCDecoder()
        }
    }

    private var elapsed: Double { (log.clock.uptime() - began).milliseconds }

    // MARK: From the visitor

    /// A piece of the request's body.
    package func received(_ data: ByteBuffer) {
        let found = messages.feed(data, .inbound) { elapsed }
        log.update(id) { [limits = log.limits] kept in
            kept.summary.requestBytes += data.readableBytes
            let limit = isWebSocket ? 0 : limits.bodyBytes
            kept.requestBody.append(data.readableBytesView, limit: limit)
            kept.messages.append(found, limits: limits)
        }
    }

    package func received(trailers: FieldSection) {
        log.update(id) { $0.requestTrailers = trailers }
    }

    /// The request is complete.
    package func receivedEnd() {
        let elapsed = elapsed
        log.update(id) { $0.timing.requestReceived = $0.timing.requestReceived ?? elapsed }
    }

    // MARK: At the origin

    /// A connection to the origin stands ready; only the first one counts.
    package func originConnected() {
        let elapsed = elapsed
        log.update(id) { $0.timing.originConnected = $0.timing.originConnected ?? elapsed }
    }

    /// The origin was given the whole request.
    package func requestSent() {
        let elapsed = elapsed
        log.update(id) { $0.timing.requestSent = elapsed }
    }

    // MARK: To the visitor

    /// The head of an interim or of the final response.
    package func sends(head: FieldSection) {
        let elapsed = elapsed
        let status = head.status ?? 0
        guard status >= 200 else {
            let limit = log.limits.interimHeads
            return log.update(id) { $0.append(interim: head, at: elapsed, limit: limit) }
        }
        let kind = beginResponse(head, status)
        log.update(id) { kept in
            kept.response = head
            kept.summary.status = status
            kept.summary.kind = kind ?? kept.summary.kind
            kept.timing.responseHead = elapsed
        }
    }

    /// Looks for messages where the head promises them, and says what kind of exchange that makes it.
    private func beginResponse(_ head: FieldSection, _ status: Int) -> ExchangeSummary.Kind? {
        if isWebSocket {
            isUpgraded = (200..<300).contains(status)
            messages.outbound = isUpgraded ? WebSocketDecoder() : nil
            return nil
        }
        let mediaType = head.mediaType
        if mediaType == "text/event-stream", head.contentCoding == nil {
            messages.outbound = EventStreamDecoder()
            return .sse
        }
        if messages.inbound is GRPCDecoder, mediaType.hasPrefix("application/grpc") {
            messages.outbound = GRPCDecoder()
        }
        return nil
    }

    /// A piece of the response's body.
    package func sends(_ data: ByteBuffer) {
        let found = messages.feed(data, .outbound) { elapsed }
        log.update(id) { [limits = log.limits] kept in
            kept.summary.responseBytes += data.readableBytes
            let limit = isUpgraded ? 0 : limits.bodyBytes
            kept.responseBody.append(data.readableBytesView, limit: limit)
            kept.messages.append(found, limits: limits)
        }
    }

    /// The end of the response.
    package func sendsEnd(trailers: FieldSection?) {
        let elapsed = elapsed
        log.update(id) { kept in
            kept.responseTrailers = trailers
            kept.timing.responseEnd = elapsed
        }
    }

    /// The stream is over; no further call follows.
    ///
    /// - Parameter problem: How it broke off, in a sentence.
    package func closed(problem: String?) {
        let elapsed = elapsed

        log.update(id) { kept in
            kept.summary.phase = problem == nil ? .done : .failed
            kept.summary.error = problem
            kept.summary.durationMilliseconds = elapsed
        }
    }
}
