import Testing

@testable import Edge

struct PathTreeTests {
    private func tree(_ prefixes: [String]) throws -> PathTree<String> {
        var tree = PathTree<String>()
        for prefix in prefixes { _ = tree.insert(prefix, at: try #require(PathPrefix(prefix))) }
        return tree
    }

    private func found(_ path: String, in tree: PathTree<String>) -> String? {
        var probes = 0
        return tree.target(for: path.utf8, probes: &probes)
    }

    @Test(
        arguments: [
            ("/", "/"), ("/x", "/"), ("/api", "/api"), ("/api/", "/api"), ("/api/x", "/api"), ("/apix", "/"),
            ("/ap", "/"), ("/api/v1", "/api/v1"), ("/api/v1/x", "/api/v1"), ("/api/v10", "/api"), ("/api?x", "/api"),
            ("/api/v1?x=/y", "/api/v1"), ("/api?/v1", "/api"), ("/?/api", "/"), ("*", "/"), ("/deep", "/"),
            ("/deep/er", "/"), ("/deep/er/still", "/deep/er/still"), ("", "/"),
        ]
    )
    func `the longest prefix wins, whole segments only`(path: String, expected: String) throws {
        #expect(found(path, in: try tree(["/", "/api", "/api/v1", "/deep/er/still"])) == expected)
    }

    @Test(
        arguments: [
            "//api", "/%61pi", "/API", "/./api", "/x/../api", "/api;v=1", "/api%2Fx", "/\u{212A}", "/%4B", "/api\0",
            "api", "\\api", "/ api", "/?/api",
        ]
    )
    func `nothing is decoded, folded or resolved`(path: String) throws {
        #expect(found(path, in: try tree(["/api", "/K"])) == nil)
    }

    @Test(arguments: [("/api/../admin", "/api"), ("/api//x", "/api"), ("/api/%2e%2e/x", "/api")])
    func `what follows the prefix is not looked at`(path: String, expected: String) throws {
        #expect(found(path, in: try tree(["/api"])) == expected)
    }

    @Test func `without the root only what lies below a prefix is bound`() throws {
        let tree = try tree(["/a/b"])
        #expect(found("/", in: tree) == nil)
        #expect(found("/a", in: tree) == nil)
        #expect(found("/a/b", in: tree) == "/a/b")
        #expect(found("*", in: tree) == nil)
    }

    @Test func `a prefix is bound once, and the last word counts`() throws {
        var tree = PathTree<Int>()
        let prefix = try #require(PathPrefix("/a/b"))
        let longer = try #require(PathPrefix("/a/b/c"))
        let wasNew = [tree.insert(1, at: longer), tree.insert(2, at: prefix), tree.insert(3, at: prefix)]
        #expect(wasNew == [true, true, false])
        #expect(tree.targets.sorted() == [1, 3])
    }

    @Test func `a long path costs no more than the prefixes are deep`() throws {
        let tree = try tree(["/a/a/a"])
        for path in [String(repeating: "/a", count: 4096), String(repeating: "/", count: 8192), "/a/a/" + "a/b"] {
            var probes = 0
            _ = tree.target(for: path.utf8, probes: &probes)
            #expect(probes <= 3)
        }
    }
}
