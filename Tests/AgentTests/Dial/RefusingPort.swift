import NIOCore
import NIOPosix
import Testing

/// A port of this machine where nobody listens and nobody else can: a client's own.
///
/// One that was free a moment ago may be somebody else's by now.
struct RefusingPort {
    private let listener: any Channel
    private let client: any Channel
    let number: Int

    init() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(listener.localAddress)
        client = try await ClientBootstrap(group: group).connect(to: address).get()
        number = try #require(client.localAddress?.port)
    }

    func close() async throws {
        try await client.close()
        try await listener.close()
    }
}
