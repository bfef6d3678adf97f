import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Has the system ask whether the other end of a silent connection is still there.
///
/// A visitor who listens only, and vanishes without a word, is found by nothing else: nobody writes to it.
enum KeepAlive {
    /// Seconds of silence before the first question.
    private static let idle: Int = 60
    /// Seconds between questions, of which a Linux asks nine by default.
    private static let interval: Int = 15

    /// Sets it for all connections that a listener accepts, which inherit it.
    static func inherit(from bootstrap: ServerBootstrap) -> ServerBootstrap {
        bootstrap
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            .serverChannelOption(.tcpOption(idleOption), value: idle)
            .serverChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: interval)
    }

    private static var idleOption: NIOBSDSocket.Option {
        #if canImport(Darwin)
        NIOBSDSocket.Option(rawValue: TCP_KEEPALIVE)
        #else
        NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
        #endif
    }
}
