import Testing

@testable import Edge

struct PathPrefixTests {
    @Test(
        arguments: [
            ("/", "/"), ("/api", "/api"), ("/api/", "/api"), ("/api/v1", "/api/v1"), ("/API", "/API"),
            ("/%41", "/%41"), ("/~a,b=c@d:e", "/~a,b=c@d:e"), ("/...", "/..."), ("/.well-known", "/.well-known"),
        ]
    )
    func `a slash at the end makes no difference, all else does`(written: String, text: String) {
        #expect(PathPrefix(written)?.text == text)
    }

    @Test(
        arguments: [
            "", "api", "*", "//", "/a//b", "/a//", "//a", "/.", "/..", "/a/../b", "/a/./b", "/a/..", "/a?b", "/a#b",
            "/a;b", "/a b", "/a\tb", "/a\r\n", "/a\0", "/é", "/\u{212A}", "/a\\b", "/a\"b", "/<a>",
        ]
    )
    func `refuses what no visitor's path begins with, and what is no path`(written: String) {
        #expect(PathPrefix(written) == nil)
    }

    @Test func `is bounded in bytes and in segments`() {
        #expect(PathPrefix("/" + String(repeating: "a", count: 1023)) != nil)
        #expect(PathPrefix("/" + String(repeating: "a", count: 1024)) == nil)
        #expect(PathPrefix(String(repeating: "/a", count: 32)) != nil)
        #expect(PathPrefix(String(repeating: "/a", count: 33)) == nil)
    }
}
