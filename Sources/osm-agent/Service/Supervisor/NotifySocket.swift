#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A socket on which a supervisor is told how this process is.
struct NotifySocket: ~Copyable, Sendable {
    private let descriptor: Int32
    private let name: [UInt8]

    /// How long a supervisor that reads nothing is waited for.
    private static let patience = 2

    /// Nil for a name that is too long, and when the system gives no socket.
    ///
    /// - Parameter name: A path, or `@` and a name that no file has.
    init?(name: String) {
        var bytes = Array(name.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
        #if canImport(Darwin)
        let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #else
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = descriptor
        self.name = bytes
    }

    deinit { close(descriptor) }

    /// Sends one datagram; what nobody takes is lost, as a supervisor that is gone is no reason to stop.
    func send(_ text: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // The length tells where a name ends that has no file.
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + socklen_t(name.count)
        let bytes = Array(text.utf8)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(descriptor, bytes, bytes.count, 0, address, length)
            }
        }
    }

    /// Removes variables from what children of this process will see; done before it has a second thread.
    static func forget(_ variables: [String]) {
        for variable in variables { unsafe unsetenv(variable) }
    }
}
