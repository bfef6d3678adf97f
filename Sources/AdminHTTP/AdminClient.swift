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
        let headers: HTTPHeaders

        /// The first field of that name, whatever its case; nil when there is none.
        package func field(_ name: String) -> String? { headers.first(name: name) }
    }

    /// Whose processes may answer on a Unix socket.
    package enum Answerer: Sendable {
        /// This user's and the administrator's.
        case ownUser
        /// Anybody's whom the folder of the socket lets in: for services that have a user of their own.
        case anyUser
    }

    /// The bounds of one question.
    package struct Limits: Sendable {
        /// For everything, connecting included; of a streamed answer, until its head has come.
        package var deadline = Duration.seconds(5)
        /// Bytes of the answer's body.
        package var bodyBytes = 4 * 1024 * 1024
        /// Bytes of one line of a streamed answer.
        package var lineBytes = 1024 * 1024

        /// The limits that suit a command.
        package static let standard = Limits()
    }

    typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

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
        answerer: Answerer = .ownUser,
        limits: Limits = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(AdminError) -> Answer {
        try await ask(.POST, path, body: body, address, answerer: answerer, limits, group)
    }

    /// Sends POST on a connection that is open already, takes the whole answer, and closes the connection.
    ///
    /// - Parameters:
    ///   - path: What to ask.
    ///   - body: JSON.
    ///   - host: The value of `Host`.
    ///   - channel: A connection that carries plain bytes, such as TLS at its end; nobody else uses it from now on.
    ///   - limits: The bounds, without connecting.
    /// - Returns: The answer, whatever its status.
    /// - Throws: When there is none in time, or no whole one.
    package static func post(
        _ path: String,
        body: ByteBuffer,
        host: String,
        on channel: any Channel,
        limits: Limits = .standard
    ) async throws(AdminError) -> Answer {
        do {
            return try await within(limits.deadline) {
                let connection = try await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }.get()
                return try await connection.executeThenClose { parts, outbound in
                    await send(.POST, path, body: body, host: host, outbound)
                    return try await collect(parts, limit: limits.bodyBytes)
                }
            }
        } catch let error as AdminError {
            throw error
        } catch {
            throw AdminError(.answerCut, cause: error)
        }
    }

    /// Sends DELETE and takes the whole answer, whatever its status.
    package static func delete(
        _ path: String,
        at address: AdminAddress,
        limits: Limits = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(AdminError) -> Answer {
        try await ask(.DELETE, path, body: ByteBuffer(), address, limits, group)
    }

    private static func ask(
        _ method: HTTPMethod,
        _ path: String,
        body: ByteBuffer,
        _ address: AdminAddress,
        answerer: Answerer = .ownUser,
        _ limits: Limits,
        _ group: any EventLoopGroup
    ) async throws(AdminError) -> Answer {
        do {
            return try await within(limits.deadline) {
                let connection = try await connect(to: address, answerer: answerer, within: limits.deadline, group)
                return try await connection.executeThenClose { parts, outbound in
                    await send(method, path, body: body, host: host(of: address), outbound)
                    return try await collect(parts, limit: limits.bodyBytes)
                }
            }
        } catch let error as AdminError {
            throw error
        } catch {
            throw AdminError(.answerCut, cause: error)
        }
    }

    /// Sends a request, as far as that is still possible.
    ///
    /// Whoever answers at once and closes may have done so before the last part is written; what came back says whether
    /// the answer is whole.
    static func send(
        _ method: HTTPMethod,
        _ path: String,
        body: ByteBuffer,
        host: String,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        head.headers.add(name: "host", value: host)
        head.headers.add(name: "connection", value: "close")
        if method != .GET { head.headers.add(name: "content-length", value: "\(body.readableBytes)") }
        if body.readableBytes > 0 { head.headers.add(name: "content-type", value: "application/json") }
        var parts: [HTTPClientRequestPart] = [.head(head)]
        if body.readableBytes > 0 { parts.append(.body(.byteBuffer(body))) }
        parts.append(.end(nil))
        do { try await outbound.write(contentsOf: parts) } catch {}  // the end of the answer is told by its reader
    }

    static func host(of address: AdminAddress) -> String {
        switch address {
        case .tcp: address.description
        case .unix: "localhost"
        }
    }

    static func connect(
        to address: AdminAddress,
        answerer: Answerer = .ownUser,
        within deadline: Duration,
        _ group: any EventLoopGroup
    ) async throws -> Connection {
        let connection: Connection
        do {
            // The bootstrap keeps the deadline: a connection that somebody else gave up would be nobody's to close.
            let bootstrap = ClientBootstrap(group: group).connectTimeout(TimeAmount(deadline))
            connection = try await bootstrap.connect(to: address.socketAddress()) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        } catch let error as AdminError {
            throw error
        } catch ChannelError.connectTimeout {
            throw AdminError(.timedOut)
        } catch {
            throw AdminError(.cannotConnect, cause: error)
        }
        switch (address, answerer) {
        case (.tcp, _), (.unix, .anyUser): return connection
        case (.unix, .ownUser): return try await checked(connection)
        }
    }

    /// Nothing is told to a process that another user has put in the agent's place.
    private static func checked(_ connection: Connection) async throws -> Connection {
        do {
            if PeerUser.mayAnswer(try await PeerUser.id(of: connection.channel)) { return connection }
        } catch {
            try await connection.executeThenClose { _, _ in }
            throw AdminError(.cannotConnect, cause: error)
        }
        try await connection.executeThenClose { _, _ in }
        throw AdminError(.anotherUser)
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
                return Answer(
                    status: Int(head.status.code),
                    contentType: contentType,
                    body: body,
                    headers: head.headers
                )
            }
        }
        throw AdminError(.answerCut)
    }
}
