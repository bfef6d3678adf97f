import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The user whose process is at the other end of a Unix socket, as the system recorded it when that end was made.
enum PeerUser {
    /// Whether this process answers a process of that user: one of its own user, or the administrator's.
    @Sendable static func mayAsk(_ user: UInt32) -> Bool { user == geteuid() || user == 0 }

    /// Whether this process tells anything to a process of that user: the administrator may ask anybody's.
    static func mayAnswer(_ user: UInt32) -> Bool { mayAsk(user) || geteuid() == 0 }

    /// - Throws: When the channel is not a connection over a Unix socket.
    static func id(of channel: any Channel) async throws -> UInt32 {
        guard let socket = channel as? any SocketOptionProvider else { throw AdminError(.anotherUser) }
        #if os(Linux)
        let peer: LinuxPeer = try await socket.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET),
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return peer.user
        #else
        let peer: xucred = try await socket.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: SOL_LOCAL),
            name: NIOBSDSocket.Option(rawValue: LOCAL_PEERCRED)
        ).get()
        return peer.cr_uid
        #endif
    }

    #if os(Linux)
    /// `struct ucred` of unix(7), which the C library declares only for those who ask for GNU extensions.
    private struct LinuxPeer {
        let process: Int32
        let user: UInt32
        let group: UInt32
    }
    #endif
}
