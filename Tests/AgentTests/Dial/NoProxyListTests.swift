@testable import Agent
import Testing

struct NoProxyListTests {
    @Test(
        arguments: [
            ("*", "edge.example"), ("edge.example", "edge.example"), ("example", "edge.example"),
            (".example", "edge.example"), ("*.example", "edge.example"), (".edge.example", "edge.example"),
            ("EDGE.Example", "edge.example"), ("edge.example.", "edge.example"), ("edge.example", "EDGE.example."),
            ("a,b , edge.example", "edge.example"), ("a b\tedge.example", "edge.example"),
            ("edge.example:8443", "edge.example"), ("192.0.2.7", "192.0.2.7"), ("192.0.2.7:8443", "192.0.2.7"),
            ("192.0.2.0/24", "192.0.2.7"), ("192.0.2.0/29", "192.0.2.7"), ("0.0.0.0/0", "192.0.2.7"),
            ("192.0.2.0/24", "::ffff:192.0.2.7"), ("2001:db8::/32", "2001:db8::1"), ("2001:db8::1", "2001:db8:0::1"),
            ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:8443", "2001:db8::1"), ("::1", "::1"),
        ]
    )
    func `spares`(list: String, host: String) {
        #expect(NoProxyList(list).contains(host: host, port: 8443))
    }

    @Test(
        arguments: [
            ("", "edge.example"), (",", "edge.example"), (".", "edge.example"), ("dge.example", "edge.example"),
            ("edge.example", "example"), ("edge.example", "other-edge.example"), ("edge.example:443", "edge.example"),
            ("edge.*", "edge.example"), ("**", "edge.example"), ("192.0.2.0/29", "192.0.2.8"),
            ("192.0.2.0/33", "192.0.2.7"), ("192.0.2.0/-1", "192.0.2.7"), ("192.0.2.0/", "192.0.2.7"),
            ("192.0.2.0/24/24", "192.0.2.7"), ("192.0.2", "192.0.2.7"), ("2001:db8::/32", "2001:db9::1"),
            ("192.0.2.7:443", "192.0.2.7"), ("0.0.0.0/0", "2001:db8::1"), ("::/0", "192.0.2.7"),
            ("::/0", "edge.example"),
        ]
    )
    func `does not spare`(list: String, host: String) {
        #expect(!NoProxyList(list).contains(host: host, port: 8443))
    }

    @Test func `a list without end is cut`() {
        let list = NoProxyList(String(repeating: "a.example,", count: 100_000) + "edge.example")
        #expect(list.entries.count == 1000)
        #expect(!list.contains(host: "edge.example", port: 8443))
    }
}
