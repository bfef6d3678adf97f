import HTTP2
import NIOCore

/// An app's closure as the origin of one tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel; the closure runs elsewhere, for all tunnels at one desk.
final class ClosureOrigin: Origin {
    private let desk: HandlerDesk
    private let eventLoop: any EventLoop

    init(_ desk: HandlerDesk, eventLoop: any EventLoop) {
        self.desk = desk
        self.eventLoop = eventLoop
    }

    func serve(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        let exchange = ClosureExchange(request, eventLoop: eventLoop)
        guard exchange.begin(at: desk) else { return nil }
        return exchange
    }

    /// Requests under way are answered; whoever ends the tunnel ends their streams.
    func close() {}
}
