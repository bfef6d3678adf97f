import HTTP1
import NIOCore
import TunnelProtocol

/// Makes what serves an endpoint in one tunnel.
struct OriginFactory {
    let eventLoop: any EventLoop
    let memoryBudget: Int

    /// - Returns: nil for a TCP or UDP endpoint, whose streams dial for themselves.
    func origin(of endpoint: Endpoint) -> (any Origin)? {
        guard endpoint.kind == .http else { return nil }
        let target = endpoint.target
        switch target.scheme {
        case .http: return OriginPool(target: target, limits: HTTP1Limits(), eventLoop: eventLoop)
        case .http2: return HTTP2Origin(target: target, memoryBudget: memoryBudget, eventLoop: eventLoop)
        }
    }
}
