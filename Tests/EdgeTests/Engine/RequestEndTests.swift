import NIOCore
import Testing

@testable import Edge

/// However a request ends, it is one line of the log and one count.
struct RequestEndTests {
    /// One way in which a request ends.
    struct Ending: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// As the log has it; empty when it could not be read.
        var target: String
        /// Zero when the visitor saw no answer.
        var status: Int
        var label: String
        /// Whether the device was asked.
        var asksDevice = true
        var failure: String?
        var configure: @Sendable (inout EdgeConfiguration) -> Void = { _ in }
        var happen: @Sendable (RequestEndHarness) async throws -> Void
    }

    private static func get(_ path: String, _ host: String = "app.localhost") -> String {
        "GET \(path) HTTP/1.1\nHost: \(host)\nConnection: close\n\n"
    }

    private static func post(_ length: String, _ body: String) -> String {
        "POST /silent HTTP/1.1\nHost: app.localhost\n\(length)\n\n\(body)"
    }

    private static let upgrade = """
        HTTP/1.1
        Host: app.localhost
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==


        """

    /// Sends a request and reads until the edge closes.
    private static func ask(_ text: String) -> @Sendable (RequestEndHarness) async throws -> Void {
        { harness in _ = try await harness.visitor(text).untilClosed() }
    }

    static let answered: [Ending] = [
        Ending(testDescription: "success", target: "/ok", status: 200, label: "2xx", happen: ask(get("/ok"))),
        Ending(testDescription: "success, HTTP/2", target: "/ok", status: 200, label: "2xx") { harness in
            let visitor = try await harness.http2Visitor("/ok")
            try await harness.untilSent(4)
            try await eventually { try harness.lines().count == 1 }
            try await visitor.close()
        },
        Ending(
            testDescription: "unknown host",
            target: "/a",
            status: 404,
            label: "4xx",
            asksDevice: false,
            failure: "unknown_host",
            happen: ask(get("/a", "nobody.localhost"))
        ),
        Ending(
            testDescription: "unknown host, HTTP/2",
            target: "/a",
            status: 404,
            label: "4xx",
            asksDevice: false,
            failure: "unknown_host"
        ) {
            let visitor = try await $0.http2Visitor("/a", host: "nobody.localhost")
            let harness = $0
            try await eventually { try harness.lines().count == 1 }
            try await visitor.close()
        },
        Ending(
            testDescription: "device offline",
            target: "/a",
            status: 503,
            label: "5xx",
            asksDevice: false,
            failure: "agent_offline",
            happen: ask(get("/a", "absent.localhost"))
        ),
        Ending(
            testDescription: "head too late",
            target: "",
            status: 408,
            label: "4xx",
            asksDevice: false,
            failure: "body_timeout",
            configure: { $0.headDeadline = .seconds(3) },
            happen: ask("GET /a")
        ),
        Ending(
            testDescription: "body too late",
            target: "/silent",
            status: 408,
            label: "4xx",
            failure: "body_timeout",
            configure: { $0.border.bodyDeadline = .seconds(1) },
            happen: ask(post("Content-Length: 10", "x"))
        ),
        Ending(
            testDescription: "body too late, HTTP/2",
            target: "/silent",
            status: 408,
            label: "4xx",
            failure: "body_timeout",
            configure: { $0.border.bodyDeadline = .seconds(1) }
        ) {
            let visitor = try await $0.http2Visitor("/silent", ends: false)
            let harness = $0
            try await eventually { try harness.lines().count == 1 }
            try await visitor.close()
        },
        Ending(
            testDescription: "malformed body",
            target: "/silent",
            status: 400,
            label: "4xx",
            failure: "malformed",
            happen: ask(post("Transfer-Encoding: chunked", "zz\n"))
        ),
    ]

    static let brokenOff: [Ending] = [
        Ending(
            testDescription: "visitor leaves before the head",
            target: "/silent",
            status: 0,
            label: "none",
            failure: "visitor_left"
        ) {
            let harness = $0
            let visitor = try await harness.visitor(get("/silent"))
            try await eventually { harness.asked.value > 0 }
            try await visitor.close()
        },
        Ending(
            testDescription: "visitor leaves before the head, HTTP/2",
            target: "/silent",
            status: 0,
            label: "none",
            failure: "visitor_left"
        ) {
            let harness = $0
            let visitor = try await harness.http2Visitor("/silent")
            try await eventually { harness.asked.value > 0 }
            try await visitor.close()
        },
        Ending(
            testDescription: "visitor leaves in mid-body",
            target: "/half",
            status: 200,
            label: "2xx",
            failure: "visitor_left"
        ) {
            let visitor = try await $0.visitor(get("/half"))
            try await $0.untilSent(4)
            try await visitor.close()
        },
        Ending(
            testDescription: "visitor leaves in mid-body, HTTP/2",
            target: "/half",
            status: 200,
            label: "2xx",
            failure: "visitor_left"
        ) {
            let visitor = try await $0.http2Visitor("/half")
            try await $0.untilSent(4)
            try await visitor.close()
        },
        Ending(
            testDescription: "origin breaks off in mid-body",
            target: "/break",
            status: 200,
            label: "2xx",
            failure: "origin_broke"
        ) {
            let visitor = try await $0.visitor(get("/break"))
            try await $0.untilSent(4)
            $0.breaks.increment()
            _ = try await visitor.untilClosed()
        },
        Ending(
            testDescription: "agent killed before the head",
            target: "/silent",
            status: 502,
            label: "5xx",
            failure: "tunnel_lost"
        ) {
            let harness = $0
            let visitor = try await harness.visitor(get("/silent"))
            try await eventually { harness.asked.value > 0 }
            harness.killAgent()
            _ = try await visitor.untilClosed()
        },
        Ending(
            testDescription: "agent killed in mid-body",
            target: "/half",
            status: 200,
            label: "2xx",
            failure: "tunnel_lost"
        ) {
            let visitor = try await $0.visitor(get("/half"))
            try await $0.untilSent(4)
            $0.killAgent()
            _ = try await visitor.untilClosed()
        },
        Ending(
            testDescription: "agent killed in mid-body, HTTP/2",
            target: "/half",
            status: 200,
            label: "2xx",
            failure: "tunnel_lost"
        ) {
            let harness = $0
            let visitor = try await harness.http2Visitor("/half")
            try await harness.untilSent(4)
            harness.killAgent()
            try await eventually { try harness.lines().count == 1 }
            try await visitor.close()
        },
        Ending(testDescription: "visitor ends a WebSocket", target: "/socket", status: 101, label: "1xx") {
            let visitor = try await $0.visitor("GET /socket \(upgrade)")
            try await $0.untilSent(4)
            try await visitor.close()
        },
        Ending(
            testDescription: "origin ends a WebSocket",
            target: "/short-socket",
            status: 101,
            label: "1xx",
            happen: ask("GET /short-socket \(upgrade)")
        ),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: answered + brokenOff)
    func `a request is one line and one count, however it ends`(_ ending: Ending) async throws {
        try await RequestEndHarness.run(configured: ending.configure) { harness in
            try await ending.happen(harness)
            try await eventually { try !harness.lines().isEmpty }
            // Whatever was told a second time stands before the line of a request that came later.
            _ = try await harness.visitor(Self.get("/later", "nobody.localhost")).untilClosed()
            try await eventually { try harness.lines().contains { $0.target == "/later" } }
            let device = ending.asksDevice ? harness.device : nil
            let lines = try harness.lines()
            #expect(
                lines == [
                    .init(target: ending.target, status: ending.status, device: device, failure: ending.failure),
                    .init(target: "/later", status: 404, failure: "unknown_host"),
                ]
            )
            #expect(harness.counts() == ["4xx": 1].merging([ending.label: 1], uniquingKeysWith: +))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a request that does not end after its answer is ended over HTTP/2`() async throws {
        try await RequestEndHarness.run(configured: {
            $0.border.readerDeadline = .seconds(1)
            $0.keepAliveDeadline = .seconds(1)
        }) { harness in
            let visitor = try await harness.http2Visitor("/a", host: "nobody.localhost", ends: false)
            // Once no request is open, an idle connection ends.
            try await visitor.closeFuture.get()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a request behind another is told that it may go on`() async throws {
        try await RequestEndHarness.run(configured: { _ in }) { harness in
            let port = try #require(ListenAddress(harness.edge.addresses.visitor)).port
            try await TCP.connect(port).executeThenClose { inbound, outbound in
                let first = "GET /ok HTTP/1.1\nHost: app.localhost\n\n"
                let second = Self.post("Content-Length: 4\nExpect: 100-continue", "")
                try await outbound.write(ByteBuffer(string: (first + second).replacing("\n", with: "\r\n")))
                var heard = ""
                for try await piece in inbound {
                    heard += String(buffer: piece)
                    if heard.contains("HTTP/1.1 100 ") { break }
                }
                #expect(heard.hasPrefix("HTTP/1.1 200 ") && heard.contains("good"), "\(heard)")
            }
            // The visitor leaves without its body.
            try await eventually { try harness.lines().count == 2 }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `right after the start a name that a device may register is 503, any other 404`() async throws {
        try await RequestEndHarness.run(configured: { $0.returnDeadline = .hours(1) }) { harness in
            let answer = try await harness.visitor(Self.get("/a", "nobody.localhost")).untilClosed()
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("retry-after: 2\r\n"), "\(answer)")
            let other = try await harness.visitor(Self.get("/b", "far.nobody.localhost")).untilClosed()
            #expect(other.hasPrefix("HTTP/1.1 404 "), "\(other)")
            try await eventually { try harness.lines().count == 2 }
            #expect(
                try harness.lines() == [
                    .init(target: "/a", status: 503, device: nil, failure: "starting"),
                    .init(target: "/b", status: 404, device: nil, failure: "unknown_host"),
                ]
            )
        }
    }
}
