import Testing
import TunnelProtocol

@testable import Agent

struct OriginTargetTests {
    @Test(
        arguments: [
            ("3000", "127.0.0.1", 3000), ("1", "127.0.0.1", 1), ("65535", "127.0.0.1", 65_535),
            ("localhost:3000", "localhost", 3000), ("127.0.0.1:3000", "127.0.0.1", 3000),
            ("127.255.0.9:80", "127.255.0.9", 80), ("[::1]:3000", "::1", 3000),
            ("http://localhost:3000", "localhost", 3000), ("http://[::1]:3000", "::1", 3000),
            ("http://localhost:3000/", "localhost", 3000), ("http://localhost", "localhost", 80),
            ("http://3000", "127.0.0.1", 3000), ("http2://127.0.0.1:50051", "127.0.0.1", 50_051),
            ("http2://50051", "127.0.0.1", 50_051), ("http2://[::1]:50051", "::1", 50_051),
            ("https://localhost", "localhost", 443), ("https://localhost:8443/", "localhost", 8443),
            ("https://8443", "localhost", 8443), ("https://[::1]", "::1", 443), ("https://127.0.0.1", "127.0.0.1", 443),
        ]
    )
    func `takes a port of this machine`(text: String, host: String, port: Int) throws {
        let target = try OriginTarget(text)
        #expect(target.place == .host(host, port))
        #expect(target.reach == .loopback)
    }

    @Test(arguments: [("3000", "http"), ("http://1", "http"), ("https://1", "https"), ("http2://1", "http2")])
    func `says what is spoken there`(text: String, scheme: String) throws {
        #expect(try OriginTarget(text).scheme.rawValue == scheme)
    }

    // MARK: What lies in the file system

    @Test(
        arguments: [
            ("unix:/run/app.sock", "/run/app.sock"), ("unix:///run/app.sock", "/run/app.sock"),
            ("unix:./app.sock", "/srv/app.sock"), ("unix:../app.sock", "/srv/../app.sock"),
            ("http2+unix:/run/app.sock", "/run/app.sock"), ("unix:/a b@c?d", "/a b@c?d"),
        ]
    )
    func `takes a Unix socket`(text: String, path: String) throws {
        #expect(try OriginTarget(text, relativeTo: "/srv").place == .unix(path))
    }

    @Test(
        arguments: [
            (".", "/srv"), ("./", "/srv"), ("./site", "/srv/site"), ("././/site", "/srv/site"), ("..", "/srv/.."),
            ("../site", "/srv/../site"), ("/var/www", "/var/www"), ("/", "/"), ("file:///var/www", "/var/www"),
            ("/var/http://x", "/var/http://x"), ("./user@host:80", "/srv/user@host:80"),
        ]
    )
    func `takes a folder`(text: String, path: String) throws {
        #expect(try OriginTarget(text, relativeTo: "/srv").place == .folder(path))
    }

    @Test(
        arguments: [
            "unix:", "unix:app.sock", "unix://host/app.sock", "unix:/run/", "unix:/run/a\0b", "unix:/run/a\nb",
            "unix:/\(String(repeating: "a", count: 100))", "http2+unix:app.sock",
        ]
    )
    func `refuses what is no path of a socket`(text: String) {
        #expect(throws: OriginTargetError.badSocketPath(text)) { try OriginTarget(text, relativeTo: "/srv") }
    }

    @Test(arguments: [".5", "...", ".hidden", "./a\0b", "file://host/path", "file://./a", "file://"])
    func `refuses what is no path of a folder`(text: String) {
        #expect(throws: OriginTargetError.badFolder(text)) { try OriginTarget(text, relativeTo: "/srv") }
    }

    // MARK: Other machines

    @Test(
        arguments: [
            "192.168.1.1", "10.0.0.1", "172.16.0.1", "128.0.0.1", "8.8.8.8", "[fd12:3456::1]", "[2001:db8::1]",
            "metadata.google.internal", "example.com", "localhost.example.com", "127.0.0.1.nip.io",
            "example.localhost", "localhost4",
        ]
    )
    func `refuses what is not on this machine unless it is said`(host: String) {
        for text in ["\(host):80", "http://\(host)/", "https://\(host)"] {
            #expect(throws: OriginTargetError.notLoopback(host)) { try OriginTarget(text) }
        }
    }

    @Test(arguments: ["192.168.1.1", "10.255.0.1", "172.31.9.9", "[fd12:3456::1]", "[fc00::1]", "db.lan", "web"])
    func `takes private addresses and names when it is said`(host: String) throws {
        let target = try OriginTarget("\(host):5432", allowsPrivate: true)
        #expect(target.authority == "\(host):5432")
        #expect(target.reach == .privateNetworks)
    }

    @Test(arguments: ["8.8.8.8", "172.32.0.1", "172.15.0.1", "100.64.0.1", "[2001:db8::1]", "[64:ff9b::a00:1]"])
    func `never takes public addresses`(host: String) {
        #expect(throws: OriginTargetError.publicAddress(host)) { try OriginTarget("\(host):80", allowsPrivate: true) }
    }

