import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// The TCP and UDP services that an agent has registered, by the edge's name for each.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
final class RawServices {
    private let eventLoop: any EventLoop
    private let connections: ConnectionBudget
    private let observeOrigin: (Endpoint, String?) -> Void
    private var endpoints: [String: Endpoint] = [:]

    /// - Parameters:
    ///   - eventLoop: That of the tunnel.
    ///   - connections: What bounds how many are being made at once.
    ///   - observeOrigin: Told whose service takes visitors, with nil, or why it does not.
    init(
        eventLoop: any EventLoop,
        connections: ConnectionBudget,
        observeOrigin: @escaping (Endpoint, String?) -> Void
    ) {
        self.eventLoop = eventLoop
        self.connections = connections
        self.observeOrigin = observeOrigin
    }

    /// The edge has opened a port for an endpoint.
    func registered(_ binding: String, for endpoint: Endpoint) { endpoints[binding] = endpoint }

    /// Nobody is served at that port any more.
    func forget(_ binding: String) { endpoints[binding] = nil }

    /// Serves a stream, when it is a TCP or a UDP stream at all.
    ///
    /// - Returns: Who hears what follows on the stream; nil when it is of another kind.
    func accept(
        _ stream: HTTP2Stream,
        _ request: FieldSection,
        _ handler: HTTP2Handler
    ) -> (any HTTP2StreamDelegate)? {
        guard let kind = Self.kind(of: request) else { return nil }
        guard let endpoint = request.string(":authority").flatMap({ endpoints[$0] }), endpoint.kind == kind else {
            AgentAnswer.misdirected.send(on: stream, handler)
            return DiscardingReader(handler)
        }
        if let refusal = endpoint.rules.access.refusal(ofRaw: request) {
            refusal.send(on: stream, handler)
            return DiscardingReader(handler)
        }
        let observe = { [observeOrigin] (problem: String?) in observeOrigin(endpoint, problem) }
        if kind == .udp {
            let origin = DatagramOrigin(endpoint.target, stream: stream, handler: handler, observe: observe)
            origin.begin(on: eventLoop)
            return origin
        }
        guard connections.mayOpen else {
            AgentAnswer(OriginFailure.busy).send(on: stream, handler)
            return DiscardingReader(handler)
        }
        let header = endpoint.service.options.proxyHeader.map { VisitorAddresses(request).header(version: $0) }
        let origin = TCPOrigin(endpoint.target, stream: stream, handler: handler, header: header, observe: observe)
        origin.begin(on: eventLoop, within: connections)
        return origin
    }

    private static func kind(of request: FieldSection) -> BindingKind? {
        guard request.isConnect else { return nil }
        guard let tunnelled = request.first(.protocol) else { return .tcp }
        return tunnelled.elementsEqual(RawStreamFields.datagramProtocol.description.utf8) ? .udp : nil
    }
}
