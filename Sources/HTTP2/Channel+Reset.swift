package import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension Channel {
    /// Closes a TCP connection with a RST, whatever it had still to write; other channels are closed as they are.
    package func closeWithReset() {
        guard let options = self as? any SocketOptionProvider else { return close(promise: nil) }
        let atOnce = linger(l_onoff: 1, l_linger: 0)
        options.setSoLinger(atOnce).whenComplete { _ in self.close(promise: nil) }
    }
}
