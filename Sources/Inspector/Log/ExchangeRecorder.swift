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
    package var id: Int { box.id }
    private let box: ExchangeBox
    private let log: ExchangeLog
    private let began: NIODeadline
    private var messages: MessageTrack
    /// The frames of a WebSocket are kept as messages only.
    private let isWebSocket: Bool
    private var isUpgraded = false

    init(_ box: ExchangeBox, log: ExchangeLog, began: NIODeadline, request: FieldSection) {
        self.box = box
        self.log = log
        self.began = began
        messages = MessageTrack(limits: log.limits)
        isWebSocket = request.isWebSocket
        if isWebSocket {
            messages.inbound = WebSocketDecoder()
        } else if request.hasMediaType("application/grpc", asPrefix: true),
            !request.hasMediaType("application/grpc-web", asPrefix: true)
        {
            messages.inbound = GRPCDecoder()
        }
    }

    private var elapsed: Double { (log.clock.uptime() - began).milliseconds }

    // MARK: From the visitor

    /// A piece of the request's body.
    package func received(_ data: ByteBuffer) {
        let found = messages.feed(data, .inbound) { elapsed }
        log.update(box) { [limits = log.limits] kept in
            let limit = isWebSocket ? 0 : limits.bodyBytes
            kept.requestBody.append(data.readableBytesView, limit: limit)
            kept.messages.append(found, limits: limits)
        }
    }

    package func received(trailers: FieldSection) {
        log.update(box) { $0.requestTrailers = trailers }
    }

    /// The request is complete.
    package func receivedEnd() {
        let elapsed = elapsed
        log.update(box) { $0.timing.requestReceived = $0.timing.requestReceived ?? elapsed }
    }

    // MARK: At the origin

    /// A connection to the origin stands ready; only the first one counts.
    package func originConnected() {
        let elapsed = elapsed
        log.update(box) { $0.timing.originConnected = $0.timing.originConnected ?? elapsed }
    }

    /// The origin was given the whole request.
    package func requestSent() {
        let elapsed = elapsed
        log.update(box) { $0.timing.requestSent = elapsed }
    }

    // MARK: To the visitor

    /// The head of an interim or of the final response.
    package func sends(head: FieldSection) {
        let elapsed = elapsed
        let status = head.status ?? 0
        guard status >= 200 else {
            let limit = log.limits.interimHeads
            return log.update(box) { $0.append(interim: head, at: elapsed, limit: limit) }
        }
        responds(status, head, at: elapsed)
    }

    /// The head of the final response, whose status need not stand among its fields.
    ///
    /// What is kept is a copy, since the fields may lie in a larger buffer.
    package func sends(status: Int, fields: FieldSection) {
        responds(status, fields.copied, at: elapsed)
    }

    private func responds(_ status: Int, _ head: FieldSection, at elapsed: Double) {
        let kind = beginResponse(head, status)
        log.update(box) { kept in
            kept.response = head
            kept.status = status
            kept.kind = kind ?? kept.kind
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
        if head.hasMediaType("text/event-stream", asPrefix: false), head.contentCoding == nil {
            messages.outbound = EventStreamDecoder()
            return .sse
        }
        if messages.inbound is GRPCDecoder, head.hasMediaType("application/grpc", asPrefix: true) {
            messages.outbound = GRPCDecoder()
        }
        return nil
    }

    /// A piece of the response's body.
    package func sends(_ data: ByteBuffer) {
        let found = messages.feed(data, .outbound) { elapsed }
        log.update(box) { [limits = log.limits] kept in
            let limit = isUpgraded ? 0 : limits.bodyBytes
            kept.responseBody.append(data.readableBytesView, limit: limit)
            kept.messages.append(found, limits: limits)
        }
    }

    /// The end of the response.
    package func sendsEnd(trailers: FieldSection?) {
        let elapsed = elapsed
        log.update(box) { kept in
            kept.responseTrailers = trailers
            kept.timing.responseEnd = elapsed
        }
    }

    /// The stream is over; no further call follows.
    ///
    /// - Parameter problem: How it broke off, in a sentence.
    package func closed(problem: String?) {
        let elapsed = elapsed
        log.update(box) { kept in
            kept.phase = problem == nil ? .done : .failed
            kept.error = problem
            kept.durationMilliseconds = elapsed
        }
    }
}
