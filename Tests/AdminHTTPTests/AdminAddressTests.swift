import Testing

@testable import AdminHTTP

struct AdminAddressTests {
    @Test func `reads ports and socket paths`() {
        #expect(AdminAddress("127.0.0.1:9000") == .tcp(host: "127.0.0.1", port: 9000))
        #expect(AdminAddress("[::1]:0") == .tcp(host: "::1", port: 0))
        #expect(AdminAddress("localhost:1") == .tcp(host: "localhost", port: 1))
        #expect(AdminAddress("unix:agent.sock") == .unix(path: "agent.sock"))
        #expect(AdminAddress("/run/osm/agent.sock") == .unix(path: "/run/osm/agent.sock"))
    }

    @Test(arguments: ["", "9000", ":9000", "host", "127.0.0.1:", "127.0.0.1:65536", "::1:90", "127.0.0.1:-1"])
    func `refuses what is no address`(text: String) {
        #expect(AdminAddress(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:9000", "[::1]:9000", "unix:/tmp/a"])
    func `writes what it reads`(text: String) {
        #expect(AdminAddress(text)?.description == text)
    }

    @Test func `a name needs a name server and is refused`() {
        #expect(throws: AdminError.self) { try AdminAddress.tcp(host: "example.com", port: 1).socketAddress() }
    }
}
