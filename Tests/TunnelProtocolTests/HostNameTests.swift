import Testing
import TunnelProtocol

struct HostNameTests {
    private static let label63 = String(repeating: "a", count: 63)

    @Test(
        arguments: [
            ("app.example.com", "app.example.com"), ("APP.Example.COM", "app.example.com"),
            ("app.example.com.", "app.example.com"), ("app.example.com:8443", "app.example.com"),
            ("app.example.com.:443", "app.example.com"), ("app.example.com:", "app.example.com"),
            ("app.example.com:65535", "app.example.com"), ("localhost", "localhost"), ("a", "a"),
            ("1a.example", "1a.example"),
            ("1.2.3.4.example", "1.2.3.4.example"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("a--b.example", "a--b.example"), ("\(label63).example", "\(label63).example"), ("0xzz", "0xzz"),
        ]
    )
    func `brings a name into the one form in which names are compared`(written: String, text: String) {
        #expect(HostName(written)?.text == text)
    }

    @Test(
        arguments: [
            "", ".", "..", ".example", "a..b", "a.example..", "-a.example", "a-.example", "a_b.example", "a b", " a",
            "a\t",
            "a\0b", "bücher.example", "a.example:65536", "a.example:-1", "a.example:+1", "a.example:80:80",
            "a.example:http", ":80", "*.example", "user@example", "a/b", "a%41", "\(label63)a.example",
        ]
    )
    func `refuses what is no name`(written: String) {
        #expect(HostName(written) == nil)
    }

    @Test(
        arguments: [
            "127.0.0.1", "127.0.0.1:80", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "1.0x", "0x", "1",
            "a.1", "[::1]", "[::1]:80", "::1", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]",
        ]
    )
    func `refuses addresses however they are written`(written: String) {
        #expect(HostName(written) == nil)
    }

    @Test func `takes 253 bytes and not one more`() {
        let name = "\(Self.label63).\(Self.label63).\(Self.label63).\(String(repeating: "b", count: 61))"
        #expect(name.utf8.count == 253)
        #expect(HostName(name) != nil)
        #expect(HostName("\(name).") != nil)
        #expect(HostName("\(name)b") == nil)
    }

    @Test func `tells a single label from a full name`() {
        #expect(HostName("app")?.isSingleLabel == true)
        #expect(HostName("app.")?.isSingleLabel == true)
        #expect(HostName("app.example")?.isSingleLabel == false)
    }

    @Test func `a name lies under its domain only behind a dot`() throws {
        let base = try #require(HostName("t.example"))
        let under = try ["a.t.example", "a.b.t.example"].map { try #require(HostName($0)) }
        let outside = try ["t.example", "at.example", "a.t.example.org", "example"].map { try #require(HostName($0)) }
        #expect(under.allSatisfy { $0.isUnder(base) })
        #expect(!outside.contains { $0.isUnder(base) })
    }

    @Test func `the label next to the base domain decides whether a name is reserved`() throws {
        let base = try #require(HostName("t.example"))
        let reserved = try ["www.t.example", "WWW.T.example", "x.api.t.example"].map { try #require(HostName($0)) }
        let free = try ["app.t.example", "www.app.t.example", "www.u.example", "www"].map { try #require(HostName($0)) }
        #expect(reserved.allSatisfy { ReservedNames.contains($0, under: base) })
        #expect(!free.contains { ReservedNames.contains($0, under: base) })
    }
}
