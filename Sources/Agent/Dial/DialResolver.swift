import NIOCore
import NIOPosix
import Synchronization

/// Asks for the addresses of one dial and remembers what came of it, so that a failure can name its cause.
///
/// ## Concurrency
/// NIO asks on its event loop; the answers are kept behind a lock.
final class DialResolver: Resolver, Sendable {
    /// What became of the two questions.
    struct Answers: Equatable {
        var pending = 0
        var addresses = 0
        var failures: [LookupFailure] = []
        /// Addresses of a family that may not be used are not even asked for.
        var isRestricted = false
    }

    private let lookup: NameLookup
    private let version: IPVersion
    private let eventLoop: any EventLoop
    private let kept: Mutex<Answers>

    init(lookup: NameLookup, version: IPVersion, eventLoop: any EventLoop) {
        self.lookup = lookup
        self.version = version
        self.eventLoop = eventLoop
        kept = Mutex(Answers(isRestricted: version != .any))
    }

    var answers: Answers { kept.withLock { $0 } }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { ask(host, port, .v4) }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { ask(host, port, .v6) }

    /// The system's resolver cannot be stopped; an answer that comes late is dropped.
    func cancelQueries() {}

    private func ask(_ host: String, _ port: Int, _ family: NameLookup.Family) -> EventLoopFuture<[SocketAddress]> {
        guard version.includes(family) else { return eventLoop.makeSucceededFuture([]) }
        kept.withLock { $0.pending += 1 }
        return lookup.ask(host, port, family, eventLoop).always { [self] in answered($0) }
    }

    private func answered(_ result: Result<[SocketAddress], any Error>) {
        kept.withLock { answers in
            answers.pending -= 1
            switch result {
            case .success(let found): answers.addresses += found.count
            case .failure(let error as LookupFailure): answers.failures.append(error)
            case .failure(let error): answers.failures.append(.failed("\(error)"))
            }
        }
    }
}
