import HTTP2
import Logging
import NIOCore
import TestSupport
import Testing

@testable import Agent

/// The gate and the edits as a visitor meets them, through a tunnel.
@Suite(.timeLimit(.minutes(1)))
struct GuardedOriginTests {
    private func rules(_ describe: (inout EndpointSpec) -> Void) throws -> VisitorRules {
        var spec = EndpointSpec(name: "app", kind: "http", target: "3000")
        describe(&spec)
        return try spec.visitorRules()
    }

    private static let password = "correct horse"

    /// One user, `ann`, whose password is checked as in earnest.
    private func passwords() throws -> PasswordFixture {
        try PasswordFixture(try PasswordHash.line(user: "ann", password: Array(Self.password.utf8)) + "\n")
    }

    @Test func `keeps visitors out by the address that the edge tells`() async throws {
        let rules = try rules { $0.denyCIDR = ["192.0.2.0/24"] }
        try await OriginHarness.with(.init(rules: rules)) { harness in
            let denied = try await harness.visit("/denied", ["x-forwarded-for": "192.0.2.7"]).answer()
            #expect(denied.status == "403")
            #expect(denied.fields["proxy-status"] == "osm-agent; error=http_request_denied")
            let unknown = try await harness.visit("/unknown", ["forwarded": "for=198.51.100.1"]).answer()
            #expect(unknown.status == "403")
            let allowed = try await harness.visit("/allowed", ["x-forwarded-for": "198.51.100.1"]).answer()
            #expect(allowed.status == "200")
            #expect(await harness.asked() == "/allowed")
        }
    }

    @Test func `asks for a password, and does not show it to the origin`() async throws {
        let file = try passwords()
        let rules = try rules { $0.basicAuthFile = file.path }
        try await OriginHarness.with(.init(rules: rules)) { harness in
            let asked = try await harness.visit("/asked").answer()
            #expect(asked.status == "401")
            #expect(asked.fields["www-authenticate"]?.hasPrefix("Basic realm=") == true)
            let wrong = try await harness.visit("/wrong", ["authorization": .basic("ann", "wrong")]).answer()
            #expect(wrong.status == "401")
            let right = try await harness.visit("/right", ["authorization": .basic("ann", Self.password)]).answer()
            #expect(right.status == "200")
            #expect(right.fields["x-seen-authorization"] == nil)
            #expect(await harness.asked() == "/right")
        }
    }

    @Test func `lets Authorization pass when the agent asks for no password`() async throws {
        let rules = try rules { $0.denyCIDR = ["192.0.2.7"] }
        let fields = ["x-forwarded-for": "192.0.2.1", "authorization": "Bearer x"]
        let answer = try await OriginHarness.with(.init(rules: rules)) { try await $0.visit("/", fields).answer() }
        #expect(answer.fields["x-seen-authorization"] == "Bearer x")
    }

    @Test func `asks a WebSocket for the password, too`() async throws {
        let file = try passwords()
        let rules = try rules { $0.basicAuthFile = file.path }
        var fields = [":method": "CONNECT", ":protocol": "websocket"]
        try await OriginHarness.with(.init(rules: rules)) { [fields] harness in
            let answer = try await harness.visit("/chat", fields, ends: false).answer()
            #expect(answer.status == "401")
        }
        fields["authorization"] = .basic("ann", Self.password)
        try await OriginHarness.with(.init(rules: rules)) { [fields] harness in
            let visit = try await harness.visit("/chat", fields, ends: false)
            try await visit.send(ByteBuffer(string: "early"))
            try await visit.finish()
            let answer = await visit.answer()
            #expect(answer.fields["x-seen-protocol"] == "websocket")
            #expect(answer.body == "early")
        }
    }

    @Test func `keeps what is sent during the check, and gives all of it to the origin`() async throws {
        let file = try passwords()
        let rules = try rules { $0.basicAuthFile = file.path }
        let answer = try await OriginHarness.with(.init(rules: rules)) { harness in
            let visit = try await harness.visit(
                "/echo",
                ["authorization": .basic("ann", Self.password), "te": "trailers"],
                ends: false
            )
            for _ in 0..<3 { try await visit.send(ByteBuffer(repeating: 0x61, count: 10_000)) }
            try await visit.finish(["x-sum": "7"])
            return await visit.answer()
        }
        #expect(answer.status == "200")
        #expect(answer.body == String(repeating: "a", count: 30_000))
        #expect(answer.trailers["x-sum"] == "7")
    }

