import Testing

@testable import TunnelProtocol

struct AddressBlockTests {
    private func contains(_ block: String, _ address: String) throws -> Bool {
        try AddressBlock(block).contains(try #require(IPAddress(address)))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("::/0", "192.0.2.1", false), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
    ])
    func `holds the addresses that begin as it does`(block: String, address: String, holds: Bool) throws {
        #expect(try contains(block, address) == holds)
    }

    @Test(arguments: ["", "/", "/8", "example.com", "10.0.0.0/8/8", "10.0.0/8", "010.0.0.0/8", "fe80::1%eth0/64"])
    func `is no block without an address`(text: String) {
        let problem = #expect(throws: AddressBlock.Problem.self) { try AddressBlock(text) }
        #expect(problem != nil)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/0x8", "10.0.0.0/ 8"])
    func `takes a length of prefix that fits and nothing else`(text: String) {
        #expect(throws: AddressBlock.Problem.prefixLength(0...32)) { try AddressBlock(text) }
    }

    @Test(arguments: ["10.0.0.1/8", "2001:db8::1/64", "::ffff:10.0.0.1/104"])
    func `is not a host with a length behind it`(text: String) {
        #expect(throws: AddressBlock.Problem.bitsBehindPrefix) { try AddressBlock(text) }
    }
}
