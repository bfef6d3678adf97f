import NIOCore
import Testing

@testable import Edge

struct HandshakeLimiterTests {
    private func key(_ address: String) throws -> HandshakeLimiter.Key {
        HandshakeLimiter.Key(try SocketAddress(ipAddress: address, port: 4711))
    }

    @Test func `an address has as many handshakes under way as it may`() throws {
        var limiter = HandshakeLimiter(perAddress: 2, total: 10)
        let (one, other) = (try key("192.0.2.1"), try key("192.0.2.2"))
        #expect(limiter.begin(one) == true)
        #expect(limiter.begin(one) == true)
        #expect(limiter.begin(one) == false)
        #expect(limiter.begin(other) == true)
    }

    @Test func `a handshake that is over makes room`() throws {
        var limiter = HandshakeLimiter(perAddress: 1, total: 10)
        let one = try key("192.0.2.1")
        #expect(limiter.begin(one) == true)
        limiter.end(one)
        #expect(limiter.begin(one) == true)
        #expect(limiter.begin(one) == false)
    }

    @Test func `all addresses together have a limit`() throws {
        var limiter = HandshakeLimiter(perAddress: 2, total: 3)
        let keys = try ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"].map(key)
        let begun = keys.map { limiter.begin($0) }
        #expect(begun == [true, true, true, false])
        limiter.end(keys[0])
        #expect(limiter.begin(keys[3]) == true)
    }

    @Test func `a refused handshake is not counted`() throws {
        var limiter = HandshakeLimiter(perAddress: 1, total: 2)
        let (one, other) = (try key("192.0.2.1"), try key("192.0.2.2"))
        #expect(limiter.begin(one) == true)
        for _ in 0..<5 { #expect(limiter.begin(one) == false) }
        #expect(limiter.begin(other) == true)
    }

    @Test func `an end without a beginning changes nothing`() throws {
        var limiter = HandshakeLimiter(perAddress: 1, total: 1)
        let (one, other) = (try key("192.0.2.1"), try key("192.0.2.2"))
        #expect(limiter.begin(one) == true)
        limiter.end(other)
        #expect(limiter.begin(other) == false)
        limiter.end(one)
        limiter.end(one)
        #expect(limiter.begin(one) == true)
        #expect(limiter.begin(other) == false)
    }

    @Test(
        arguments: [
            ("2001:db8::1", "2001:db8::2"), ("2001:db8::1", "2001:db8:0:0:1::"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"), ("2001:db8:1:2::", "2001:db8:1:2:0:3::"),
            ("2001:0:0:1::", "2001:0:0:1:2:3:4:5"), ("::1", "::2"), ("::1", "0:0:0:0:8::"),
            ("192.0.2.1", "::ffff:192.0.2.1"),
        ]
    )
    func `counts as one`(first: String, second: String) throws {
        #expect(try key(first) == key(second))
    }

    @Test(
        arguments: [
            ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("2001:db8::1", "2001:db8:0:1::1"), ("::1", "1::"),
            ("1::", "0:1::"), ("192.0.2.1", "192.0.2.2"), ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
            ("::ffff:192.0.2.1", "::1"),
        ]
    )
    func `counts apart`(first: String, second: String) throws {
        #expect(try key(first) != key(second))
    }

    @Test func `whoever has no address shares one key`() throws {
        let unix = try SocketAddress(unixDomainSocketPath: "/tmp/edge.sock")
        #expect(HandshakeLimiter.Key(nil) == HandshakeLimiter.Key(unix))
    }
}
