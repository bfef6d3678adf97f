import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct EnrolmentAttemptsTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func network(_ text: String) throws -> VisitorLimiter.Network {
        VisitorLimiter.Network(try #require(IPAddress(text)))
    }

    @Test func `one address has so many attempts a minute, and is told how long to wait`() throws {
        var attempts = EnrolmentAttempts(perMinute: 10)
        let network = try Self.network("192.0.2.1")
        for _ in 0..<10 { #expect(attempts.admit(network, at: Self.start) == .welcome) }
        #expect(attempts.admit(network, at: Self.start) == .later(seconds: 60))
        #expect(attempts.admit(network, at: Self.start + .milliseconds(59_001)) == .later(seconds: 1))
        #expect(attempts.admit(network, at: Self.start + .seconds(60)) == .welcome)
    }

    @Test func `other addresses are not concerned, and an IPv6 address counts by its network`() throws {
        var attempts = EnrolmentAttempts(perMinute: 1)
        #expect(attempts.admit(try Self.network("2001:db8::1"), at: Self.start) == .welcome)
        #expect(attempts.admit(try Self.network("2001:db8::2"), at: Self.start) == .later(seconds: 60))
        #expect(attempts.admit(try Self.network("2001:db8:0:1::1"), at: Self.start) == .welcome)
        #expect(attempts.admit(try Self.network("192.0.2.1"), at: Self.start) == .welcome)
    }

    @Test func `when more addresses than it remembers try, newcomers wait until one is forgotten`() throws {
        var attempts = EnrolmentAttempts(perMinute: 1)
        for number in 0..<EnrolmentAttempts.networks {
            let network = VisitorLimiter.Network(IPAddress(family: .v4, bits: UInt128(number)))
            #expect(attempts.admit(network, at: Self.start) == .welcome)
        }
        let newcomer = try Self.network("192.0.2.1")
        #expect(attempts.admit(newcomer, at: Self.start + .seconds(20)) == .later(seconds: 40))
        #expect(attempts.admit(newcomer, at: Self.start + .seconds(60)) == .welcome)
    }
}
