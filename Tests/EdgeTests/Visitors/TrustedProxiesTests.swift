import Testing
import TunnelProtocol

@testable import Edge

struct TrustedProxiesTests {
    private func contains(_ words: [String], _ address: String) throws -> Bool {
        try TrustedProxies(words).contains(IPAddress(address))
    }

    @Test(arguments: [
        ("loopback", "127.0.0.1"), ("loopback", "127.255.0.9"), ("loopback", "::1"), ("loopback", "::ffff:127.0.0.1"),
        ("private", "10.1.2.3"), ("private", "172.31.0.1"), ("private", "192.168.9.9"), ("private", "fd00::1"),
        ("192.0.2.7", "192.0.2.7"), ("192.0.2.0/24", "192.0.2.255"), ("2001:db8::/32", "2001:db8:ffff::1"),
        ("0.0.0.0/0", "8.8.8.8"), ("::/0", "2001:db8::1"), ("::ffff:10.0.0.0/104", "10.9.9.9"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.128/25", "::ffff:192.0.2.129"),
    ])
    func `trusts what is in the block`(word: String, address: String) throws {
        #expect(try contains([word], address))
    }

    @Test(arguments: [
        ("loopback", "128.0.0.1"), ("loopback", "::2"), ("private", "172.32.0.1"), ("private", "127.0.0.1"),
        ("private", "169.254.0.1"), ("private", "fe80::1"), ("192.0.2.0/24", "192.0.3.0"), ("192.0.2.7", "192.0.2.8"),
        ("2001:db8::/32", "2001:db9::1"), ("::/0", "192.0.2.1"), ("0.0.0.0/0", "::1"), ("192.0.2.128/25", "192.0.2.1"),
    ])
    func `trusts nobody else`(word: String, address: String) throws {
        #expect(try !contains([word], address))
    }

    @Test func `trusts nobody unless told to`() throws {
        #expect(TrustedProxies.none.isEmpty)
        #expect(try !TrustedProxies([]).contains(IPAddress("127.0.0.1")))
        #expect(try !TrustedProxies(["0.0.0.0/0", "::/0"]).contains(nil))
    }

    @Test(arguments: [
        "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/08x", "10.0.0.1/8", "2001:db8::1/32", "::1/129",
        "::ffff:10.0.0.0/95", "localhost", "Loopback", "10.0.0.0/8/8", "10.0.0.0 /8", "10.0.0.0/8,::1",
    ])
    func `a word that names no block is refused by name`(word: String) {
        #expect { try TrustedProxies(["loopback", word]) } throws: { error in
            (error as? TrustedProxies.Problem)?.word == word && "\(error)".contains("'\(word)'")
        }
    }
}
