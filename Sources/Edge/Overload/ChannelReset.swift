import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension Channel {
    /// Closes with a reset: the kernel's buffer goes too, and the peer can tell that this was no good end.
    ///
    /// To be called on the channel's event loop.
    func closeWithReset() {
        guard let socket = self as? any SocketOptionProvider else { return close(promise: nil) }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { [self] _ in close(promise: nil) }
    }
}
