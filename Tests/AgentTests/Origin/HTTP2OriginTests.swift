import HTTP2
import NIOCore
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(5)))
struct HTTP2OriginTests {
    @Test func `passes a request, its body and its trailers on, and the answer back`() async throws {
        let answer = try await OriginHarness.with { harness in
            let visit = try await harness.visit("/echo", ["te": "trailers"], ends: false)
            try await visit.send(ByteBuffer(string: "one "))
            try await visit.send(ByteBuffer(string: "two"))
            try await visit.finish(["x-sum": "7"])
            return await visit.answer()
        }
        #expect(answer.status == "200")
        #expect(answer.body == "one two")
        #expect(answer.trailers == ["grpc-status": "0", "x-sum": "7"])
        #expect(answer.fields["x-seen-te"] == "trailers")
        #expect(answer.fields["x-seen-authority"] == "app.example.com")
        #expect(answer.fields["x-seen-method"] == "POST")
    }

    @Test func `says the scheme of the connection to the origin`() async throws {
        let answer = try await OriginHarness.with { try await $0.visit("/echo").answer() }
        #expect(answer.fields["x-seen-scheme"] == "http")
    }

    @Test func `answers while the request is still open`() async throws {
        try await OriginHarness.with { harness in
            let visit = try await harness.visit("/echo", ends: false)
            guard case .head(.response, _) = await visit.next() else { throw NothingCame() }
            for word in ["one", "two"] {
                try await visit.send(ByteBuffer(string: word))
                guard case .data(word) = await visit.next() else { throw NothingCame() }
            }
            try await visit.finish()
            #expect(await visit.answer().trailers == ["grpc-status": "0"])
        }
    }

    @Test func `passes a response of trailers alone as one head`() async throws {
        let answer = try await OriginHarness.with { try await $0.visit("/error").answer() }
        #expect(answer.fields == [":status": "200", "grpc-status": "12"])
        #expect(answer.body.isEmpty && answer.trailers.isEmpty && answer.code == .noError)
    }

    @Test func `passes interim responses on but for 100, which the edge gives`() async throws {
        let answer = try await OriginHarness.with { try await $0.visit("/interim").answer() }
        #expect(answer.interim == ["103"])
        #expect(answer.status == "204")
    }

    /// An edge takes few resets from an agent, so that a response is the better word as long as there is none.
    @Test(
        arguments: [
            (0, "http_protocol_error"), (1, "http_protocol_error"), (2, "http_response_incomplete"),
            (3, "http_protocol_error"), (8, "http_response_incomplete"), (11, "http_response_incomplete"),
            (13, "http_protocol_error"), (4_000_000_000, "http_protocol_error"),
        ] as [(UInt32, String)]
    )
    func `answers 502 for a reset in place of a response`(code: UInt32, word: String) async throws {
        let answer = try await OriginHarness.with { try await $0.visit("/reset/\(code)").answer() }
        #expect(answer.status == "502")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=\(word)")
    }

    /// Codes that speak of the connection to the origin say nothing about the tunnel.
    @Test(arguments: [(2, 2), (7, 7), (8, 8), (11, 11), (0, 2), (1, 2), (13, 2)] as [(UInt32, UInt32)])
    func `breaks a response off when the origin does, with its code`(said: UInt32, heard: UInt32) async throws {
        let answer = try await OriginHarness.with { harness in
            let visit = try await harness.visit("/cut/\(said)", ends: false)
            guard case .head(.response, _) = await visit.next() else { throw NothingCame() }
            try await visit.send(ByteBuffer(string: "go"))
            return await visit.answer()
        }
        #expect(answer.code.rawValue == heard)
    }

    @Test(arguments: [(HTTP2ErrorCode.cancel, HTTP2ErrorCode.cancel), (.protocolError, .cancel)])
    func `tells the origin that the visitor has left`(said: HTTP2ErrorCode, heard: HTTP2ErrorCode) async throws {
        try await OriginHarness.with { harness in
            let visit = try await harness.visit("/silent")
            for await event in harness.serviceEvents where event == .asked("/silent") { break }
            try await visit.reset(said)
            for await event in harness.serviceEvents {
                guard case .closed(_, let code) = event else { continue }
                #expect(code == heard)
                break
            }
        }
    }

    // MARK: Connections

    @Test func `sends all requests over one connection`() async throws {
        let connections = try await OriginHarness.with { harness in
            for _ in 0..<3 {
                let answer = try await harness.visit("/echo").answer()
                #expect(answer.status == "200")
            }
            return await harness.connections(untilAsked: 3)
        }
        #expect(connections == 1)
    }

