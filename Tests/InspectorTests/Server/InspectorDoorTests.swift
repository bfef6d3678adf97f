import Testing

@testable import Inspector

/// Who is let in.
@Suite(.timeLimit(.minutes(1)))
struct InspectorDoorTests {
    @Test(arguments: ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
    func `knows the names of the loopback, with its own port`(name: String) async throws {
        try await RunningInspector.run { inspector in
            let authorization = "authorization: Bearer \(inspector.token)"
            let host = "host: \(name):\(inspector.port)"
            try await inspector.expect(200, "GET", "/", [host])
            try await inspector.expect(200, "GET", "/api/exchanges", [host, authorization])
        }
    }

    @Test(arguments: ["evil.test:PORT", "127.0.0.1", "localhost:1", "127.0.0.1.evil.test:PORT", "10.0.0.1:PORT", ""])
    func `answers to no other host, whatever the token`(name: String) async throws {
        try await RunningInspector.run { inspector in
            let host = "host: " + name.replacing("PORT", with: "\(inspector.port)")
            let authorization = "authorization: Bearer \(inspector.token)"
            try await inspector.expect(421, "GET", "/", [host])
            try await inspector.expect(421, "GET", "/api/exchanges", [host, authorization])
        }
    }

    @Test func `answers to no two hosts at once`() async throws {
        try await RunningInspector.run { inspector in
            let hosts = ["host: \(inspector.host)", "host: evil.test"]
            let status = try await inspector.ask("GET", "/", hosts).status
            #expect([400, 421].contains(status))
        }
    }

    @Test(arguments: [
        "http://evil.test", "null", "https://127.0.0.1:PORT", "http://localhost:PORT", "http://127.0.0.1",
    ])
    func `refuses the pages of other sites, whatever the token`(site: String) async throws {
        try await RunningInspector.run { inspector in
            let origin = "origin: " + site.replacing("PORT", with: "\(inspector.port)")
            let lines = ["host: \(inspector.host)", origin, "authorization: Bearer \(inspector.token)"]
            try await inspector.expect(403, "POST", "/api/clear", lines)
            try await inspector.expect(403, "GET", "/api/exchanges", lines)
        }
    }

    @Test func `lets its own page in`() async throws {
        try await RunningInspector.run { inspector in
            let lines = [
                "host: \(inspector.host)", "origin: http://\(inspector.host)",
                "authorization: Bearer \(inspector.token)",
            ]
            try await inspector.expect(200, "POST", "/api/clear", lines)
        }
    }

    @Test(
        arguments: [
            "exchanges", "exchanges/1", "exchanges/1/curl", "exchanges/1/replay", "replay", "events", "har", "clear",
            "status", "nothing",
        ]
    )
    func `asks for the token before anything else is looked at`(path: String) async throws {
        try await RunningInspector.run { inspector in
            inspector.log.pass(.request())
            let host = "host: \(inspector.host)"
            for method in ["GET", "POST"] {
                try await inspector.expect(401, method, "/api/\(path)", [host])
                try await inspector.expect(401, method, "/api/\(path)?token=\(inspector.token)", [host])
                let wrong = "authorization: Bearer \(String(inspector.token.reversed()))"
                try await inspector.expect(401, method, "/api/\(path)", [host, wrong])
            }
            #expect(inspector.log.exchanges.count == 1)
        }
    }

    @Test func `makes a token of 128 bits that is new each time`() throws {
        let tokens = (0..<50).map { _ in InspectorToken().link(port: 1).split(separator: "=").last ?? "" }
        #expect(Set(tokens).count == 50)
        #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test func `takes the token as it is, after a scheme in any case`() throws {
        let token = InspectorToken()
        let digits = try #require(token.link(port: 1).split(separator: "=").last)
        #expect(token.isIn(authorization: "Bearer \(digits)"))
        #expect(token.isIn(authorization: "bearer \(digits)"))
        for wrong in [nil, "", "Bearer", "Bearer ", "\(digits)", "Basic \(digits)", "Bearer \(digits)0"] {
            #expect(!token.isIn(authorization: wrong))
        }
        #expect(!token.isIn(authorization: "Bearer \(digits.dropLast())"))
    }

    @Test func `shows the token in nothing but the link`() {
        let token = InspectorToken()
        var dumped = ""
        dump(token, to: &dumped)
        let digits = token.link(port: 1).split(separator: "=").last ?? ""
        #expect(!"\(token)\(String(reflecting: token))\(dumped)".contains(digits))
    }
}
