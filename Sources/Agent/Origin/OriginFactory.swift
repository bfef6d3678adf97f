import NIOCore
import TunnelProtocol

/// Makes what serves an endpoint in one tunnel.
struct OriginFactory {
    let eventLoop: any EventLoop
    let memoryBudget: Int

    /// - Returns: nil for a TCP or UDP endpoint, whose streams dial for themselves.
    func origin(of endpoint: Endpoint) -> (any Origin)? {
        guard endpoint.kind == .http else { return nil }
        do throws(OriginOptionsError) {
            return try LocalService(endpoint.target).origin(on: eventLoop, memoryBudget: memoryBudget)
        } catch {
            return nil
        }
    }
}
