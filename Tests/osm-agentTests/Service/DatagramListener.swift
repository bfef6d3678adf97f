import NIOPosix
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The datagram socket that a supervisor would have opened.
final class DatagramListener: Sendable {
    private let descriptor: Int32

    /// Opens it under a path, or under `@` and a name that no file has.
    init(_ name: String) throws {
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
        #if canImport(Darwin)
        let kind = SOCK_DGRAM
        #else
        let kind = Int32(SOCK_DGRAM.rawValue)
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        try #require(descriptor >= 0)
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        try #require(outcome == 0)
    }

    deinit { close(descriptor) }

    /// The next message, waited for on a thread that may wait.
    func next() async throws -> String {
        let message = try await NIOThreadPool.singleton.runIfActive { [descriptor] in Self.message(at: descriptor) }
        return try #require(message, "nothing came")
    }

    private static func message(at descriptor: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
