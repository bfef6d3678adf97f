import CoreMetrics
import HTTP1
import HTTP2
import NIOCore
import TunnelProtocol

// How an exchange ends.
extension VisitorExchange {
    /// The rest of the body cannot be read.
    ///
    /// - Returns: Whether the visitor was told so; false when a response has begun.
    func requestIsMalformed(_ error: HTTP1Error) -> Bool {
        guard state == .awaitingResponse else { return false }
        cancel(.cancel)
        account.status = error.status
        account.failure = .malformed
        settle()
        let page = ErrorPage(status: error.status, sentence: error.sentence, requestID: account.requestID)
        release()?.answer(page)
        return true
    }

    /// The visitor is gone: nobody wants the rest.
    func visitorLeft() {
        guard state != .over else { return }
        // A WebSocket has no other end than that one side leaves.
        if account.status != 101 { account.failure = .visitorLeft }
        settle()
        cancel(.cancel)
        responder = nil
    }

    /// Ends the stream as well.
    func cancel(_ code: HTTP2ErrorCode) {
        state = .over
        watchNoBody()
        guard let stream else { return }
        // Nobody will read the rest; the memory that it was promised is the tunnel's again.
        tunnel?.taken(stalled.drop(), on: stream)
        guard !stream.isClosed else { return }
        tunnel?.reset(stream, code)
    }

    /// Gives up the responder, for its last call.
    func release() -> (any VisitorResponder)? {
        defer { responder = nil }
        return responder
    }

    /// The request is over: it is counted, and written down where there is a log.
    func settle() {
        core.count(account.status, after: account.age)
        // Asked first, because the account would be copied for it.
        if let log = core.accessLog { log.record(account.entry(of: request)) }
    }

    /// The response broke off: the visitor must be able to tell.
    func cut(_ code: HTTP2ErrorCode, because ending: RequestAccount.Failure) {
        if ending == .readerEvicted { core.metrics.readersEvicted.increment() }
        account.failure = ending
        settle()
        cancel(.cancel)
        release()?.cut(code)
    }

    /// The name that was asked for, as an error page may show it.
    private var host: String? {
        request.authority.flatMap { HostName(String(decoding: $0, as: UTF8.self).lowercased())?.text }
    }

    /// Answers in place of the origin.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - word: The Proxy-Status of the hop that saw it, when that was not this one.
    func fail(_ failure: EdgeFailure, says word: ByteBufferView? = nil) {
        cancel(.cancel)
        account.status = failure.status
        account.failure = .answered(failure)
        settle()
        release()?.answer(
            ErrorPage(failure, requestID: account.requestID, accept: request.fields, host: host, says: word)
        )
    }
}
