import Testing

@testable import osm_agent

struct FilePathsTests {
    private let paths = FilePaths(file: "conf/agent.yaml", home: "/home/me", current: "/work")

    @Test(arguments: [
        ("/abs/x", "/abs/x"), ("x", "/work/conf/x"), ("./x", "/work/conf/x"), ("../x", "/work/conf/../x"),
        ("~/x", "/home/me/x"), ("~", "/home/me"), ("~other/x", "/work/conf/~other/x"), ("", ""),
    ])
    func `a path starts at the folder of its file`(text: String, expected: String) {
        #expect(paths.resolved(text) == expected)
    }

    @Test(arguments: [
        ("3000", "3000"), ("localhost:3000", "localhost:3000"), ("https://a:1", "https://a:1"),
        ("./site", "/work/conf/site"), ("../site", "/work/conf/../site"), (".", "/work/conf/."),
        ("~/site", "/home/me/site"), ("unix:app.sock", "unix:/work/conf/app.sock"), ("unix:/a", "unix:/a"),
    ])
    func `of a target only a folder and a socket are paths`(text: String, expected: String) {
        #expect(paths.resolvedTarget(text) == expected)
    }

    @Test func `a file in the root folder, and one without a home`() {
        #expect(FilePaths(file: "/agent.yaml", home: nil, current: "/").resolved("x") == "/x")
        #expect(FilePaths(file: "agent.yaml", home: nil, current: "/").resolved("~/x") == "/~/x")
        #expect(FilePaths(home: "/home/me").resolved("x") == "x")
        #expect(FilePaths(home: "/home/me").resolved("~/x") == "/home/me/x")
    }
}
