import Edge
import Testing

struct ListenAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:443", "::1", 443),
            ("[::]:65535", "::", 65_535), (":8443", "::", 8443), ("edge-1.example:1", "edge-1.example", 1),
        ]
    )
    func `reads a host and a port`(text: String, host: String, port: Int) {
        #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
    }

    @Test(
        arguments: [
            "", ":", "8080", "localhost", "localhost:", "localhost:http", "localhost:65536", "localhost:-1",
            "localhost:+1", "localhost:-0", "localhost: 1", " localhost:1", "local host:1", "::1", "::1:80", "[::1]",
            "[::1]80", "[]:80", "[::1:80", "::1]:80", "[host]:80", "http://localhost:80", "localhost:80/",
            "localhost:８０",
        ]
    )
    func `refuses what is not one`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:8080", "[::1]:443", "localhost:0"])
    func `is written as it is read`(text: String) throws {
        #expect(try #require(ListenAddress(text)).description == text)
    }
}
