import Agent
import Testing

struct EdgeAddressTests {
    @Test(
        arguments: [
            ("edge.example", "edge.example", 8443), ("edge.example:443", "edge.example", 443),
            ("127.0.0.1", "127.0.0.1", 8443), ("127.0.0.1:1", "127.0.0.1", 1), ("[::1]", "::1", 8443),
            ("[2001:db8::1]:65535", "2001:db8::1", 65_535),
        ]
    )
    func `reads a host, perhaps with a port`(text: String, host: String, port: Int) throws {
        let address = try #require(EdgeAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(
        arguments: [
            "", ":", ":8443", "edge.example:", "edge.example:0", "edge.example:65536", "edge.example:-1",
            "edge.example:+443", "edge.example:https", "edge.example: 443", "edge example", "edge.example\n", "\tedge",
            "https://edge.example", "https://edge.example:8443", "edge.example/", "edge.example:443/", "::1",
            "2001:db8::1", "[]", "[]:443", "[::1", "::1]", "[::1]443", "[::1]:", "[::1]:0", "[[::1]]:443", "[::1]]:443",
        ]
    )
    func `refuses what is not one`(text: String) {
        #expect(EdgeAddress(text) == nil)
    }

    @Test(arguments: [("edge.example", "edge.example:8443"), ("[::1]", "[::1]:8443"), ("edge:1", "edge:1")])
    func `is written with its port, and read again`(text: String, written: String) throws {
        let address = try #require(EdgeAddress(text))
        #expect(address.description == written)
        #expect(EdgeAddress(written) == address)
    }
}
