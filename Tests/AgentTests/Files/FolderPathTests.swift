import Testing

@testable import Agent

struct FolderPathTests {
    private func path(_ target: String) throws -> FolderPath { try FolderPath(target: Array(target.utf8)) }

    @Test(
        arguments: [
            ("/", [], true),
            ("/?a=/../b", [], true),
            ("/index.html", ["index.html"], false),
            ("/a/b/", ["a", "b"], true),
            ("/a%20b/c%2ed", ["a b", "c.d"], false),
            ("/%C3%A4", ["ä"], false),
            ("/%e4%b8%AD?x", ["中"], false),
            ("/a:b@c;d=e,f", ["a:b@c;d=e,f"], false),
            ("/100%25", ["100%"], false),
            ("/%252e%252e/x", ["%2e%2e", "x"], false),
            ("/%252f", ["%2f"], false),
            ("/a..b/c.", ["a..b", "c."], false),
        ] as [(String, [String], Bool)]
    )
    func `decodes each name once`(_ target: String, _ names: [String], _ isFolder: Bool) throws {
        let path = try path(target)
        #expect(path.names == names)
        #expect(path.isFolder == isFolder)
    }

    @Test(
        arguments: [
            "", "*", "a", "index.html", "https://app.example.com/", "?a",
            "/a#b", "/a b", "/a\\b", "/..\\..\\etc", "/\u{0}", "/a\r\nb", "/ä",
            "/%", "/%4", "/%zz", "/%4g", "/a%", "/%+1", "/%ff", "/%C3", "/%C0%AE%C0%AE/", "/%ED%A0%80", "/%F4%90%80%80",
        ]
    )
    func `refuses what is no target`(_ target: String) {
        #expect(throws: FolderPath.Refusal.malformed) { try path(target) }
    }

    @Test(
        arguments: [
            "/..", "/../", "/../etc/passwd", "/a/../../b", "/.", "/a/./b", "/%2e", "/%2E%2e/x", "/.%2e/x", "/a/..%2fb",
            "/...", "//", "//evil.example", "//evil.example/..", "/a//b", "/a//", "///",
            "/a%2fb", "/a%2Fb", "/%2f", "/a%5cb", "/a%5Cb", "/%5c..%5c", "/%00", "/index.html%00.png", "/a%0d%0ab",
            "/%7f", "/%C2%85", "/.git/config", "/%2egit/config", "/.env", "/a/.htpasswd", "/.well-known/x",
            "/%E2%80%8C.git/config", "/.%E2%80%8Cgit", "/%EF%BB%BF.env", "/a.txt/..namedfork/rsrc",
        ]
    )
    func `serves nothing under a name that leads elsewhere or is hidden`(_ target: String) {
        #expect(throws: FolderPath.Refusal.notServed) { try path(target) }
    }

    @Test func `has a bound for every length`() throws {
        let longest = String(repeating: "a", count: FolderPath.longestName)
        #expect(try path("/" + longest).names == [longest])
        #expect(throws: FolderPath.Refusal.notServed) { try path("/a" + longest) }
        let deepest = String(repeating: "/a", count: FolderPath.mostNames)
        #expect(try path(deepest).names.count == FolderPath.mostNames)
        #expect(throws: FolderPath.Refusal.notServed) { try path(deepest + "/a") }
        #expect(throws: FolderPath.Refusal.notServed) { try path("/" + String(repeating: "%61", count: 1366)) }
    }

    @Test(
        arguments: [
            ("/docs", "./docs/"),
            ("/a/b?x=1&y", "./b/?x=1&y"),
            ("/javascript:alert(1)", "./javascript%3Aalert%281%29/"),
            ("/a/http:", "./http%3A/"),
            ("/%C3%A4", "./%C3%A4/"),
            ("/a%0Ab", nil),
            ("/a?x\u{e9}", "./a/"),
            ("/a?b\nc", "./a/"),
        ] as [(String, String?)]
    )
    func `says where a folder is without the name of a host`(_ target: String, _ location: String?) throws {
        let bytes = Array(target.utf8)
        guard let location else {
            #expect(throws: FolderPath.Refusal.notServed) { try FolderPath(target: bytes) }
            return
        }
        #expect(try FolderPath(target: bytes).locationOfFolder(target: bytes) == location)
    }

    @Test func `escapes a name so that it is read back`() throws {
        for name in ["a b", "100%", "ä?#", "<b>", "\"'&", "中文", "a:b", "~-_."] {
            #expect(try path("/" + FolderPath.encoded(name)).names == [name])
        }
    }
}
