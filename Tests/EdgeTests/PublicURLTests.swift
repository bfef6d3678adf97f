import Edge
import Testing
import TunnelProtocol

struct PublicURLTests {
    @Test(
        arguments: [
            ("https://*.tunnel.example.com", "https", "tunnel.example.com", nil),
            ("http://*.localhost:8080", "http", "localhost", 8080),
            ("https://*.T.Example.:443", "https", "t.example", 443),
            ("https://*.t.example:65535", "https", "t.example", 65_535),
        ] as [(String, String, String, UInt16?)]
    )
    func `reads scheme, domain and port`(text: String, scheme: String, domain: String, port: UInt16?) throws {
        let url = try #require(PublicURL(text))
        #expect(url.scheme == scheme)
        #expect(url.baseDomain.text == domain)
        #expect(url.port == port)
    }

    @Test(
        arguments: [
            "", "https:", "https://", "https://*", "https://*.", "*.t.example", "https://t.example",
            "https://a.*.example", "https://**.t.example", "https://*.*.t.example", "ftp://*.t.example",
            "HTTPS://*.t.example", "https:/*.t.example", "https://*.t.example/", "https://*.t.example/path",
            "https://*.t.example?query", "https://*.t.example#part", "https://user@*.t.example",
            "https://*.t_e.example",
            "https://*.127.0.0.1", "https://*.[::1]", "https://*.t.example:", "https://*.t.example:0",
            "https://*.t.example:65536", "https://*.t.example:+443", "https://*.t.example:-1",
            "https://*.t.example:https", "https://*.t.example:80:80", " https://*.t.example", "https://*.t.example ",
        ]
    )
    func `refuses what is not one`(text: String) {
        #expect(PublicURL(text) == nil)
    }

    @Test(
        arguments: [
            ("https://*.t.example", "https://app.t.example"), ("http://*.t.example:8080", "http://app.t.example:8080"),
            ("https://*.t.example:443", "https://app.t.example:443"),
        ]
    )
    func `a name's URL has the port that the public one has`(text: String, expected: String) throws {
        #expect(try #require(PublicURL(text)).url(of: "app.t.example") == expected)
    }
}