    @Test func `makes a new connection after GOAWAY and lets the old one finish`() async throws {
        let connections = try await OriginHarness.with { harness in
            let old = try await harness.visit("/leave", ends: false)
            guard case .head(.response, _) = await old.next() else { throw NothingCame() }
            #expect(try await harness.visit("/echo").answer().status == "200")
            try await old.send(ByteBuffer(string: "still here"))
            try await old.finish(["x-sum": "1"])
            let answer = await old.answer()
            #expect(answer.body == "still here")
            #expect(answer.trailers["x-sum"] == "1")
            return await harness.connections(untilAsked: 2)
        }
        #expect(connections == 2)
    }

    @Test func `sends a request anew that the origin refused unseen`() async throws {
        let answer = try await OriginHarness.with { try await $0.visit("/refused-once").answer() }
        #expect(answer.status == "200")
    }

    @Test func `sends a request anew that met the end of a connection`() async throws {
        try await OriginHarness.with { harness in
            let first = try await harness.visit("/echo").answer()
            #expect(first.status == "200")
            let second = try await harness.visit("/dropped-once").answer()
            #expect(second.status == "200")
            #expect(await harness.connections(untilAsked: 3) == 2)
        }
    }

    @Test func `does not send a request anew whose body has gone`() async throws {
        try await OriginHarness.with { harness in
            _ = try await harness.visit("/echo").answer()
            let visit = try await harness.visit("/dropped-once", ends: false)
            try await visit.send(ByteBuffer(string: "once only"))
            let answer = await visit.answer()
            #expect(answer.status == "502")
            #expect(answer.fields["proxy-status"] == "osm-agent; error=connection_terminated")
        }
    }

    @Test func `sends a request no third time`() async throws {
        let answer = try await OriginHarness.with { harness in
            try await harness.visit("/reset/\(HTTP2ErrorCode.refusedStream.rawValue)").answer()
        }
        #expect(answer.status == "503")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=destination_unavailable")
    }

    @Test func `waits for a stream when the origin allows few`() async throws {
        var variation = OriginHarness.Variation()
        variation.serviceLimits.concurrentStreams = 1
        try await OriginHarness.with(variation) { harness in
            let first = try await harness.visit("/echo", ends: false)
            guard case .head(.response, _) = await first.next() else { throw NothingCame() }
            let given = try await harness.visit("/echo")
            let second = try await harness.visit("/echo", ends: false)
            try await second.send(ByteBuffer(string: "patient"))
            try await second.finish()
            try await given.reset(.cancel)
            try await first.finish()
            #expect(await first.answer().code == .noError)
            #expect(await second.answer().body == "patient")
            #expect(await harness.connections(untilAsked: 2) == 1)
        }
    }

    @Test func `answers 504 when no stream becomes free in time`() async throws {
        var variation = OriginHarness.Variation()
        variation.serviceLimits.concurrentStreams = 1
        variation.headDeadline = .seconds(2)
        let answer = try await OriginHarness.with(variation) { harness in
            let first = try await harness.visit("/echo", ends: false)
            guard case .head(.response, _) = await first.next() else { throw NothingCame() }
            return try await harness.visit("/echo").answer()
        }
        #expect(answer.status == "504")
    }

    // MARK: Failures

    @Test func `answers 502 when the port refuses the connection`() async throws {
        var variation = OriginHarness.Variation()
        variation.isDown = true
        let answer = try await OriginHarness.with(variation) { try await $0.visit("/echo").answer() }
        #expect(answer.status == "502")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=connection_refused")
    }

    @Test func `answers 502 when the service speaks HTTP/1.1`() async throws {
        var variation = OriginHarness.Variation()
        variation.greeting = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        let answer = try await OriginHarness.with(variation) { try await $0.visit("/echo").answer() }
        #expect(answer.status == "502")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=http_protocol_error")
        #expect(answer.body.contains("http://"))
    }

    @Test func `answers 504 when the service says nothing`() async throws {
        var variation = OriginHarness.Variation()
        variation.greeting = []
        variation.connectDeadline = .milliseconds(100)
        let answer = try await OriginHarness.with(variation) { try await $0.visit("/echo").answer() }
        #expect(answer.status == "504")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=connection_timeout")
    }

