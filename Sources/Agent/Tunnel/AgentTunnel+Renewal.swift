import NIOCore

// The device's next certificate.
extension AgentTunnel {
    /// Asks for it; nil when this tunnel cannot be asked now.
    func renew(_ request: [UInt8]) -> EventLoopFuture<RenewalOutcome>? {
        guard welcomedAt != nil, isCurrent, renewal == nil, control?.renew(request) == true else { return nil }
        let promise = eventLoop.makePromise(of: RenewalOutcome.self)
        renewal = promise
        return promise.futureResult
    }

    /// There is an answer, or there will be none; nothing happens when nobody asked.
    func renewalEnded(_ outcome: RenewalOutcome) {
        renewal?.succeed(outcome)
        renewal = nil
    }
}
