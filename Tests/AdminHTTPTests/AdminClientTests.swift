import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import AdminHTTP

@Suite(.timeLimit(.minutes(5)))
struct AdminClientTests {
    private func code(_ limits: AdminClient.Limits = .standard, at address: AdminAddress) async -> AdminError.Code? {
        do throws(AdminError) {
            _ = try await AdminClient.get("/", at: address, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    /// A listener that accepts, sends `answer` and then, if told so, closes.
    private func withListener(
        sending answer: String,
        closing: Bool,
        _ body: (AdminAddress) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    channel.pipeline.fireChannelActive()
                    let written = channel.writeAndFlush(ByteBuffer(string: answer))
                    if closing { written.whenComplete { _ in channel.close(promise: nil) } }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await body(.tcp(host: "127.0.0.1", port: port))
        try await listener.close()
    }

    @Test func `nobody there is said at once`() async {
        #expect(await code(at: .unix(path: "/tmp/osm-nobody.sock")) == .cannotConnect)
    }

    @Test func `an endpoint that says nothing is given up at the deadline`() async throws {
        try await withListener(sending: "", closing: false) { address in
            #expect(await code(.init(deadline: .milliseconds(50)), at: address) == .timedOut)
        }
    }

    @Test func `an answer beyond the limit is not kept`() async throws {
        let routes = ["/": AdminRoute.get { _ in .text(String(repeating: "x", count: 1000)) }]
        try await withServer(AdminServer(.tcp(host: "127.0.0.1", port: 0), routes: routes)) { address in
            #expect(await code(.init(bodyBytes: 999), at: address) == .answerTooLong)
            #expect(await code(.init(bodyBytes: 1000), at: address) == nil)
        }
    }

    @Test func `an answer that comes while the request is still being written is an answer`() async throws {
        let routes = ["/": AdminRoute.get { _ in .text("here") }]
        try await withServer(AdminServer(.tcp(host: "127.0.0.1", port: 0), routes: routes)) { address in
            let failures = await withTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask {
                        var failures: [AdminError.Code] = []
                        for _ in 0..<50 { if let code = await code(.patient, at: address) { failures.append(code) } }
                        return failures
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(failures == [])
        }
    }
}
