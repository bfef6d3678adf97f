import AdminHTTP
import Synchronization

/// Decides who may ask the inspector anything.
///
/// A page of another site can make a browser send requests to a loopback port. One that has pointed its own name here
/// stops at the host, any other at its origin, and whatever is no browser needs the token.
///
/// ## Concurrency
/// The port is set once, before the first connection; a lock covers it.
final class InspectorDoor: Sendable {
    private let token: InspectorToken
    private let port = Mutex(0)

    init(token: InspectorToken) { self.token = token }

    /// Tells on which port the server listens.
    func opened(on port: Int) { self.port.withLock { $0 = port } }

    /// The refusal, or nil for a request that may reach its route.
    func check(_ request: AdminRequest) -> AdminResponse? {
        let port = port.withLock { $0 }
        guard let host = request.host?.lowercased(),
            ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"].contains(host)
        else { return .problem("This is not an address of the inspector.", status: 421) }
        if let origin = request.origin, origin.lowercased() != "http://\(host)" {
            return .problem("Pages of other sites have no access.", status: 403)
        }
        // The page itself holds nothing that is secret, and has to be there before it can send the token.
        guard request.path.hasPrefix("/api/") else { return nil }
        guard token.isIn(authorization: request.field("authorization")) else {
            return .problem("The token is missing or wrong: open the link that the agent printed.", status: 401)
        }
        return nil
    }
}