    @Test func `answers 504 when the head is late, and takes the request back`() async throws {
        var variation = OriginHarness.Variation()
        variation.headDeadline = .seconds(2)
        try await OriginHarness.with(variation) { harness in
            let answer = try await harness.visit("/silent").answer()
            #expect(answer.status == "504")
            #expect(answer.fields["proxy-status"] == "osm-agent; error=http_response_timeout")
            for await event in harness.serviceEvents where event == .closed("/silent", .cancel) { break }
        }
    }

    @Test func `answers 504 when none of the body is taken`() async throws {
        var variation = OriginHarness.Variation()
        variation.headDeadline = .seconds(2)
        try await OriginHarness.with(variation) { harness in
            // It answers with its head only when the body has come.
            let visit = try await harness.visit("/hold", ends: false)
            try await visit.send(ByteBuffer(repeating: 7, count: 4 << 20))
            #expect(await visit.answer().status == "504")
        }
    }

    @Test func `answers 504 when the head is late behind a body that was taken slowly`() async throws {
        var variation = OriginHarness.Variation()
        variation.headDeadline = .seconds(2)
        try await OriginHarness.with(variation) { harness in
            let visit = try await harness.visit("/hold", ends: false)
            try await visit.send(ByteBuffer(repeating: 7, count: 4 << 20))
            try await visit.finish()
            for await event in harness.serviceEvents where event == .asked("/hold") { break }
            try await harness.release()
            let answer = await visit.answer()
            #expect(answer.status == "504")
            #expect(answer.fields["proxy-status"] == "osm-agent; error=http_response_timeout")
        }
    }

    @Test func `a connection on which nothing comes any more is not asked again`() async throws {
        var variation = OriginHarness.Variation()
        variation.headDeadline = .seconds(1)
        try await OriginHarness.with(variation) { harness in
            #expect(try await harness.visit("/").answer().status == "200")
            #expect(await harness.connections(untilAsked: 1) == 1)
            try await harness.numb()
            #expect(try await harness.visit("/").answer().status == "504")
            #expect(try await harness.visit("/").answer().status == "200")
            let connections = await harness.connections(untilAsked: 1)
            #expect(connections == 1)
        }
    }

    // MARK: WebSockets

    @Test func `opens a WebSocket when the origin allows it`() async throws {
        try await OriginHarness.with { harness in
            let fields = [":method": "CONNECT", ":protocol": "websocket"]
            let visit = try await harness.visit("/echo", fields, ends: false)
            try await visit.send(ByteBuffer(string: "before the answer"))
            try await visit.finish()
            let answer = await visit.answer()
            #expect(answer.fields["x-seen-protocol"] == "websocket")
            #expect(answer.body == "before the answer")
        }
    }

    @Test func `answers 501 to a WebSocket that the origin does not allow`() async throws {
        var variation = OriginHarness.Variation()
        // A SETTINGS frame without a setting (RFC 9113, 6.5).
        variation.greeting = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        let answer = try await OriginHarness.with(variation) { harness in
            let fields = [":method": "CONNECT", ":protocol": "websocket"]
            return try await harness.visit("/echo", fields, ends: false).answer()
        }
        #expect(answer.status == "501")
    }

    // MARK: Back-pressure

    @Test func `asks an origin for no more than a slow visitor takes`() async throws {
        try await OriginHarness.with { harness in
            let slow = try await harness.visit("/download", reads: false)
            for _ in 0..<20 { _ = try await harness.visit("/echo").answer() }
            // The rest lies in the agent: one queue and one window, which may have doubled.
            #expect(try await harness.queuedDownload() >= 6 << 20)
            try await slow.readOn()
            #expect(await slow.answer().body.utf8.count == 8 << 20)
        }
    }

    @Test func `takes no more from a visitor than a slow origin reads`() async throws {
        try await OriginHarness.with { harness in
            let visit = try await harness.visit("/hold", ends: false)
            try await visit.send(ByteBuffer(repeating: 7, count: 8 << 20))
            for _ in 0..<20 { _ = try await harness.visit("/echo").answer() }
            #expect(try await visit.queuedBytes() >= 6 << 20)
        }
    }
}

struct NothingCame: Error {}

extension OriginHarness {
    /// How many connections the service had when it had been asked so many times.
    fileprivate func connections(untilAsked count: Int) async -> Int {
        var connections = 0
        var asked = 0
        for await event in serviceEvents {
            switch event {
            case .connected: connections += 1
            case .asked: asked += 1
            case .closed: break
            }
            if asked == count { break }
        }
        return connections
    }
}
