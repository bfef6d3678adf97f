import HTTP2
import NIOCore
import ProxyProtocol
import Testing

@testable import Agent

/// What an origin that speaks HTTP/1.1 is asked and what comes of it, wherever it listens.
@Suite(.timeLimit(.minutes(5)))
struct PlainOriginTests {
    private func visit(
        _ place: ServicePlace,
        _ path: String,
        _ change: @Sendable (inout OriginOptions) -> Void = { _ in },
        _ fields: [String: String] = [:]
    ) async throws -> Visit.Answer {
        try await PlainService.with(place) { service in
            try await OriginHarness.with(service, change) { try await $0.visit(path, fields).answer() }
        }
    }

    @Test(arguments: ServicePlace.allCases)
    func `passes a request on and the answer back`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/echo?a=b", { _ in }, ["x-a": "1"])
        #expect(answer.status == "200")
        #expect(answer.body.hasPrefix("GET /echo?a=b HTTP/1.1\r\nhost: app.example.com\r\n"))
        #expect(answer.body.contains("\r\nx-a: 1\r\n"))
    }

    @Test(arguments: ServicePlace.allCases)
    func `passes a body and its trailers on`(place: ServicePlace) async throws {
        let answer = try await PlainService.with(place) { service in
            try await OriginHarness.with(service) { harness in
                let visit = try await harness.visit("/echo", ends: false)
                try await visit.send(ByteBuffer(string: "one"))
                try await visit.finish(["x-sum": "7"])
                return await visit.answer()
            }
        }
        #expect(answer.body.hasSuffix("\r\n\r\n3\r\none\r\n0\r\nx-sum: 7\r\n\r\n"))
    }

    @Test(arguments: ServicePlace.allCases)
    func `passes trailers and interim responses back`(place: ServicePlace) async throws {
        let trailers = try await visit(place, "/trailers")
        #expect(trailers.body == "one")
        #expect(trailers.trailers == ["x-sum": "7"])
        let interim = try await visit(place, "/interim")
        #expect(interim.interim == ["103"])
        #expect(interim.status == "204")
    }

    @Test(arguments: ServicePlace.allCases)
    func `follows no redirect`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/redirect")
        #expect(answer.status == "302")
        #expect(answer.fields["location"] == "/echo")
    }

    @Test(arguments: ServicePlace.allCases)
    func `sends one request after the other over one connection`(place: ServicePlace) async throws {
        let answers = try await PlainService.with(place) { service in
            try await OriginHarness.with(service) { harness in
                var answers: [String?] = []
                for _ in 1...3 { answers.append(try await harness.visit("/echo").answer().fields["x-answers"]) }
                return answers
            }
        }
        #expect(answers == ["1", "2", "3"])
    }

    @Test(arguments: ServicePlace.allCases)
    func `takes a body that ends with the connection`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/until-close")
        #expect(answer.body == "all")
        #expect(answer.code == .noError)
    }

    @Test(arguments: ServicePlace.allCases)
    func `breaks a response off that is not whole`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/half")
        #expect(answer.code == .internalError)
    }

    @Test(arguments: ServicePlace.allCases)
    func `answers 502 to a connection that closes without a word`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/close")
        #expect(answer.status == "502")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=connection_terminated")
        #expect(answer.body.contains("closed the connection without an answer"))
    }

    @Test(arguments: ServicePlace.allCases)
    func `answers 502 to what is not HTTP`(place: ServicePlace) async throws {
        let answer = try await visit(place, "/garbage")
        #expect(answer.fields["proxy-status"] == "osm-agent; error=http_protocol_error")
        #expect(answer.body.contains("not valid HTTP"))
    }

    @Test(arguments: ServicePlace.allCases)
    func `answers 504 when the head is late`(place: ServicePlace) async throws {
        let answer = try await PlainService.with(place) { service in
            try await OriginHarness.with(service, headDeadline: .milliseconds(50)) {
                try await $0.visit("/silent").answer()
            }
        }
        #expect(answer.status == "504")
    }

    /// On a socket of Unix, for which the system keeps little that nobody reads.
    @Test func `answers 504 when none of the body is taken`() async throws {
        let answer = try await PlainService.with(.unix) { service in
            try await OriginHarness.with(service, headDeadline: .seconds(1)) { harness in
                let visit = try await harness.visit("/deaf", ends: false)
                for _ in 0..<4 { try await visit.send(ByteBuffer(repeating: 7, count: 1 << 20)) }
                return await visit.answer()
            }
        }
        #expect(answer.status == "504")
    }

    // MARK: WebSockets

    private static let webSocket = [":method": "CONNECT", ":protocol": "websocket"]

    @Test(arguments: ServicePlace.allCases)
    func `carries a WebSocket both ways`(place: ServicePlace) async throws {
        let answer = try await PlainService.with(place) { service in
            try await OriginHarness.with(service) { harness in
                let visit = try await harness.visit("/socket", Self.webSocket, ends: false)
                guard case .head(.response, let head) = await visit.next() else { throw NothingCame() }
                #expect(head[":status"] == "200")
                try await visit.send(ByteBuffer(string: "you"))
                try await visit.finish()
                return await visit.answer()
            }
        }
        #expect(answer.body == "hello you bye")
        #expect(answer.code == .noError)
    }

    /// The visitor's end comes before the origin has so much as accepted the connection.
    @Test(arguments: ServicePlace.allCases)
    func `a WebSocket whose visitor has said all waits for the origin`(place: ServicePlace) async throws {
        let answer = try await PlainService.with(place) { service in
            try await OriginHarness.with(service) { harness in
                let visit = try await harness.visit("/socket", Self.webSocket, ends: false)
                try await visit.send(ByteBuffer(string: "you"))
                try await visit.finish()
                return await visit.answer()
            }
        }
        #expect(answer.status == "200")
        #expect(answer.body == "hello you bye")
        #expect(answer.code == .noError)
    }

    @Test func `sends nothing of a WebSocket to an origin that refuses it`() async throws {
        let answer = try await PlainService.with(.port) { service in
            try await OriginHarness.with(service) { harness in
                let visit = try await harness.visit("/redirect", Self.webSocket, ends: false)
                try await visit.send(ByteBuffer(string: "GET /secret HTTP/1.1\r\n\r\n"))
                try await visit.finish()
                return await visit.answer()
            }
        }
        #expect(answer.status == "302")
        #expect(answer.body.isEmpty)
    }

    // MARK: Options

    @Test(arguments: ServicePlace.allCases)
    func `names the origin to itself when asked to`(place: ServicePlace) async throws {
        let fields = ["x-forwarded-host": "app.example.com"]
        let answer = try await visit(place, "/echo", { $0.hostHeader = .target }, fields)
        let rest = answer.body.firstRange(of: "host: ").map { answer.body[$0.upperBound...] } ?? ""
        let host = rest.prefix { !$0.isNewline }
        switch place {
        case .port: #expect(host.hasPrefix("127.0.0.1:"))
        case .tls: #expect(host.hasPrefix("localhost:"))
        case .unix: #expect(host == "localhost")
        }
        #expect(answer.body.contains("x-forwarded-host: app.example.com\r\n"))
    }

    @Test func `says any host that it is told to`() async throws {
        let answer = try await visit(.port, "/echo", { $0.hostHeader = .literal("shop.local") })
        #expect(answer.body.contains("\r\nhost: shop.local\r\n"))
        #expect(!answer.body.contains("\r\nhost: app.example.com"))
    }

    @Test(
        arguments: [
            ("192.0.2.7", "https", "PROXY TCP4 192.0.2.7 0.0.0.0 0 443\r\n"),
            ("2001:db8::7", "http", "PROXY TCP6 2001:db8::7 :: 0 80\r\n"), ("", "https", "PROXY UNKNOWN\r\n"),
        ]
    )
    func `tells the origin who the visitor is`(address: String, scheme: String, line: String) async throws {
        let fields = ["x-forwarded-for": address, "x-forwarded-proto": scheme]
        let answer = try await visit(.unix, "/echo", { $0.proxyHeader = .v1 }, fields)
        #expect(answer.body.hasPrefix("\(line)GET /echo HTTP/1.1\r\n"))
    }

    @Test func `a connection that names a visitor serves nobody else`() async throws {
        let answers = try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, { $0.proxyHeader = .v1 }) { harness in
                var answers: [String?] = []
                for _ in 1...2 { answers.append(try await harness.visit("/echo").answer().fields["x-answers"]) }
                return answers
            }
        }
        #expect(answers == ["1", "1"])
    }
}
