import HTTPFields
import Testing
import TunnelProtocol

@testable import Edge

struct StickyCookieTests {
    private static let mark = "0123456789abcdef0123456789abcdef"
    private static let other = "fedcba9876543210fedcba9876543210"

    private func marks(_ cookies: String...) -> [String] {
        StickyCookie.marks(in: FieldSection(cookies.map { ("cookie", $0) }))
    }

    // MARK: What visitors send

    @Test(
        arguments: [
            "osm_sticky=\(mark)", "a=b; osm_sticky=\(mark); c=d", "a=b;osm_sticky=\(mark);", " osm_sticky=\(mark) ",
            ";;; osm_sticky=\(mark)", "a; osm_sticky=\(mark)",
        ]
    )
    func `finds the mark among other cookies`(cookies: String) {
        #expect(marks(cookies) == [Self.mark])
    }

    @Test(
        arguments: [
            "", "osm_sticky", "osm_sticky=", "osm_sticky=\(mark)0", "osm_sticky=\(mark.dropLast())",
            "OSM_STICKY=\(mark)", "osm_sticky=\(mark.uppercased())", "osm_sticky=\"\(mark)\"", "xosm_sticky=\(mark)",
            "osm_sticky =\(mark)", "osm_sticky= \(mark)", "osm_sticky=\(mark.dropLast())g", "a=osm_sticky=\(mark)",
            "osm_sticky=\(mark.dropLast(2))é", "osm_sticky=\(mark),x",
        ]
    )
    func `takes nothing else for a mark`(cookies: String) {
        #expect(marks(cookies).isEmpty)
    }

    @Test func `reads split fields in their order and no more than eight marks`() {
        #expect(marks("a=b", "osm_sticky=\(Self.other)", "osm_sticky=\(Self.mark)") == [Self.other, Self.mark])
        let many = String(repeating: "osm_sticky=\(Self.mark); ", count: 500)
        #expect(marks(many).count == 8)
    }

    @Test func `only cookie fields are looked at, whatever their case`() {
        let fields = FieldSection([("x-cookie", "osm_sticky=\(Self.other)"), ("Cookie", "osm_sticky=\(Self.mark)")])
        #expect(StickyCookie.marks(in: fields) == [Self.mark])
    }

    // MARK: What visitors get

    @Test func `is for this site alone and out of reach of scripts`() throws {
        let path = try #require(PathPrefix("/api"))
        #expect(
            StickyCookie.setting(Self.mark, path: path, isSecure: true)
                == "osm_sticky=\(Self.mark); Path=/api; HttpOnly; SameSite=Lax; Secure"
        )
        #expect(
            StickyCookie.setting(Self.mark, path: .root, isSecure: false)
                == "osm_sticky=\(Self.mark); Path=/; HttpOnly; SameSite=Lax"
        )
    }

    // MARK: Marks

    @Test func `a mark is known again and follows from key, device, host and path`() throws {
        let secret = [UInt8](repeating: 7, count: 32)
        let key = try #require(StickyKey(secret))
        let host = try #require(HostPattern("app.example"))
        let path = try #require(PathPrefix("/api"))
        let mark = key.mark(of: "device", at: host, path)
        #expect(marks("osm_sticky=\(mark)") == [mark])
        #expect(try #require(StickyKey(secret)).mark(of: "device", at: host, path) == mark)
        let others = [
            key.mark(of: "devicf", at: host, path), key.mark(of: "device", at: host, .root),
            key.mark(of: "device", at: try #require(HostPattern("*.example")), path),
            StickyKey().mark(of: "device", at: host, path), StickyKey().mark(of: "device", at: host, path),
        ]
        #expect(Set(others + [mark]).count == 6)
    }

    /// Computed with `openssl dgst -sha256 -mac hmac -macopt hexkey:0707...`.
    @Test func `a mark is the first half of an HMAC-SHA256`() throws {
        let key = try #require(StickyKey([UInt8](repeating: 7, count: 32)))
        let host = try #require(HostPattern("app.example"))
        #expect(key.mark(of: "device", at: host, .root) == "db05e5b8bbc2b233633fe1ee4c4e6ba5")
    }

    @Test func `a short secret is refused, and a key is not printed`() throws {
        #expect(StickyKey([UInt8](repeating: 7, count: 31)) == nil)
        let key = try #require(StickyKey(Array("a secret of thirty-two characters".utf8)))
        #expect(!"\(key)".contains("secret"))
        #expect(!String(reflecting: key).contains("97, 32"))
    }
}
