import HTTP2
import HTTPFields
import NIOCore

/// A local service as one tunnel sees it, whichever HTTP it speaks.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
protocol Origin: AnyObject {
    /// Serves one stream of the tunnel.
    ///
    /// - Returns: Who hears what follows on the stream; nil when the request cannot be said to this origin at all.
    func serve(_ request: consuming TunnelRequest) -> (any HTTP2StreamDelegate)?

    /// Nothing more is asked, and what is under way finishes.
    func retire()

    /// The tunnel is over: nothing more is asked, and what is kept open for another request closes.
    func close()
}

extension Origin {
    /// For an origin that keeps nothing between requests.
    func retire() {}
}

/// A visitor's request as the tunnel brings it, and where its answer goes.
struct TunnelRequest {
    let stream: HTTP2Stream
    var fields: FieldSection
    let handler: HTTP2Handler
    /// From the end of the request to the head of the response.
    let headDeadline: TimeAmount
    /// Told once, when the exchange is over.
    let observe: (RequestProgress) -> Void
    /// Told when the local service has answered, with nil, or why it has not; the agent's own refusals are not.
    var observeOrigin: (String?) -> Void = { _ in }
    /// Looks on; nil for nobody.
    var tap: (any ExchangeTap)?

    var isWebSocket: Bool { fields.first(.protocol) != nil }
}
