import NIOCore
import NIOPosix
import Testing

@testable import AdminHTTP

@Suite(.timeLimit(.minutes(5)))
struct AdminStreamTests {
    private let loopback = AdminAddress.tcp(host: "127.0.0.1", port: 0)

    /// Reads what a producer tells when it ends.
    private func endings() -> (AsyncStream<Bool>, AdminBodyProducer) {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let producer: AdminBodyProducer = { writer in
            defer {
                end.yield(Task.isCancelled)
                end.finish()
            }
            try await writer.write(ByteBuffer(string: "first\n"))
            try await Task.sleep(for: .seconds(3600))
        }
        return (ended, producer)
    }

    @Test func `lines come as they are written, with the type and the fields of the answer`() async throws {
        let (questions, ask) = AsyncStream.makeStream(of: Int.self)
        let route = AdminRoute.get { _ in
            var response = AdminResponse.stream(contentType: "text/event-stream") { writer in
                for await question in questions {
                    try await writer.write(ByteBuffer(string: "answer \(question)\n"))
                }
            }
            response.fields = [(name: "x-stream", value: "yes")]
            return response
        }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            let received = try await AdminClient.lines(.get, "/", at: address) { lines in
                #expect(lines.status == 200)
                #expect(lines.contentType == "text/event-stream")
                var received: [String] = []
                for number in 1...3 {
                    ask.yield(number)
                    let line = try #require(try await lines.next())
                    received.append(String(buffer: line))
                }
                ask.finish()
                #expect(try await lines.next() == nil)
                return received
            }
            #expect(received == ["answer 1", "answer 2", "answer 3"])
        }
    }

    @Test func `a stream is sent in chunks and ends its connection`() async throws {
        let route = AdminRoute.get { _ in
            .stream(contentType: "text/plain") { writer in
                try await writer.write(ByteBuffer())
                try await writer.write(ByteBuffer(string: "piece"))
            }
        }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            let answer = try await exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", at: address)
            #expect(answer.contains("transfer-encoding: chunked\r\n"))
            #expect(answer.contains("connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n5\r\npiece\r\n0\r\n\r\n"))
        }
    }

    @Test func `a caller of long ago gets the body until the end of the connection`() async throws {
        let route = AdminRoute.get { _ in
            .stream(contentType: "text/plain") { try await $0.write(ByteBuffer(string: "piece")) }
        }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            let answer = try await exchange("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", at: address)
            #expect(answer.hasSuffix("\r\n\r\npiece"))
            #expect(!answer.contains("chunked"))
        }
    }

    @Test func `a producer learns that its caller has left`() async throws {
        let (ended, producer) = endings()
        let route = AdminRoute.post { _ in .stream(contentType: "text/plain", producer) }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            try await AdminClient.lines(.post(ByteBuffer(string: "{}")), "/", at: address) { lines in
                let first = try #require(try await lines.next())
                #expect(String(buffer: first) == "first")
            }
            #expect(await ended.first { _ in true } == true)
        }
    }

    @Test func `a producer is cancelled when the server ends, and the caller sees that it was cut`() async throws {
        let (ended, producer) = endings()
        let route = AdminRoute.get { _ in .stream(contentType: "text/plain", producer) }
        let (addresses, bound) = AsyncStream.makeStream(of: AdminAddress.self)
        let server = AdminServer(loopback, routes: ["/": route])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { bound.yield($0) } }
            let address = try #require(await addresses.first { _ in true })
            try await AdminClient.lines(.get, "/", at: address) { lines in
                _ = try await lines.next()
                group.cancelAll()
                let error = await #expect(throws: AdminError.self) { try await lines.next() }
                #expect(error?.code == .answerCut)
            }
            try await group.waitForAll()
        }
        #expect(await ended.first { _ in true } == true)
    }

    @Test func `a producer that fails cuts the answer`() async throws {
        let route = AdminRoute.get { _ in
            .stream(contentType: "text/plain") { writer in
                try await writer.write(ByteBuffer(string: "half"))
                throw AdminError(.answerTooLong)
            }
        }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            try await AdminClient.lines(.get, "/", at: address) { lines in
                let error = await #expect(throws: AdminError.self) { try await lines.next() }
                #expect(error?.code == .answerCut)
            }
        }
    }

    @Test func `a caller that takes nothing holds the producer up and is cut off`() async throws {
        var limits = AdminServer.Limits.standard
        limits.stall = .milliseconds(50)
        let (written, count) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let route = AdminRoute.get { _ in
            .stream(contentType: "text/plain") { writer in
                defer { count.finish() }
                var total = 0
                while true {
                    try await writer.write(ByteBuffer(repeating: 65, count: 64 * 1024))
                    total += 64 * 1024
                    count.yield(total)
                }
            }
        }
        try await withServer(AdminServer(loopback, routes: ["/": route], limits: limits)) { address in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(to: try address.socketAddress()).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            // What the system buffers for a loopback connection is the only place where bytes can go.
            let total = await written.reduce(0) { max($0, $1) }
            #expect(total < 64 * 1024 * 1024)
            try await channel.close()
        }
    }

    @Test func `more streams than the limit are refused while whole answers go on`() async throws {
        var limits = AdminServer.Limits.standard
        limits.streams = 1
        let (_, producer) = endings()
        let routes = [
            "/stream": AdminRoute.get { _ in .stream(contentType: "text/plain", producer) },
            "/whole": .get { _ in .text("fine") },
        ]
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            try await AdminClient.lines(.get, "/stream", at: address) { lines in
                _ = try await lines.next()
                #expect(try await AdminClient.get("/stream", at: address).status == 503)
                #expect(try await AdminClient.get("/whole", at: address).status == 200)
            }
        }
    }

    @Test func `HEAD has no answer where the length is not known`() async throws {
        let route = AdminRoute.get { _ in .stream(contentType: "text/plain") { _ in } }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            let answer = try await exchange(
                "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                at: address
            )
            #expect(answer.hasPrefix("HTTP/1.1 405 "))
        }
    }

    @Test func `a line beyond the limit is not kept`() async throws {
        let route = AdminRoute.get { _ in
            .stream(contentType: "text/plain") { writer in
                try await writer.write(ByteBuffer(repeating: 65, count: 101))
                try await Task.sleep(for: .seconds(3600))
            }
        }
        var limits = AdminClient.Limits.standard
        limits.lineBytes = 100
        try await withServer(AdminServer(loopback, routes: ["/": route])) { [limits] address in
            try await AdminClient.lines(.get, "/", at: address, limits: limits) { lines in
                let error = await #expect(throws: AdminError.self) { try await lines.next() }
                #expect(error?.code == .answerTooLong)
            }
        }
    }

    @Test func `a stream that does not begin is given up at the deadline`() async throws {
        let route = AdminRoute.get { _ in
            do { try await Task.sleep(for: .seconds(3600)) } catch { return .text("cancelled") }
            return .text("late")
        }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            let error = await #expect(throws: AdminError.self) {
                try await AdminClient.lines(.get, "/", at: address, limits: .init(deadline: .milliseconds(50))) { _ in }
            }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func `a stream that is cut before it begins is no stream that is late`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { $0.close() }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let error = await #expect(throws: AdminError.self) {
            try await AdminClient.lines(.get, "/", at: .tcp(host: "127.0.0.1", port: port)) { _ in }
        }
        #expect(error?.code == .answerCut)
        try await listener.close().get()
    }

    @Test func `a refusal can be read as one`() async throws {
        let route = AdminRoute.post { _ in .text("line one\nline two\n", status: 409) }
        try await withServer(AdminServer(loopback, routes: ["/": route])) { address in
            try await AdminClient.lines(.post(ByteBuffer()), "/", at: address) { lines in
                #expect(lines.status == 409)
                let refusal = try await lines.rest()
                #expect(String(buffer: refusal) == "line one\nline two\n")
            }
        }
    }
}
