import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL

/// Makes connections to one origin: finds its address, checks it, and speaks TLS when the target says so.
///
/// ## Concurrency
/// Belongs to one event loop, on which its connections live too.
final class OriginDialer {
    let target: OriginTarget
    let eventLoop: any EventLoop
    private let tls: OriginTLS?
    private let deadline: TimeAmount

    init(_ target: OriginTarget, tls: OriginTLS?, deadline: TimeAmount, on eventLoop: any EventLoop) {
        self.target = target
        self.tls = tls
        self.deadline = deadline
        self.eventLoop = eventLoop
    }

    /// Opens a connection that is ready for use: TLS is done, when there is any.
    ///
    /// - Parameters:
    ///   - preface: Bytes for the very beginning, before TLS; nil for none.
    ///   - configure: Sets the options of the socket.
    ///   - prepare: Adds handlers to the channel; called once for every address that is tried.
    ///   - whenDone: Told once, on the event loop.
    func dial(
        preface: ByteBuffer? = nil,
        _ configure: (ClientBootstrap) -> ClientBootstrap,
        prepare: @escaping (any Channel) throws -> Void,
        whenDone: @escaping (Result<any Channel, OriginFailure>) -> Void
    ) {
        let bootstrap = configure(ClientBootstrap(group: eventLoop).connectTimeout(deadline))
        connect(bootstrap, preface: preface, tls: { try self.tls?.handler() }, prepare) { [self] result in
            switch result {
            case .success(let channel): whenDone(.success(channel))
            case .failure(.tls(.badCertificate)): diagnose(preface: preface) { whenDone(.failure(.tls($0))) }
            case .failure(let failure): whenDone(.failure(failure))
            }
        }
    }

    // MARK: Connecting

    private func connect(
        _ bootstrap: ClientBootstrap,
        preface: ByteBuffer?,
        tls: @escaping () throws -> NIOSSLClientHandler?,
        _ prepare: @escaping (any Channel) throws -> Void,
        _ whenDone: @escaping (Result<any Channel, OriginFailure>) -> Void
    ) {
        let bound = NIOLoopBound(
            { [self] (channel: any Channel) in
                try addHandlers(to: channel, preface: preface, tls: try tls())
                try prepare(channel)
            },
            eventLoop: eventLoop
        )
        let dialling = bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try bound.value(channel) }
        }
        connect(dialling).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel): secure(channel, whenDone)
            case .failure(let error): whenDone(.failure(OriginFailure(connecting: error)))
            }
        }
    }

    private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        switch target.place {
        case .folder, .program: return eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
        case .host("localhost", let port):
            return bootstrap.resolver(LoopbackResolver(eventLoop: eventLoop)).connect(host: "localhost", port: port)
        case .host(let host, let port):
            // An address needs no resolver, which would cost a thread.
            guard let address = OriginReach.address(host, port: port) else {
                return bootstrap.connect(host: host, port: port)
            }
            return bootstrap.connect(to: address)
        }
    }

    private func addHandlers(to channel: any Channel, preface: ByteBuffer?, tls: NIOSSLClientHandler?) throws {
        let pipeline = channel.pipeline.syncOperations
        if case .host = target.place { try pipeline.addHandler(DialGuard(target.reach)) }
        if let preface { try pipeline.addHandler(OriginPreface(preface)) }
        guard let tls else { return }
        try pipeline.addHandlers(tls, OriginTLSGate(deadline: deadline, on: channel.eventLoop))
    }

    private func secure(_ channel: any Channel, _ whenDone: @escaping (Result<any Channel, OriginFailure>) -> Void) {
        guard let tls else { return whenDone(.success(channel)) }
        let name = tls.serverName ?? target.authority
        do {
            let gate = try channel.pipeline.syncOperations.handler(type: OriginTLSGate.self)
            gate.outcome.assumeIsolated().whenComplete { result in
                switch result {
                case .success: whenDone(.success(channel))
                case .failure(let error): whenDone(.failure(.tls(OriginTLSFailure(error, expecting: name))))
                }
            }
        } catch {
            // The channel is gone already, and its handlers with it.
            whenDone(.failure(.tls(.closed)))
        }
    }

    // MARK: A second look

    /// Asks for the certificates once more and says what is the matter with them; that connection carries nothing.
    private func diagnose(preface: ByteBuffer?, _ whenDone: @escaping (OriginTLSFailure) -> Void) {
        guard let tls else { return whenDone(.badCertificate) }
        var chain: [NIOSSLCertificate] = []
        connect(
            ClientBootstrap(group: eventLoop).connectTimeout(deadline),
            preface: preface,
            tls: { try tls.inspector { chain = $0 } },
            { _ in },
            { _ in whenDone(CertificateDiagnosis.of(chain, at: .now)) }
        )
    }
}

/// Says what comes before everything else on a connection.
private final class OriginPreface: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.fireChannelActive()
    }
}

/// What `localhost` means, whatever the system's files or name servers say (RFC 6761, 6.3).
private struct LoopbackResolver: Resolver, Sendable {
    let eventLoop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { address("127.0.0.1", port) }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { address("::1", port) }
    func cancelQueries() {}

    private func address(_ text: String, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeCompletedFuture { [try SocketAddress(ipAddress: text, port: port)] }
    }
}
