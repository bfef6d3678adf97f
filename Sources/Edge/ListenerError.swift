import AdminHTTP
import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A listener could not be opened; it says which, why, and what to do.
package struct ListenerError: Error, CustomStringConvertible {
    /// The listeners of an edge, by the keys of their settings.
    package enum Listener: String, Sendable {
        case tunnel = "tunnel.listen"
        case visitor = "visitor.listen"
        case admin = "admin.listen"
        case beside = "internal.listen"
        case enrolment = "enroll.listen"
    }

    package let listener: Listener
    package let address: String
    let cause: any Error

    package var description: String { "\(listener.rawValue): cannot listen on \(address): \(reason)" }

    private var reason: String {
        let cause = (cause as? AdminError)?.cause ?? cause
        switch (cause as? IOError)?.errnoCode {
        case EADDRINUSE: return "another process does; stop that one, or set another address"
        case EACCES: return "not permitted; ports below 1024 need the capability CAP_NET_BIND_SERVICE"
        case EADDRNOTAVAIL: return "no interface of this machine has that address"
        case EAFNOSUPPORT: return "this machine has no IPv6; set an address of IPv4, such as 0.0.0.0 and the port"
        default: return "\(cause)"
        }
    }

    /// Says of an error which listener it kept from opening.
    static func naming<Bound>(
        _ listener: Listener,
        _ address: String,
        _ bind: () async throws -> Bound
    ) async throws -> Bound {
        do {
            return try await bind()
        } catch let error as CancellationError {
            throw error
        } catch let error as AdminError where !error.isAboutListening {
            throw error
        } catch {
            throw ListenerError(listener: listener, address: address, cause: error)
        }
    }
}