    @Test(
        arguments: [
            "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.100.100.200", "224.0.0.1", "239.255.255.250",
            "240.0.0.1", "255.255.255.255", "[::]", "[::2]", "[fe80::1]", "[febf::1]", "[ff02::1]", "[fd00:ec2::254]",
            "[fd20:ce::254]",
        ],
        [false, true]
    )
    func `never takes addresses that are no host's`(host: String, allowsPrivate: Bool) {
        #expect(throws: OriginTargetError.neverServed(host)) {
            try OriginTarget("\(host):80", allowsPrivate: allowsPrivate)
        }
    }

    @Test(
        arguments: [
            "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "127.0.0.01", "127.0.0.010",
            "127.00.0.1", "127.0.0.0x1", "127.0.0.256", "127.0.0.+1", "127.0.0.-0", "127..0.1", "127.0.0.1.",
            "127.0.0.1.1", "１２７.0.0.1", "127.0.0.1%00", "127.0.0.1 ", " 127.0.0.1", "[::ffff:127.0.0.1]", "[::1%lo]",
            "[0:0:0:0:0:0:0:1]", "[::ffff:a9fe:a9fe]", "[::ffff:169.254.169.254]", "[127.0.0.1]", ":", "localhost\0",
            "localhost.", "LOCALHOST", "0xa9fea9fe", "169.254.43518", "[fe80::1%eth0]", "[]", "-a", "a..b", "a_b",
        ],
        [false, true]
    )
    func `refuses other ways to write an address`(host: String, allowsPrivate: Bool) {
        #expect(throws: OriginTargetError.self) { try OriginTarget("\(host):80", allowsPrivate: allowsPrivate) }
        #expect(throws: OriginTargetError.self) { try OriginTarget("https://\(host):80", allowsPrivate: allowsPrivate) }
    }

    // MARK: What is no target at all

    @Test(
        arguments: [
            ("user@localhost:80", OriginTargetError.hasUser("user@localhost:80")),
            ("http://user@localhost:80", .hasUser("http://user@localhost:80")),
            ("http://localhost:80@example.com", .hasUser("http://localhost:80@example.com")),
            ("http://localhost:80/path", .hasPath("http://localhost:80/path")),
            ("http://localhost:80//", .hasPath("http://localhost:80//")),
            ("https://localhost?a", .hasPath("https://localhost?a")),
            ("https://localhost#a@b", .hasPath("https://localhost#a@b")),
            (#"https://localhost\@example.com"#, .hasPath(#"https://localhost\@example.com"#)),
            ("HTTP://localhost:80", .unknownScheme("HTTP")), ("http3://localhost:80", .unknownScheme("http3")),
            ("tcp://localhost:80", .unknownScheme("tcp")), ("://localhost:80", .unknownScheme("")),
        ]
    )
    func `says what an endpoint has no use for`(text: String, error: OriginTargetError) {
        #expect(throws: error) { try OriginTarget(text, allowsPrivate: true) }
    }

    @Test(
        arguments: [
            "", ":", "localhost", "[::1]", "0", "65536", "-1", "+3000", " 3000", "3000 ", "3_000", "0x10", "localhost:",
            "localhost:0", "localhost:65536", "localhost:+3000", "localhost:3000/", "localhost:3000/path", "http://",
            "http2://", "http2://localhost", "http2:/50051", "https://localhost:", "https://localhost:0",
            "https://localhost:99999", "３０００", "~/site", "site",
        ]
    )
    func `refuses what has no port`(text: String) {
        #expect(throws: OriginTargetError.self) { try OriginTarget(text) }
    }

    // MARK: Words

    @Test(
        arguments: [
            ("3000", "http://127.0.0.1:3000"), ("localhost:80", "http://localhost:80"), ("[::1]:80", "http://[::1]:80"),
            ("https://localhost", "https://localhost:443"), ("http2://1", "http2://127.0.0.1:1"),
            ("unix:///a", "unix:/a"), ("http2+unix:/a", "http2+unix:/a"), ("file:///a", "/a"),
        ]
    )
    func `is written so that it can be read again`(text: String, description: String) throws {
        let target = try OriginTarget(text)
        #expect(target.description == description)
        #expect(try OriginTarget(target.description) == target)
    }

    @Test(
        arguments: [
            ("3000", "127.0.0.1:3000"), ("80", "127.0.0.1"), ("https://443", "localhost"),
            ("https://80", "localhost:80"), ("[::1]:80", "[::1]"), ("unix:/a", "localhost"),
        ]
    )
    func `names itself as a browser would`(text: String, host: String) throws {
        #expect(try OriginTarget(text).hostField == host)
    }

    @Test func `a refusal quotes what was written and says what is taken`() {
        #expect(OriginTargetError.notATarget("app").description.contains("'app'"))
        #expect(OriginTargetError.notLoopback("10.0.0.1").description.contains("'10.0.0.1'"))
        #expect(OriginTargetError.notLoopback("10.0.0.1").description.contains("--allow-private"))
        #expect(!OriginTargetError.hasUser("me:secret@host:80").description.contains("secret"))
    }

    @Test(arguments: ["unix:/a", "5432", "localhost:22"])
    func `a TCP service may be at any socket`(text: String) throws {
        try OriginTarget(text).check(for: .tcp)
    }

    @Test(arguments: ["/srv", "https://localhost", "http2://1"])
    func `a TCP service is neither a folder nor a protocol`(text: String) {
        #expect(throws: OriginTargetError.self) { try OriginTarget(text).check(for: .tcp) }
    }

    @Test(arguments: ["unix:/a", "/srv", "https://localhost"])
    func `a UDP service has a port`(text: String) {
        #expect(throws: OriginTargetError.self) { try OriginTarget(text).check(for: .udp) }
    }
}
