import NIOCore
import NIOSSL

/// Lets connections of agents without a certificate in, as far as there is room, and puts TLS on them.
///
/// ## Concurrency
/// Belongs to the event loop of its core.
final class EnrolmentDoor {
    private let core: EdgeCore
    private let configuration: EnrolmentConfiguration
    private var inside: HandshakeLimiter

    /// There is no room, or the edge drains.
    private struct Closed: Error {}

    init(core: EdgeCore) {
        self.core = core
        configuration = core.configuration.enrolment
        inside = HandshakeLimiter(
            perAddress: configuration.connectionsPerAddress,
            total: configuration.connections
        )
    }

    /// Sets up one accepted connection; throws when it is to be closed at once.
    func accept(_ channel: any Channel) throws {
        let key = HandshakeLimiter.Key(channel.remoteAddress)
        guard !core.isDraining, inside.begin(key) else { throw Closed() }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { _ in bound.value.inside.end(key) }
        let tls = NIOSSLServerHandler(context: core.identity.enrolmentContext)
        try channel.pipeline.syncOperations.addHandlers([ConnectionDeadline(configuration.deadline), tls])
    }
}
