import HTTPFields
import NIOCore
import Testing
import TunnelProtocol

@testable import Edge

struct VisitorIdentityTests {
    private static let proxy = "10.0.0.1"

    private func identity(
        _ fields: [(String, String)],
        peer: String? = proxy,
        trusted: [String] = ["10.0.0.0/8"]
    ) throws -> VisitorIdentity {
        VisitorIdentity(
            peer: peer.flatMap { IPAddress($0) },
            authority: "app.t.example",
            fields: FieldSection(fields),
            trusted: try TrustedProxies(trusted),
            publicScheme: "https"
        )
    }

    private func client(_ fields: [(String, String)], peer: String? = proxy) throws -> String? {
        try identity(fields, peer: peer).clientAddress?.description
    }

    // MARK: From the socket

    @Test(arguments: ["192.0.2.7", "2001:db8::7", nil])
    func `an untrusted peer is the visitor, whatever it says`(peer: String?) throws {
        let claims = [
            ("x-forwarded-for", "10.9.9.9"), ("x-forwarded-proto", "http"), ("x-forwarded-host", "admin"),
            ("forwarded", "for=10.9.9.9;proto=http;host=admin"),
        ]
        let identity = try identity(claims, peer: peer)
        #expect(identity.clientAddress?.description == peer)
        #expect(identity.scheme == "https")
        #expect(identity.host == "app.t.example")
    }

    @Test func `without trusted proxies nobody is believed`() throws {
        let identity = try identity([("x-forwarded-for", "192.0.2.7")], peer: "127.0.0.1", trusted: [])
        #expect(identity.clientAddress?.description == "127.0.0.1")
    }

    @Test func `a trusted proxy that says nothing speaks for itself`() throws {
        #expect(try client([]) == Self.proxy)
    }

