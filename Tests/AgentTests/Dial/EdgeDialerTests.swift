@testable import Agent
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EdgeDialerTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Dials, waits for the bytes, and gives back what came and how long the dial took.
    private func dial(
        _ dialer: EdgeDialer,
        _ edge: EdgeAddress,
        says text: String = "",
        until count: Int
    ) async throws -> (received: String, took: Duration) {
        let inbox = Inbox()
        let start = ContinuousClock.now
        let channel = try await dialer.connect(to: edge, on: eventLoop) { $0.pipeline.addHandler(inbox) }.get()
        let took = ContinuousClock.now - start
        if !text.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: text)) }
        let received = await inbox.text(of: count)
        try await channel.close()
        return (received, took)
    }

    private func failure(_ dialer: EdgeDialer, _ edge: EdgeAddress) async throws -> DialFailure {
        try await #require(throws: DialFailure.self) {
            _ = try await dialer.connect(to: edge, on: eventLoop) { $0.eventLoop.makeSucceededVoidFuture() }.get()
        }
    }

    private func address(of server: any Channel, host: String = "127.0.0.1") throws -> EdgeAddress {
        try #require(EdgeAddress("\(host):\(server.localAddress?.port ?? 0)"))
    }

    private func named(_ text: String) throws -> EdgeAddress { try #require(EdgeAddress(text)) }

    private func proxied(_ url: String, seconds: Int64 = 10) throws -> EdgeDialer {
        EdgeDialer(proxy: .always(try ProxyAddress(url)), deadline: .seconds(seconds))
    }

    // MARK: Directly

    @Test func `connects to an address and to a name`() async throws {
        let edge = try await FarEnd.greeting("hello")
        for host in ["127.0.0.1", "localhost"] {
            let dialer = EdgeDialer(deadline: .seconds(10))
            #expect(try await dial(dialer, address(of: edge, host: host), says: "you", until: 8).received == "helloyou")
        }
    }

    @Test func `an IPv6 address that is dead does not keep an IPv4 address waiting`() async throws {
        let edge = try await FarEnd.greeting("hello")
        let dead = try await DeadEnd(host: "::1")
        let silent = dead.address
        let alive = try #require(edge.localAddress)
        let lookup = NameLookup { _, _, family, loop in loop.makeSucceededFuture(family == .v4 ? [alive] : [silent]) }
        let dialer = EdgeDialer(deadline: .seconds(20), lookup: lookup)
        let (received, took) = try await dial(dialer, try named("edge.example"), until: 5)
        #expect(received == "hello")
        #expect(took < .seconds(5))
        try await dead.close()
    }

    @Test func `a name server that is silent about IPv6 does not keep an IPv4 address waiting`() async throws {
        let edge = try await FarEnd.greeting("hello")
        let alive = try #require(edge.localAddress)
        let silence = eventLoop.makePromise(of: [SocketAddress].self)
        let lookup = NameLookup { _, _, family, loop in
            family == .v4 ? loop.makeSucceededFuture([alive]) : silence.futureResult
        }
        let dialer = EdgeDialer(deadline: .seconds(20), lookup: lookup)
        #expect(try await dial(dialer, try named("edge.example"), until: 5).took < .seconds(5))
        silence.succeed([])
    }

    @Test func `only addresses of the version asked for are used`() async throws {
        let edge = try await FarEnd.greeting("hello")
        let four = EdgeDialer(version: .v4, deadline: .seconds(10))
        let six = EdgeDialer(version: .v6, deadline: .seconds(10))
        #expect(try await dial(four, address(of: edge), until: 5).received == "hello")
        #expect(try await failure(six, address(of: edge)).code == .noAddressOfVersion)
    }

    @Test func `a port where nothing listens`() async throws {
        let server = try await FarEnd.greeting("")
        let edge = try address(of: server)
        try await server.close()
        let failure = try await failure(EdgeDialer(deadline: .seconds(10)), edge)
        #expect(failure == DialFailure(.refused, at: .edge, towards: edge))
    }

    @Test func `an address that does not answer`() async throws {
        let dead = try await DeadEnd(host: "127.0.0.1")
        let edge = try named("127.0.0.1:\(dead.address.port ?? 0)")
        #expect(try await failure(EdgeDialer(deadline: .milliseconds(500)), edge).code == .filtered)
        try await dead.close()
    }

    @Test func `names that have no address`() async throws {
        let edge = try named("edge.invalid")
        let absent = NameLookup { _, _, _, loop in loop.makeFailedFuture(LookupFailure.notFound) }
        #expect(try await failure(EdgeDialer(deadline: .seconds(10), lookup: absent), edge).code == .nameNotFound)
        let broken = NameLookup { _, _, _, loop in loop.makeFailedFuture(LookupFailure.failed("no server")) }
        let failure = try await failure(EdgeDialer(deadline: .seconds(10), lookup: broken), edge)
        #expect(failure == DialFailure(.resolverFailed, at: .edge, towards: edge, detail: "no server"))
    }

    @Test func `a name server that says nothing`() async throws {
        let silence = eventLoop.makePromise(of: [SocketAddress].self)
        let lookup = NameLookup { _, _, _, _ in silence.futureResult }
        let dialer = EdgeDialer(deadline: .milliseconds(300), lookup: lookup)
        #expect(try await failure(dialer, try named("edge.example")).code == .resolverFailed)
        silence.succeed([])
    }

    @Test func `what cannot talk to the edge leaves no connection behind`() async throws {
        struct Unable: Error {}
        let edge = try await FarEnd.greeting("")
        let inbox = Inbox()
        let dialer = EdgeDialer(deadline: .seconds(10))
        await #expect(throws: Unable.self) {
            _ = try await dialer.connect(to: address(of: edge), on: eventLoop) { channel in
                channel.pipeline.addHandler(inbox).flatMapThrowing { throw Unable() }
            }.get()
        }
        await inbox.end()
    }

    // MARK: Through a proxy

    @Test(arguments: [TestProxy.Kind.http, .socks5], [nil, "us er:p@ss:wörd"])
    func `through a proxy that really connects`(kind: TestProxy.Kind, password: String?) async throws {
        let edge = try await FarEnd.greeting("hello")
        let proxy = try await TestProxy(kind, password: password)
        let scheme = kind == .http ? "http" : "socks5h"
        let user = password == nil ? "" : "us%20er:p%40ss%3Aw%C3%B6rd@"
        let dialer = try proxied("\(scheme)://\(user)127.0.0.1:\(proxy.port)")
        for host in ["127.0.0.1", "localhost"] {
            let address = try address(of: edge, host: host)
            #expect(try await dial(dialer, address, says: "you", until: 8).received == "helloyou")
            #expect(proxy.log.all.last == "\(host) \(address.port)")
        }
    }

    @Test(arguments: [TestProxy.Kind.http, .socks5])
    func `a proxy that wants a password or another one`(kind: TestProxy.Kind) async throws {
        let edge = try named("edge.example")
        let proxy = try await TestProxy(kind, password: "user:right")
        let scheme = kind == .http ? "http" : "socks5"
        let without = try await failure(proxied("\(scheme)://127.0.0.1:\(proxy.port)"), edge)
        #expect(without == DialFailure(.proxyNeedsPassword, at: .proxy("127.0.0.1:\(proxy.port)"), towards: edge))
        let wrong = try await failure(proxied("\(scheme)://user:wrong@127.0.0.1:\(proxy.port)"), edge)
        #expect(wrong.code == .proxyRefusesPassword)
        #expect(!"\(wrong)".contains("wrong"))
    }

    @Test(arguments: [TestProxy.Kind.http, .socks5])
    func `an edge that the proxy cannot reach`(kind: TestProxy.Kind) async throws {
        let nobody = try await RefusingPort()
        let edge = try #require(EdgeAddress("127.0.0.1:\(nobody.number)"))
        let proxy = try await TestProxy(kind)
        let scheme = kind == .http ? "http" : "socks5"
        #expect(try await failure(proxied("\(scheme)://127.0.0.1:\(proxy.port)"), edge).code == .proxyCannotReach)
        try await nobody.close()
    }

    @Test func `a proxy that is not there`() async throws {
        let nobody = try await RefusingPort()
        let edge = try named("edge.example")
        let failure = try await failure(proxied("127.0.0.1:\(nobody.number)"), edge)
        #expect(failure == DialFailure(.refused, at: .proxy("127.0.0.1:\(nobody.number)"), towards: edge))
        try await nobody.close()
    }

    @Test(arguments: ["http", "socks5"])
    func `no byte that comes with the proxy's last word is lost`(scheme: String) async throws {
        let answers: [[UInt8]] =
            scheme == "http"
            ? [Array("HTTP/1.1 200 OK\r\n\r\nhello".utf8)]
            : [[5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Array("hello".utf8)]
        let proxy = try await FarEnd.answering(answers + [Array(" again".utf8)])
        let dialer = try proxied("\(scheme)://127.0.0.1:\(proxy.localAddress?.port ?? 0)")
        let edge = try named("edge.example")
        #expect(try await dial(dialer, edge, says: "you", until: 11).received == "hello again")
    }

    @Test(arguments: ["http", "socks5"])
    func `a proxy that says nothing`(scheme: String) async throws {
        let proxy = try await FarEnd.answering([])
        let dialer = EdgeDialer(
            proxy: .always(try ProxyAddress("\(scheme)://127.0.0.1:\(proxy.localAddress?.port ?? 0)")),
            deadline: .milliseconds(300)
        )
        #expect(try await failure(dialer, try named("edge.example")).code == .proxySilent)
    }

    @Test(arguments: ["http", "socks5"], [[], Array("SSH-2.0-x\r\n".utf8)])
    func `what is no proxy`(scheme: String, answer: [UInt8]) async throws {
        let server = try await FarEnd.answering([answer], closes: true)
        let dialer = try proxied("\(scheme)://127.0.0.1:\(server.localAddress?.port ?? 0)")
        #expect(try await failure(dialer, try named("edge.example")).code == .proxyBroken)
    }
}
