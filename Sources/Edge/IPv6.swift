import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The newer of the two families of addresses, which a kernel may have been started without.
package enum IPv6 {
    /// Asks the system for a socket of it; whatever else keeps one from opening is not taken for its absence.
    package static func isMissing() async -> Bool {
        do {
            let probe = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "::", port: 0).get()
            try await probe.close()
            return false
        } catch let error as IOError {
            return error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
        } catch {
            return false
        }
    }
}
