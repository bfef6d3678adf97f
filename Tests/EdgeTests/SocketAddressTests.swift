import NIOCore
import Testing

@testable import Edge

struct SocketAddressTests {
    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1", "192.0.2.1:80"), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1:80"),
            ("::1", "::1", "[::1]:80"), ("2001:DB8:0:0::7", "2001:db8::7", "[2001:db8::7]:80"),
            ("64:ff9b::192.0.2.1", "64:ff9b::c000:201", "[64:ff9b::c000:201]:80"),
        ]
    )
    func `names an address as people do`(ip: String, host: String, hostAndPort: String) throws {
        let address = try SocketAddress(ipAddress: ip, port: 80)
        #expect(address.host == host)
        #expect(address.hostAndPort == hostAndPort)
    }

    @Test func `a socket in the file system has no host`() throws {
        let address = try SocketAddress(unixDomainSocketPath: "/tmp/edge.sock")
        #expect(address.host == nil)
        #expect(address.hostAndPort.isEmpty)
    }
}
