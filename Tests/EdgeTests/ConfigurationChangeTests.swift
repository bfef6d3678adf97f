import HTTP1
import NIOCore
import Testing

@testable import Edge

struct ConfigurationChangeTests {
    private func configuration() throws -> EdgeConfiguration {
        let anywhere = ListenAddress(host: "127.0.0.1", port: 0)
        let files = EdgeIdentityFiles(certificate: "c", key: "k", operatorBundle: "b", deviceRevocations: nil)
        return EdgeConfiguration(
            tunnelAddress: anywhere,
            visitorAddress: anywhere,
            adminAddress: anywhere,
            publicURL: try #require(PublicURL("https://*.t.example")),
            identity: files
        )
    }

    @Test func `limits are taken, what is bound to the start is not`() throws {
        var next = try configuration()
        next.visitorLimit = 1
        next.http1Limits.startLine = 300
        next.border.connectionsPerAddress = 2
        next.border.proxyProtocol = true
        next.accessLog.sampling = 7
        next.accessLog.destination = .standardOutput
        next.tunnelAddress = ListenAddress(host: "::", port: 1)
        next.drainDeadline = .seconds(1)
        let taken = try configuration().taking(changesOf: next)
        #expect(taken.visitorLimit == 1)
        #expect(taken.http1Limits.startLine == 300)
        #expect(taken.border.connectionsPerAddress == 2)
        #expect(!taken.border.proxyProtocol)
        #expect(taken.accessLog.sampling == 7)
        #expect(taken.accessLog.destination == .off)
        #expect(taken.tunnelAddress.host == "127.0.0.1")
        #expect(taken.drainDeadline == .seconds(30))
    }

    @Test func `a lower bound throws nobody out and lets nobody in`() throws {
        var limiter = VisitorLimiter(perAddress: 10, total: 10)
        for _ in 0..<3 { try limiter.enter() }
        limiter.adopt(perAddress: 1, total: 2)
        #expect(limiter.count == 3)
        #expect(throws: VisitorLimiter.Refusal.total) { try limiter.enter() }
        limiter.leave()
        limiter.leave()
        try limiter.enter()
    }
}
