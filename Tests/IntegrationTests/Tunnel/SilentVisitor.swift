import Foundation
import NIOCore
import NIOPosix

/// A visitor who asks for something and does not read the answer.
final class SilentVisitor {
    private let channel: any Channel

    init(port: Int, path: String) throws {
        channel = try ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).wait()
        let request = "GET \(path) HTTP/1.1\r\nHost: demo.localhost\r\n\r\n"
        try channel.writeAndFlush(ByteBuffer(string: request)).wait()
    }

    deinit { channel.close(promise: nil) }

    func leave() { channel.close(promise: nil) }

    /// Whether the kernel holds bytes of the answer for this visitor.
    func hasBytes() throws -> Bool {
        guard let own = channel.localAddress?.port, let edge = channel.remoteAddress?.port else { return false }
        // The row of our end: the edge's end has one of its own, and so may an earlier connection from the same port.
        let row = String(format: "^ *[0-9]+: 0100007F:%04X 0100007F:%04X ", own, edge)
        let line = try Shell.run(["grep", "-E", row, "/proc/net/tcp"]).output
        // Local address, remote address, state, then what waits to be sent and to be read.
        let queues = line.split(separator: " ").dropFirst(4).first?.split(separator: ":")
        return Int(queues?.last ?? "0", radix: 16) ?? 0 > 0
    }
}
