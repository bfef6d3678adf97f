package import NIOCore
import NIOPosix

/// How a name becomes addresses: the system's way, unless a test brings its own.
package struct NameLookup: Sendable {
    /// One of the two kinds of address, each with a question of its own.
    package enum Family: Sendable, Equatable { case v4, v6 }

    /// Asks for the addresses of one family, best first.
    package typealias Question =
        @Sendable (
            _ host: String, _ port: Int, _ family: Family, _ eventLoop: any EventLoop
        ) -> EventLoopFuture<[SocketAddress]>

    let ask: Question

    package init(_ ask: @escaping Question) { self.ask = ask }

    /// The resolver of the operating system: its files, its name servers, whatever it is set up for.
    ///
    /// A question blocks a thread of NIO's pool for as long as the system takes; no event loop waits with it.
    package static let system = NameLookup { host, port, family, eventLoop in
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try SystemResolver.addresses(of: host, port: port, family: family)
        }
    }
}

/// Why a name has no address.
package enum LookupFailure: Error, Equatable {
    /// There is no such name, or it has no address of that family.
    case notFound
    /// The resolver could not say, in the system's words.
    case failed(String)
}
