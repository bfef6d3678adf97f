import Testing

@testable import osm_agent

struct FilePathsTests {
    private let paths = FilePaths(file: "conf/agent.yaml", home: "/users/me", current: "/srv")

    @Test(arguments: [
        ("/abs/x", "/abs/x"), ("x", "/srv/conf/x"), ("./x", "/srv/conf/x"), ("../x", "/srv/conf/../x"),
        ("~/x", "/users/me/x"), ("~", "/users/me"), ("~other/x", "/srv/conf/~other/x"), ("", ""),
    ])
    func `a path starts at the folder of its file`(text: String, expected: String) {
        #expect(paths.resolved(text) == expected)
    }

    @Test(arguments: [
        ("3000", "3000"), ("localhost:3000", "localhost:3000"), ("https://a:1", "https://a:1"),
        ("./site", "/srv/conf/site"), ("../site", "/srv/conf/../site"), (".", "/srv/conf/."),
        ("~/site", "/users/me/site"), ("unix:app.sock", "unix:/srv/conf/app.sock"), ("unix:/a", "unix:/a"),
    ])
    func `of a target only a folder and a socket are paths`(text: String, expected: String) {
        #expect(paths.resolvedTarget(text) == expected)
    }

    @Test func `a file in the root folder, and one without a home`() {
        #expect(FilePaths(file: "/agent.yaml", home: nil, current: "/").resolved("x") == "/x")
        #expect(FilePaths(file: "agent.yaml", home: nil, current: "/").resolved("~/x") == "/~/x")
        #expect(FilePaths(home: "/users/me").resolved("x") == "x")
        #expect(FilePaths(home: "/users/me").resolved("~/x") == "/users/me/x")
    }
}
