import NIOCore
import NIOPosix
import Testing

@testable import AdminHTTP

@Suite(.timeLimit(.minutes(5)))
struct AdminServerTests {
    private let loopback = AdminAddress.tcp(host: "127.0.0.1", port: 0)
    private let routes: [String: AdminRoute] = [
        "/health": .get { _ in .text("fine\n") },
        "/echo": .post { .text("\($0.queryValue("q") ?? "-") \(String(buffer: $0.body))") },
        "/never": .get { _ in
            do { try await Task.sleep(for: .seconds(3600)) } catch { return .text("cancelled") }
            return .text("late")
        },
    ]

    @Test func `answers GET and POST and says what else there is`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let health = try await AdminClient.get("/health", at: address)
            #expect(health.status == 200)
            #expect(String(buffer: health.body) == "fine\n")
            #expect(health.contentType == "text/plain; charset=utf-8")
            let body = ByteBuffer(string: "hello")
            let echo = try await AdminClient.post("/echo?a=b&q=x%20y+z", body: body, at: address)
            #expect(String(buffer: echo.body) == "x y z hello")
            #expect(try await AdminClient.get("/other", at: address).status == 404)
            #expect(try await AdminClient.get("/echo", at: address).status == 405)
            #expect(try await AdminClient.post("/health", body: body, at: address).status == 405)
        }
    }

    @Test func `HEAD has the length and no body, and 405 names what is allowed`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let fields = "Host: 127.0.0.1\r\nConnection: close\r\n\r\n"
            let head = try await exchange("HEAD /health HTTP/1.1\r\n" + fields, at: address)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.contains("content-length: 5\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
            let refused = try await exchange("DELETE /health HTTP/1.1\r\n" + fields, at: address)
            #expect(refused.contains("HTTP/1.1 405 "))
            #expect(refused.contains("allow: GET, HEAD\r\n"))
        }
    }

    @Test func `a path with a place, and every method of it`() async throws {
        let route = AdminRoute(
            get: { .text("shown \($0.parameter("name")), \($0.field("accept") ?? "anything")") },
            post: { .text("made \($0.parameter("name"))", status: 201) },
            put: { .text("set \($0.parameter("name"))") },
            delete: { .text("removed \($0.parameter("name"))") }
        )
        try await withServer(AdminServer(loopback, routes: ["/things/{name}": route])) { address in
            let removed = try await AdminClient.delete("/things/b%20c", at: address)
            #expect(String(buffer: removed.body) == "removed b c")
            let fields = "Host: localhost\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"
            let shown = try await exchange("GET /things/a HTTP/1.1\r\n" + fields, at: address)
            #expect(shown.hasSuffix("shown a, text/plain"))
            let set = try await exchange("PUT /things/a HTTP/1.1\r\n" + fields, at: address)
            #expect(set.hasSuffix("set a"))
            let refused = try await exchange("PATCH /things/a HTTP/1.1\r\n" + fields, at: address)
            #expect(refused.contains("allow: GET, HEAD, POST, PUT, DELETE\r\n"))
        }
    }

    @Test func `one connection carries several requests, pipelined ones too`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let last = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let answers = try await exchange(request + request + last, at: address)
            #expect(answers.components(separatedBy: "fine\n") == 4)
        }
    }

    @Test func `a body beyond the limit is refused and the connection ends`() async throws {
        var limits = AdminServer.Limits.standard
        limits.bodyBytes = 10
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            let fits = try await AdminClient.post("/echo", body: ByteBuffer(repeating: 65, count: 10), at: address)
            #expect(fits.status == 200)
            let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n"
            let answer = try await exchange(head + "12345678901", at: address)
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(arguments: [
        "", "GET /health HTTP/1.1\r\nHost: loc", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1",
    ])
    func `a request that does not end is cut off`(bytes: String) async throws {
        var limits = AdminServer.Limits.standard
        limits.request = .milliseconds(50)
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            let answer = try await exchange(bytes, at: address)
            #expect(answer.isEmpty)
        }
    }

    @Test func `an idle connection is closed`() async throws {
        var limits = AdminServer.Limits.standard
        limits.idle = .milliseconds(50)
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            let answer = try await exchange("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", at: address)
            #expect(answer.hasSuffix("fine\n"))
        }
    }

    @Test func `a route that hangs is answered for`() async throws {
        var limits = AdminServer.Limits.standard
        limits.answer = .milliseconds(50)
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            let answer = try await AdminClient.get("/never", at: address)
            #expect(answer.status == 503)
        }
    }

    @Test func `a caller beyond the limit is closed and the others go on`() async throws {
        var limits = AdminServer.Limits.standard
        limits.connections = 1
        let (entries, entered) = AsyncStream.makeStream(of: Void.self)
        let (releases, released) = AsyncStream.makeStream(of: Void.self)
        var routes = routes
        routes["/held"] = .get { _ in
            entered.yield()
            for await _ in releases { break }
            return .text("")
        }
        try await withServer(AdminServer(loopback, routes: routes, limits: limits)) { address in
            let first = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: try address.socketAddress()).get()
            try await first.writeAndFlush(ByteBuffer(string: "GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            for await _ in entries { break }
            await #expect(throws: AdminError.self) { try await AdminClient.get("/health", at: address) }
            released.finish()
            try await first.close()
            try await confirmEventually { try await AdminClient.get("/health", at: address).status == 200 }
        }
    }

    @Test func `a broken request ends only its own connection`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let refusal = try await exchange("\u{0}\u{1}garbage\r\n\r\n", at: address)
            #expect(refusal.hasPrefix("HTTP/1.1 400 "))
            #expect(try await AdminClient.get("/health", at: address).status == 200)
        }
    }

    @Test func `a foreign host never reaches a route`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let request = "GET /health HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
            let refusal = try await exchange(request, at: address)
            #expect(refusal.hasPrefix("HTTP/1.1 421 "))
        }
    }

    @Test func `a port that is taken is said to be`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let error = await #expect(throws: AdminError.self) { try await AdminServer(address, routes: [:]).run() }
            #expect(error?.code == .addressInUse)
        }
    }

    @Test func `cancelling ends it while a connection is open and a route is busy`() async throws {
        try await withServer(AdminServer(loopback, routes: routes)) { address in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: try address.socketAddress()).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        }
    }
}

extension String {
    /// How many pieces `separator` cuts the text into.
    fileprivate func components(separatedBy separator: String) -> Int {
        var rest = self[...]
        var count = 1
        while let range = rest.firstRange(of: separator) {
            rest = rest[range.upperBound...]
            count += 1
        }
        return count
    }
}

/// Asks again until the answer is yes; the suite's time limit ends it otherwise.
private func confirmEventually(_ condition: () async throws -> Bool) async throws {
    while true {
        do {
            if try await condition() { return }
        } catch is AdminError {
            await Task.yield()
        }
    }
}