    // MARK: X-Forwarded-*

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("6.6.6.6, 192.0.2.7", "192.0.2.7"), ("6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"), ("[2001:db8::7]:4711", "2001:db8::7"), ("2001:db8::7", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("10.0.0.3, 10.0.0.2", "10.0.0.3"), ("garbage, 192.0.2.7", "192.0.2.7"),
        (" , 192.0.2.7 ,, ", "192.0.2.7"), ("", "10.0.0.1"),
    ])
    func `the right-most address that is not trusted is the visitor`(value: String, visitor: String) throws {
        #expect(try client([("x-forwarded-for", value)]) == visitor)
    }

    @Test(arguments: [
        "unknown", "192.0.2.7, unknown", "192.0.2.7, _hidden, 10.0.0.2", "192.0.2.7, 300.1.1.1", "<script>",
    ])
    func `what a trusted proxy cannot name nobody knows`(value: String) throws {
        #expect(try client([("x-forwarded-for", value)]) == nil)
    }

    @Test func `several lines are one list`() throws {
        #expect(
            try client([("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.7, 10.0.0.2")]) == "192.0.2.7"
        )
    }

    @Test func `a chain without end names nobody, and one that begins well is read`() throws {
        let long = [String](repeating: "10.0.0.2", count: 100_000).joined(separator: ",")
        #expect(try client([("x-forwarded-for", long)]) == nil)
        #expect(try client([("x-forwarded-for", "\(long),192.0.2.7")]) == "192.0.2.7")
    }

    @Test(arguments: [("http", "http"), ("HTTPS", "https"), ("https, http", "http"), ("ftp", "https"), ("", "https")])
    func `a trusted proxy names the scheme`(value: String, scheme: String) throws {
        #expect(try identity([("x-forwarded-proto", value)]).scheme == scheme)
    }

    @Test(arguments: [
        ("Www.Example.com", "www.example.com"), ("a.example, b.example:8443", "b.example:8443"),
        ("192.0.2.1:80", "192.0.2.1:80"), ("[2001:db8::1]:80", "[2001:db8::1]:80"), ("a b", "app.t.example"),
        ("a\"b", "app.t.example"), ("2001:db8:0:0:0:0:0:1", "app.t.example"), ("user@host", "app.t.example"),
        (String(repeating: "a.", count: 200), "app.t.example"),
    ])
    func `a trusted proxy names the host`(value: String, host: String) throws {
        #expect(try identity([("x-forwarded-host", value)]).host == host)
    }

    // MARK: Forwarded

    @Test(arguments: [
        ("for=192.0.2.7", "192.0.2.7"), ("For=\"192.0.2.7:4711\"", "192.0.2.7"),
        ("for=6.6.6.6, for=192.0.2.7;by=10.0.0.1", "192.0.2.7"), ("for=\"[2001:db8::7]:_port\", for=10.0.0.2", nil),
        ("for=\"[2001:db8::7]:47\"", "2001:db8::7"), ("proto=http;for=192.0.2.7;", "192.0.2.7"),
        (",, for=192.0.2.7 ,", "192.0.2.7"), ("for=\"192.0.2.\\7\"", "192.0.2.7"), ("proto=http", nil),
        ("for=unknown", nil), ("for=_hidden", nil),
    ])
    func `the standard field says the same`(value: String, visitor: String?) throws {
        #expect(try client([("forwarded", value)]) == visitor)
    }

    @Test(arguments: [
        "for", "for=", "for =192.0.2.7", "for= 192.0.2.7", "for=192.0.2.7; proto=http", "for=\"192.0.2.7",
        "for=192.0.2.7;for=192.0.2.8", "for=[2001:db8::7]", "for=\"192.0.2.7\"x", "=192.0.2.7", "for=192.0.2.7 x",
        "for=\"a\u{1}b\"", "for=\"é\"", "for=\"\\", "a=1;b=1;c=1;d=1;e=1;f=1;g=1;h=1;i=1;for=192.0.2.7",
    ])
    func `a malformed field names nobody`(value: String) throws {
        let identity = try identity([("forwarded", value)])
        #expect(identity.clientAddress == nil)
        #expect(identity.scheme == "https")
    }

    @Test func `no quotation mark reaches from one line into the next`() throws {
        #expect(try client([("forwarded", "for=\"6.6.6.6"), ("forwarded", "\";for=192.0.2.7")]) == nil)
    }

    @Test func `a chain without end is not read`() throws {
        let long = [String](repeating: "for=10.0.0.2", count: 33).joined(separator: ",")
        #expect(try client([("forwarded", long)]) == nil)
        let halves = [String](repeating: "for=10.0.0.2", count: 17).joined(separator: ",")
        #expect(try client([("forwarded", halves), ("forwarded", halves)]) == nil)
    }

    @Test func `scheme and host come with the nearest element`() throws {
        let identity = try identity([
            ("forwarded", "for=6.6.6.6;proto=https, for=192.0.2.7;proto=http;host=\"b.example:80\"")
        ])
        #expect(identity.scheme == "http")
        #expect(identity.host == "b.example:80")
    }

    @Test func `what most proxies let pass is not believed beside what they write`() throws {
        let fields = [("forwarded", "for=6.6.6.6;proto=http;host=evil"), ("x-forwarded-for", "192.0.2.7")]
        let identity = try identity(fields)
        #expect(identity.clientAddress?.description == "192.0.2.7")
        #expect(identity.scheme == "https")
        #expect(identity.host == "app.t.example")
    }

    // MARK: What origins are told

    @Test func `one visitor, however the origin reads it`() throws {
        let identity = try identity([
            ("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.0.0.2"), ("x-forwarded-host", "a.example"),
        ])
        #expect(
            identity.fields.lines == [
                "x-forwarded-for: 192.0.2.7", "x-forwarded-proto: https", "x-forwarded-host: a.example",
                "forwarded: for=192.0.2.7;host=a.example;proto=https",
            ]
        )
    }

    @Test func `addresses with colons are quoted`() throws {
        let identity = try identity([("x-forwarded-host", "a.example:8443")], peer: "10.0.0.1")
        #expect(identity.fields.lines.last == "forwarded: for=10.0.0.1;host=\"a.example:8443\";proto=https")
        let visitor = try self.identity([], peer: "2001:db8::7")
        #expect(visitor.fields.lines.last == "forwarded: for=\"[2001:db8::7]\";host=app.t.example;proto=https")
    }

    @Test func `nothing is said of an unknown visitor`() throws {
        #expect(
            try identity([], peer: nil).fields.lines == [
                "x-forwarded-proto: https", "x-forwarded-host: app.t.example",
                "forwarded: for=unknown;host=app.t.example;proto=https",
            ]
        )
    }
}
