import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Two stream sockets of this process that are connected to each other, and to nobody else; who takes them closes them.
struct SocketPair {
    let near: CInt
    let far: CInt

    /// - Throws: `IOError`, usually because the process has as many descriptors as it may have.
    init() throws {
        var descriptors: [CInt] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Self.kind, 0, &descriptors) == 0 else {
            throw IOError(errnoCode: errno, reason: "socketpair")
        }
        (near, far) = (descriptors[0], descriptors[1])
        for descriptor in descriptors {
            // Neither can fail for a descriptor that is open.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
    }

    #if canImport(Glibc)
    private static let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
    private static let kind = SOCK_STREAM
    #endif
}