    @Test func `edits the request and the final response, and nothing else`() async throws {
        let rules = try rules {
            $0.requestHeaders = .init(add: [.init(name: "X-User", value: "owner")])
            $0.responseHeaders = .init(
                add: [.init(name: "X-Frame-Options", value: "DENY")],
                remove: ["x-seen-method", "link", "grpc-status"]
            )
        }
        try await OriginHarness.with(.init(rules: rules)) { harness in
            let visit = try await harness.visit("/echo", ["x-user": "visitor", "x_user": "visitor"], ends: false)
            try await visit.finish()
            let answer = await visit.answer()
            #expect(answer.fields["x-seen-x-user"] == "owner")
            #expect(answer.fields["x-seen-x_user"] == nil)
            #expect(answer.fields["x-frame-options"] == "DENY")
            #expect(answer.fields["x-seen-method"] == nil && answer.fields["x-seen-scheme"] == "http")
            #expect(answer.trailers == ["grpc-status": "0"])
            let interim = try await harness.visit("/interim")
            guard case .head(.informational, let hint) = await interim.next() else { throw NothingCame() }
            #expect(hint["link"] == "</style.css>" && hint["x-frame-options"] == nil)
            #expect(await interim.answer().fields["x-frame-options"] == "DENY")
        }
    }

    @Test func `reports whom it kept out`() async throws {
        let rules = try rules { $0.denyCIDR = ["0.0.0.0/0"] }
        var variation = OriginHarness.Variation(rules: rules)
        let (records, continuation) = AsyncStream.makeStream(of: RequestRecord.self)
        variation.observe = { continuation.yield($0) }
        try await OriginHarness.with(variation) { harness in
            _ = try await harness.visit("/a?b", ["x-forwarded-for": "192.0.2.7"]).answer()
            var reported = records.makeAsyncIterator()
            let record = await reported.next()
            #expect(record?.status == 403)
            #expect(record?.path == "/a")
        }
    }
}

extension GuardedOriginTests {
    /// A check that is not done before the test says so.
    private func held(_ body: (OriginHarness, ChecksByHand) async throws -> Void) async throws {
        let hand = ChecksByHand()
        let file = try PasswordFixture(PasswordFixture.line("ann"))
        let authentication = try BasicAuthentication(
            path: file.path,
            checks: hand.checks,
            logger: .init(label: "test"),
            now: .now(),
            matches: hand.matches
        )
        let rules = VisitorRules(authentication: authentication)
        try await OriginHarness.with(.init(rules: rules)) { harness in
            defer { hand.run() }  // what still waits holds on to whom it waits for
            try await body(harness, hand)
        }
    }

    @Test func `asks the origin nothing for a visitor who has gone meanwhile`() async throws {
        try await held { harness, hand in
            let gone = try await harness.visit("/gone", ["authorization": .basic("ann", "right")])
            await hand.isAsked()
            try await gone.reset(.cancel)
            // What is answered behind it shows that the reset has been heard.
            let asked = try await harness.visit("/open").answer()
            #expect(asked.status == "401")
            hand.run()
            #expect(
                try await harness.visit("/here", ["authorization": .basic("ann", "right")]).answer().status == "200"
            )
            #expect(await harness.asked() == "/here")
        }
    }

    @Test func `takes what a visitor still sends whom it turned away at once`() async throws {
        try await held { harness, _ in
            for number in 0...PasswordChecks.mostWaiting {
                let fields = ["authorization": .basic("ann", "\(number)"), "x-forwarded-for": "192.0.2.\(number)"]
                _ = try await harness.visit("/guess", fields)
            }
            let late = ["authorization": .basic("ann", "late"), "x-forwarded-for": "198.51.100.1"]
            let turned = try await harness.visit("/late", late, ends: false)
            #expect(await turned.answer().status == "503")
            try await turned.send(ByteBuffer(repeating: 0x61, count: 4 << 20))
            try await turned.finish()
            for await event in turned.events {
                if case .closed(let code) = event { #expect(code == .noError) }
            }
        }
    }
}
