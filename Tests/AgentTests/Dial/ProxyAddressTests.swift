@testable import Agent
import Testing

struct ProxyAddressTests {
    @Test(
        arguments: [
            ("http://proxy.example:3128", .http, "proxy.example", 3128),
            ("http://proxy.example", .http, "proxy.example", 80),
            ("proxy.example:3128", .http, "proxy.example", 3128), ("proxy.example", .http, "proxy.example", 80),
            ("HTTP://proxy.example:3128/", .http, "proxy.example", 3128), ("192.0.2.1:8080", .http, "192.0.2.1", 8080),
            ("socks5://proxy.example", .socks5, "proxy.example", 1080), ("socks5h://[::1]:9", .socks5, "::1", 9),
            ("http://[2001:db8::1]", .http, "2001:db8::1", 80), ("u:p@proxy.example:1", .http, "proxy.example", 1),
        ] as [(String, ProxyAddress.Scheme, String, Int)]
    )
    func `reads a proxy`(text: String, scheme: ProxyAddress.Scheme, host: String, port: Int) throws {
        let proxy = try ProxyAddress(text)
        #expect(proxy.scheme == scheme)
        #expect(proxy.host == host)
        #expect(proxy.port == port)
    }

    @Test(
        arguments: [
            ("", .notAnAddress), ("http://", .notAnAddress), ("http://proxy:0", .notAnAddress),
            ("http://proxy:65536", .notAnAddress), ("http://proxy/path", .notAnAddress), ("proxy?x", .notAnAddress),
            ("http://proxy#x", .notAnAddress), ("http://pro xy", .notAnAddress), ("http://[::1", .notAnAddress),
            ("::1", .notAnAddress), ("http://pröxy", .notAnAddress), ("http://proxy:80:80", .notAnAddress),
            ("http://proxy:", .notAnAddress), ("ftp://proxy", .unknownScheme), ("socks://proxy", .unknownScheme),
            ("socks4://proxy", .unknownScheme), ("://proxy", .unknownScheme), ("https://proxy", .overTLS),
            ("http://@proxy", .badCredentials), ("http://:p@proxy", .badCredentials),
            ("http://u%@proxy", .badCredentials),
            ("http://u%zz@proxy", .badCredentials), ("http://u%0a:p@proxy", .badCredentials),
            ("http://a%3Ab:p@proxy", .badCredentials), ("socks5://u@proxy", .badCredentials),
            ("socks5://u:@proxy", .badCredentials),
        ] as [(String, ProxyAddressError)]
    )
    func `refuses what is none`(text: String, error: ProxyAddressError) {
        #expect(throws: error) { try ProxyAddress(text) }
    }

    @Test func `decodes a user name and a password`() throws {
        let credentials = try #require(try ProxyAddress("http://us%20er:p%40ss:w%C3%B6rd@proxy").credentials)
        #expect(credentials.user == Array("us er".utf8))
        #expect(credentials.password == Array("p@ss:wörd".utf8))
        #expect(credentials.basic == "Basic dXMgZXI6cEBzczp3w7ZyZA==")
    }

    @Test func `takes user names and passwords of at most 255 bytes`() throws {
        let longest = String(repeating: "x", count: 255)
        #expect(try ProxyCredentials(line: "\(longest):\(longest)\n").password.count == 255)
        #expect(throws: ProxyAddressError.badCredentials) { try ProxyCredentials(line: "\(longest)x:p") }
        #expect(throws: ProxyAddressError.badCredentials) { try ProxyCredentials(line: "u:\(longest)x") }
        #expect(throws: ProxyAddressError.badCredentials) { try ProxyCredentials(line: "u:p\nsecond:line") }
    }

    @Test func `never shows a password`() throws {
        let proxy = try ProxyAddress("http://u%73er:pa%73s@proxy:3128")
        let choice = try ProxyChoice(flag: nil, environment: ["HTTPS_PROXY": "http://user:pass@proxy:3128"])
        for text in ["\(proxy)", String(reflecting: proxy), dumped(proxy), dumped(choice), "\(choice)"] {
            #expect(!text.contains("user") && !text.contains("pass"), "\(text)")
        }
        #expect("\(proxy)" == "proxy:3128")
    }

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }
}
