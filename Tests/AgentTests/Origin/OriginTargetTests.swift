import Agent
import Testing

struct OriginTargetTests {
    @Test(
        arguments: [
            ("3000", "127.0.0.1", 3000), ("1", "127.0.0.1", 1), ("65535", "127.0.0.1", 65_535),
            ("localhost:3000", "localhost", 3000), ("127.0.0.1:3000", "127.0.0.1", 3000),
            ("127.255.0.9:80", "127.255.0.9", 80), ("[::1]:3000", "::1", 3000),
            ("http://localhost:3000", "localhost", 3000), ("http://[::1]:3000", "::1", 3000),
            ("http://3000", "127.0.0.1", 3000), ("http2://127.0.0.1:50051", "127.0.0.1", 50_051),
            ("http2://50051", "127.0.0.1", 50_051), ("http2://[::1]:50051", "::1", 50_051),
        ]
    )
    func `takes a port of this machine`(text: String, host: String, port: Int) throws {
        let target = try OriginTarget(text)
        #expect(target.host == host)
        #expect(target.port == port)
    }

    @Test(
        arguments: [
            "0.0.0.0:3000", "[::]:3000", "192.168.1.1:80", "10.0.0.1:80", "128.0.0.1:80", "169.254.169.254:80",
            "[fd00:ec2::254]:80", "[fe80::1]:80", "metadata.google.internal:80", "example.com:80",
            "localhost.example.com:80", "127.0.0.1.nip.io:80", "localhost.:80", "example.localhost:80",
        ]
    )
    func `refuses what is not on this machine`(text: String) {
        let host = String(text.prefix(upTo: text.lastIndex(of: ":") ?? text.endIndex))
        #expect(throws: OriginTargetError.notLoopback(host)) { try OriginTarget(text) }
    }

    @Test(
        arguments: [
            "0177.0.0.1:80", "0x7f.0.0.1:80", "127.1:80", "127.0.1:80", "2130706433:80", "0x7f000001:80",
            "127.0.0.01:80", "127.0.0.010:80", "127.00.0.1:80", "127.0.0.0x1:80", "127.0.0.256:80", "127.0.0.+1:80",
            "127.0.0.-0:80", "127.0.0.:80", "127..0.1:80", "127.0.0.1.:80", "127.0.0.1.1:80", "１２７.0.0.1:80",
            "127.0.0.1%00:80", "127.0.0.1 :80", " 127.0.0.1:80", "[::ffff:127.0.0.1]:80", "[::1%lo]:80",
            "[0:0:0:0:0:0:0:1]:80", "::1:80", "user@localhost:80", "localhost@example.com:80", "localhost\0:80",
            "https://localhost:80", "HTTP://localhost:80", "http2://http://localhost:80", "HTTP2://localhost:80",
            "http3://localhost:80",
        ]
    )
    func `refuses other ways to write an address`(text: String) {
        #expect(throws: OriginTargetError.self) { try OriginTarget(text) }
    }

    @Test(
        arguments: [
            "", ":", "localhost", "[::1]", "0", "65536", "-1", "+3000", " 3000", "3000 ", "3_000", "0x10", "localhost:",
            "localhost:0", "localhost:65536", "localhost:+3000", "localhost:3000/", "localhost:3000/path",
            "http://", "http://localhost", "http2://", "http2://localhost", "http2:/50051", "/tmp/app.sock",
            "unix:/tmp/app.sock", "３０００",
        ]
    )
    func `refuses what has no port`(text: String) {
        #expect(throws: OriginTargetError.notAnAddress(text)) { try OriginTarget(text) }
    }

    @Test(arguments: [("3000", "127.0.0.1:3000"), ("localhost:80", "localhost:80"), ("[::1]:80", "[::1]:80")])
    func `is written as an authority and as a URL`(text: String, authority: String) throws {
        let target = try OriginTarget(text)
        #expect(target.authority == authority)
        #expect(target.description == "http://\(authority)")
        #expect(try OriginTarget(target.description) == target)
    }

    @Test func `says which HTTP is spoken there`() throws {
        #expect(try OriginTarget("3000").scheme == .http)
        #expect(try OriginTarget("http://localhost:3000").scheme == .http)
        let target = try OriginTarget("http2://localhost:50051")
        #expect(target.scheme == .http2)
        #expect(target.description == "http2://localhost:50051")
        #expect(try OriginTarget(target.description) == target)
        #expect(throws: OriginTargetError.notLoopback("10.0.0.1")) { try OriginTarget("http2://10.0.0.1:50051") }
    }

    @Test func `a refusal quotes what was written and says what is taken`() {
        #expect(OriginTargetError.notAnAddress("app").description.contains("'app'"))
        #expect(OriginTargetError.notLoopback("10.0.0.1").description.contains("'10.0.0.1'"))
        #expect(OriginTargetError.notLoopback("10.0.0.1").description.contains("loopback"))
    }
}
