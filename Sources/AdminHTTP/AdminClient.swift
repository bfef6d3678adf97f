package import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks an admin endpoint one thing: for commands such as `status`, and for health checks.
package enum AdminClient {
    /// A complete answer.
    package struct Answer: Sendable {
        package let status: Int
        package let contentType: String
        package let body: ByteBuffer
    }

    /// The bounds of one question.
    package struct Limits: Sendable {
        /// For everything, connecting included.
        package var deadline = Duration.seconds(5)
        /// Bytes of the answer's body.
        package var bodyBytes = 4 * 1024 * 1024

        /// The limits that suit a command.
        package static let standard = Limits()
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Sends GET and takes the whole answer, whatever its status.
    package static func get(
        _ path: String,
        at address: AdminAddress,
        limits: Limits = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(AdminError) -> Answer {
        try await ask(.GET, path, body: ByteBuffer(), address, limits, group)
    }

    /// Sends POST with a body and takes the whole answer, whatever its status.
    package static func post(
        _ path: String,
        body: ByteBuffer,
        at address: AdminAddress,
        limits: Limits = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(AdminError) -> Answer {
        try await ask(.POST, path, body: body, address, limits, group)
    }

    private static func ask(
        _ method: HTTPMethod,
        _ path: String,
        body: ByteBuffer,
        _ address: AdminAddress,
        _ limits: Limits,
        _ group: any EventLoopGroup
    ) async throws(AdminError) -> Answer {
        let socketAddress = try address.socketAddress()
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        head.headers.add(name: "host", value: host(of: address))
        head.headers.add(name: "connection", value: "close")
        if method == .POST { head.headers.add(name: "content-length", value: "\(body.readableBytes)") }
        let request = head
        do {
            return try await within(limits.deadline) {
                let connection = try await connect(to: socketAddress, group)
                return try await connection.executeThenClose { parts, outbound in
                    try await outbound.write(.head(request))
                    if body.readableBytes > 0 { try await outbound.write(.body(.byteBuffer(body))) }
                    try await outbound.write(.end(nil))
                    return try await collect(parts, limit: limits.bodyBytes)
                }
            }
        } catch let error as AdminError {
            throw error
        } catch {
            throw AdminError(.answerCut, cause: error)
        }
    }

    private static func host(of address: AdminAddress) -> String {
        switch address {
        case .tcp: address.description
        case .unix: "localhost"
        }
    }

    private static func connect(to address: SocketAddress, _ group: any EventLoopGroup) async throws -> Connection {
        do {
            return try await ClientBootstrap(group: group).connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        } catch {
            throw AdminError(.cannotConnect, cause: error)
        }
    }

    private static func collect(
        _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        limit: Int
    ) async throws -> Answer {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        for try await part in parts {
            switch part {
            case .head(let received):
                head = received
            case .body(var bytes):
                guard body.readableBytes + bytes.readableBytes <= limit else { throw AdminError(.answerTooLong) }
                body.writeBuffer(&bytes)
            case .end:
                guard let head else { throw AdminError(.answerCut) }
                let contentType = head.headers.first(name: "content-type") ?? ""
                return Answer(status: Int(head.status.code), contentType: contentType, body: body)
            }
        }
        throw AdminError(.answerCut)
    }
}
