import HTTP2
import NIOCore
import Testing

@testable import Agent

/// How many connections an origin gets at once, and what becomes of the requests beyond.
@Suite(.timeLimit(.minutes(5)))
struct OriginLimitTests {
    @Sendable private static func one(_ options: inout OriginOptions) {
        options.limits.connections = 1
        options.limits.waitingRequests = 1
    }

    @Test func `a request waits for a connection and gets it`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, Self.one) { harness in
                let first = try await harness.visit("/echo", ends: false)
                let second = try await harness.visit("/echo")
                try await first.finish()
                #expect(await first.answer().fields["x-answers"] == "1")
                #expect(await second.answer().fields["x-answers"] == "2")
            }
        }
    }

    @Test func `a request gets the place of a connection that ended`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, Self.one) { harness in
                let first = try await harness.visit("/silent")
                let second = try await harness.visit("/echo")
                try await first.reset(.cancel)
                #expect(await second.answer().fields["x-answers"] == "1")
            }
        }
    }

    @Test func `one request too many is answered 503`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, Self.one) { harness in
                let first = try await harness.visit("/silent")
                let second = try await harness.visit("/echo")
                let third = try await harness.visit("/echo").answer()
                #expect(third.status == "503")
                #expect(third.fields["proxy-status"] == "osm-agent; error=connection_limit_reached")
                try await first.reset(.cancel)
                #expect(await second.answer().status == "200")
            }
        }
    }

    @Test func `a request that waits for too long is answered 504`() async throws {
        try await PlainService.with(.port) { service in
            let limit: @Sendable (inout OriginOptions) -> Void = {
                Self.one(&$0)
                $0.limits.waitingTime = .milliseconds(20)
            }
            try await OriginHarness.with(service, limit) { harness in
                let first = try await harness.visit("/silent")
                #expect(try await harness.visit("/echo").answer().status == "504")
                try await first.reset(.cancel)
            }
        }
    }

    @Test func `whoever leaves the queue makes room in it`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, Self.one) { harness in
                let first = try await harness.visit("/silent")
                let second = try await harness.visit("/echo")
                try await second.reset(.cancel)
                let third = try await harness.visit("/echo")
                try await first.reset(.cancel)
                #expect(await third.answer().status == "200")
            }
        }
    }

    @Test func `a connection for which there is no room to rest is closed after its response`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, vary: { $0.connections.resting = 1 }) { harness in
                let both = [
                    try await harness.visit("/echo", ends: false), try await harness.visit("/echo", ends: false),
                ]
                for visit in both {
                    try await visit.finish()
                    #expect(await visit.answer().fields["x-answers"] == "1")
                }
                let (third, fourth) = (try await harness.visit("/echo", ends: false), try await harness.visit("/echo"))
                #expect(await fourth.answer().fields["x-answers"] == "1")
                try await third.finish()
                #expect(await third.answer().fields["x-answers"] == "2")
            }
        }
    }

    @Test func `of many endpoints the connections are bounded together`() async throws {
        try await PlainService.with(.port) { service in
            let two: (inout OriginHarness.Variation) -> Void = {
                $0.connections.open = 2
                $0.connections.resting = 0
                $0.hasManyEndpoints = true
            }
            try await OriginHarness.with(service, vary: two) { harness in
                let both = [
                    try await harness.visit("/echo", ends: false), try await harness.visit("/echo", ends: false),
                ]
                let third = try await harness.visit("/echo").answer()
                #expect(third.status == "503")
                #expect(third.fields["proxy-status"] == "osm-agent; error=connection_limit_reached")
                for visit in both {
                    try await visit.finish()
                    #expect(await visit.answer().status == "200")
                }
                #expect(try await harness.visit("/echo").answer().status == "200")
            }
        }
    }

    @Test func `WebSockets take no place of a request`() async throws {
        try await PlainService.with(.port) { service in
            try await OriginHarness.with(service, Self.one) { harness in
                let fields = [":method": "CONNECT", ":protocol": "websocket"]
                let socket = try await harness.visit("/socket", fields, ends: false)
                guard case .head(.response, _) = await socket.next() else { throw NothingCame() }
                #expect(try await harness.visit("/echo").answer().status == "200")
                try await socket.finish()
                #expect(await socket.answer().body == "hello  bye")
            }
        }
    }
}
