import NIOCore
import TunnelProtocol

/// Makes what serves the endpoints of one tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of the tunnel.
struct OriginFactory {
    let eventLoop: any EventLoop
    let memoryBudget: Int
    let connections = ConnectionBudget()

    /// - Returns: nil for a TCP or UDP endpoint, whose streams dial for themselves.
    func origin(of endpoint: Endpoint) -> (any Origin)? {
        switch endpoint.kind {
        case .tcp, .udp: return nil
        case .http:
            let origin = service(of: endpoint)
            guard !endpoint.rules.isEmpty, let origin else { return origin }
            return GuardedOrigin(origin, rules: endpoint.rules, eventLoop: eventLoop)
        }
    }

    private func service(of endpoint: Endpoint) -> (any Origin)? {
        switch endpoint.target.place {
        case .folder(let path):
            FolderOrigin(folder: path, allowsListing: endpoint.allowsListing, eventLoop: eventLoop)
        case .host, .unix, .program:
            endpoint.service.origin(on: eventLoop, memoryBudget: memoryBudget, connections: connections)
        }
    }
}
