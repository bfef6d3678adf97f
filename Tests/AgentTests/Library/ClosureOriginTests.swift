import HTTP2
import NIOCore
import Synchronization
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(2)))
struct ClosureOriginTests {
    private struct Mishap: Error, CustomStringConvertible {
        let description = "the secret cause"
    }

    // MARK: Answers

    @Test func `tells the closure what was asked, and the visitor what it answered`() async throws {
        let answer = try await ClosureHarness.with { request in
            let mine = request.headers["X-MINE"] ?? ""
            let text = "\(request.method) \(request.host) \(request.path) \(mine)"
            return VisitorResponse(status: 201, headers: ["X-Yours": "a", "set-cookie": "b"], body: .string(text))
        } _: { harness in
            try await harness.get("/a%20b?c=d", ["x-mine": "yes"])
        }
        #expect(answer.status == "201" && answer.body == "GET app.example.com /a%20b?c=d yes")
        #expect(answer.fields["x-yours"] == "a" && answer.fields["set-cookie"] == "b")
        #expect(answer.fields["content-length"] == String(answer.body.utf8.count))
        #expect(answer.fields["date"]?.hasSuffix("GMT") == true && answer.code == .noError)
    }

    @Test(arguments: [(200, "HEAD", "5"), (204, "GET", nil), (304, "GET", nil)] as [(Int, String, String?)])
    func `sends no body where HTTP has none`(_ status: Int, _ method: String, _ length: String?) async throws {
        let answer = try await ClosureHarness.with { _ in
            .text("hello", status: status)
        } _: { harness in
            try await harness.get("/", [":method": method])
        }
        #expect(answer.status == String(status) && answer.body.isEmpty && answer.code == .noError)
        #expect(answer.fields["content-length"] == length)
    }

    @Test func `sends what a sequence gives, as it comes`() async throws {
        let (pieces, source) = AsyncStream.makeStream(of: [UInt8].self)
        try await ClosureHarness.with { _ in
            VisitorResponse(body: .stream(pieces))
        } _: { harness in
            let visit = try await harness.tunnel.visit("/")
            guard case .head(.response, let fields) = await visit.next() else { throw Mishap() }
            #expect(fields["content-length"] == nil)
            for text in ["one", "two"] {
                source.yield(Array(text.utf8))
                guard case .data(text) = await visit.next() else { throw Mishap() }
            }
            source.finish()
            #expect(await visit.answer().code == .noError)
        }
    }

    @Test func `answers a body of any size`() async throws {
        let bytes = Array(repeating: UInt8(ascii: "a"), count: 3 << 20)
        let answer = try await ClosureHarness.with { _ in
            VisitorResponse(body: .bytes(bytes))
        } _: { harness in
            try await harness.get("/")
        }
        #expect(answer.body.utf8.count == bytes.count && answer.fields["content-length"] == String(bytes.count))
    }

    // MARK: Bodies that come and go slowly

    @Test func `reads an upload no faster than the closure does`() async throws {
        let size = 8 << 20
        let mayRead = Signal()
        try await ClosureHarness.with { request in
            await mayRead.wait()
            var count = 0
            for try await piece in request.body { count += piece.count }
            return .text("\(count)")
        } _: { harness in
            let visit = try await harness.tunnel.visit("/", ends: false)
            for _ in 0..<128 { try await visit.send(ByteBuffer(repeating: 0x61, count: size / 128)) }
            try await visit.finish()
            // The window stays what it was at first, and the rest with the visitor.
            #expect(try await visit.queuedBytes() >= size - (1 << 20))
            mayRead.happen()
            #expect(await visit.answer().body == String(size))
        }
    }

    @Test func `asks for no more of a body than the visitor takes`() async throws {
        let count = 512
        let asked = Mutex(0)
        let pieces = AsyncStream<[UInt8]>(unfolding: {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            return number > count ? nil : Array(repeating: 0x61, count: 64 * 1024)
        })
        try await ClosureHarness.with { _ in
            VisitorResponse(body: .stream(pieces, length: count * 64 * 1024))
        } _: { harness in
            let slow = try await harness.tunnel.visit("/", reads: false)
            var received = 0
            while received < 128 * 1024, case .some(let event) = await slow.next() {
                if case .data(let text) = event { received += text.utf8.count }
            }
            #expect(asked.withLock { $0 } < count / 2)
            try await slow.readOn()
            let rest = await slow.answer()
            #expect(received + rest.body.utf8.count == count * 64 * 1024 && rest.code == .noError)
        }
    }

    @Test func `answers while the request is still coming`() async throws {
        try await ClosureHarness.with { request in
            VisitorResponse(body: .stream(request.body))
        } _: { harness in
            let visit = try await harness.tunnel.visit("/", ends: false)
            guard case .head = await visit.next() else { throw Mishap() }
            for text in ["one", "two"] {
                try await visit.send(ByteBuffer(string: text))
                guard case .data(text) = await visit.next() else { throw Mishap() }
            }
            try await visit.finish()
            #expect(await visit.answer().code == .noError)
        }
    }

