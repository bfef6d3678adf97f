import Testing
import TunnelProtocol

@testable import Edge

struct VisitorLimiterTests {
    private var limiter = VisitorLimiter(perAddress: 2, total: 3)

    private func network(_ address: String) throws -> VisitorLimiter.Network {
        .init(try #require(IPAddress(address)))
    }

    @Test mutating func `the total is kept, and a place that is left is free`() throws {
        for _ in 0..<3 { try limiter.enter() }
        #expect(throws: VisitorLimiter.Refusal.total) { try limiter.enter() }
        limiter.leave()
        try limiter.enter()
        #expect(limiter.count == 3)
    }

    @Test mutating func `an address has its own limit`() throws {
        let one = try network("192.0.2.1")
        try limiter.enter(one)
        try limiter.enter(try network("::ffff:192.0.2.1"))
        #expect(throws: VisitorLimiter.Refusal.perAddress) { try limiter.enter(one) }
        try limiter.enter(try network("192.0.2.2"))
        limiter.leave(one)
        try limiter.enter(one)
    }

    @Test mutating func `a customer's IPv6 network is one address`() throws {
        try limiter.enter(try network("2001:db8::1"))
        try limiter.enter(try network("2001:db8:0:0:ffff::2"))
        #expect(throws: VisitorLimiter.Refusal.perAddress) { try limiter.enter(try network("2001:db8::3")) }
        try limiter.enter(try network("2001:db8:0:1::1"))
    }

    @Test mutating func `nothing is remembered of those who left`() throws {
        for last in 0..<1000 {
            let network = try network("10.0.\(last / 250).\(last % 250)")
            try limiter.enter(network)
            limiter.leave(network)
        }
        #expect(limiter.networks == 0)
    }
}
