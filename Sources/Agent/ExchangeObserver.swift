package import HTTP2
package import HTTPFields

/// Decides whether anybody looks on while a request is served.
package protocol ExchangeObserver: Sendable {
    /// A request has come; called on the event loop that serves it.
    ///
    /// - Parameters:
    ///   - request: Its head as the edge sent it.
    ///   - ends: Whether neither body nor trailers follow.
    ///   - endpoint: The label of the endpoint that serves it.
    ///   - original: The exchange that it repeats; nil for a visitor's request.
    /// - Returns: Who looks on; nil for nobody.
    func began(_ request: FieldSection, ends: Bool, endpoint: String, replayOf original: Int?) -> (any ExchangeTap)?
}

/// Looks on while one request is served, also at what the stream does not show.
package protocol ExchangeTap: HTTP2StreamTap {
    /// A connection to the origin is at hand.
    func originConnected()
    /// The origin has been told the whole request.
    func requestSent()
}