    @Test func `drops what the closure does not read`() async throws {
        try await ClosureHarness.with { _ in
            .text("enough")
        } _: { harness in
            let visit = try await harness.tunnel.visit("/", ends: false)
            for _ in 0..<64 { try await visit.send(ByteBuffer(repeating: 0x61, count: 64 * 1024)) }
            try await visit.finish()
            #expect(await visit.answer().body == "enough")
        }
    }

    // MARK: Closures that fail

    @Test func `answers 500 for a closure that throws, and keeps the cause to itself`() async throws {
        let answer = try await ClosureHarness.with { _ in
            throw Mishap()
        } _: { harness in
            try await harness.get("/")
        }
        #expect(answer.status == "500" && answer.body.contains("from the agent") && !answer.body.contains("secret"))
        #expect(answer.fields["proxy-status"]?.hasPrefix("osm-agent") == true)
    }

    @Test func `answers 413 for a body that the closure finds too large`() async throws {
        try await ClosureHarness.with { request in
            .text(String(try await request.body.collect(upTo: 4).count))
        } _: { harness in
            for (text, status) in [("four", "200"), ("fives", "413")] {
                let visit = try await harness.tunnel.visit("/", ends: false)
                try await visit.send(ByteBuffer(string: text))
                try await visit.finish()
                #expect(await visit.answer().status == status)
            }
        }
    }

    @Test(arguments: [nil, 1, 100])
    func `breaks off a body that fails or is not as long as was said`(_ length: Int?) async throws {
        try await ClosureHarness.with { _ in
            let pieces = AsyncThrowingStream<[UInt8], any Error> { source in
                source.yield([1, 2, 3])
                source.finish(throwing: length == nil ? Mishap() : nil)
            }
            return VisitorResponse(body: .stream(pieces, length: length))
        } _: { harness in
            let answer = try await harness.get("/")
            #expect(answer.status == "200" && answer.code == .internalError)
        }
    }

    @Test func `does not wait for a closure for ever`() async throws {
        let wasCancelled = Signal()
        try await ClosureHarness.with(headDeadline: .milliseconds(100)) { _ in
            await Signal().wait()
            if Task.isCancelled { wasCancelled.happen() }
            return .text("too late")
        } _: { harness in
            let answer = try await harness.get("/")
            #expect(answer.status == "504")
            #expect(answer.fields["proxy-status"] == "osm-agent; error=http_response_timeout")
            await wasCancelled.wait()
            await harness.untilIdle()
        }
    }

    // MARK: Ends

    @Test func `cancels the closure when the visitor leaves`() async throws {
        let (hasBegun, wasCancelled) = (Signal(), Signal())
        try await ClosureHarness.with { _ in
            hasBegun.happen()
            await Signal().wait()
            if Task.isCancelled { wasCancelled.happen() }
            return .text("nobody hears it")
        } _: { harness in
            let visit = try await harness.tunnel.visit("/")
            await hasBegun.wait()
            try await visit.reset(.cancel)
            await wasCancelled.wait()
            await harness.untilIdle()
        }
    }

    @Test func `wakes a closure that waits for the visitor who leaves`() async throws {
        let (hasBegun, woke) = (Signal(), Signal())
        try await ClosureHarness.with { request in
            hasBegun.happen()
            do {
                _ = try await request.body.collect(upTo: 100)
            } catch is CancellationError {
                woke.happen()
            }
            return .text("nobody hears it")
        } _: { harness in
            let visit = try await harness.tunnel.visit("/", ends: false)
            await hasBegun.wait()
            try await visit.reset(.cancel)
            await woke.wait()
        }
    }

    @Test func `answers so many at once and no more`() async throws {
        try await ClosureHarness.with(limit: 2) { request in
            _ = try await request.body.collect(upTo: 0)
            return .text("done")
        } _: { harness in
            let tunnel = harness.tunnel
            let visits = try await [tunnel.visit("/", ends: false), tunnel.visit("/", ends: false)]
            let third = try await harness.get("/")
            #expect(third.status == "503" && third.fields["retry-after"] == "1")
            for visit in visits {
                try await visit.finish()
                #expect(await visit.answer().body == "done")
            }
            await harness.untilIdle()
            #expect(try await harness.get("/").status == "200")
        }
    }

    @Test func `takes no more requests once it is closed, and answers those under way`() async throws {
        let (hasBegun, mayGoOn) = (Signal(), Signal())
        try await ClosureHarness.with { _ in
            hasBegun.happen()
            await mayGoOn.wait()
            return .text("done")
        } _: { harness in
            let visit = try await harness.tunnel.visit("/")
            await hasBegun.wait()
            harness.desk.close()
            #expect(try await harness.get("/").status == "503")
            mayGoOn.happen()
            #expect(await visit.answer().body == "done")
        }
    }

    @Test func `takes no WebSocket`() async throws {
        let answer = try await ClosureHarness.with { _ in
            .text("never")
        } _: { harness in
            let fields = [":method": "CONNECT", ":protocol": "websocket"]
            return try await harness.tunnel.visit("/", fields, ends: false).answer()
        }
        #expect(answer.status == "501")
    }
}
