import Settings
import Testing

@testable import ConfigurationFile

struct ConfigurationTreeTests {
    private func problems(_ text: String) -> [String] {
        do throws(SettingsProblems) {
            _ = try ConfigurationTree(Array(text.utf8), path: "agent.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `lists of mappings keep their order and their places`() throws {
        let text = "endpoints:\n  - name: web\n    target: 3000\n  - {name: ssh}\n"
        let tree = try ConfigurationTree(Array(text.utf8), path: "f")
        let endpoints = try #require(tree.fields.first)
        #expect(endpoints.key == "endpoints")
        guard case .list(let items) = endpoints.node.value, case .fields(let first) = items.first?.value else {
            Issue.record("not a list of mappings")
            return
        }
        #expect(items.map(\.position?.line) == [2, 4])
        #expect(first.map(\.key) == ["name", "target"])
        #expect(first.last?.position == .init(line: 3, column: 5))
        guard case .word(let target) = first.last?.node.value else {
            Issue.record("not a word")
            return
        }
        #expect(target == "3000")
    }

    @Test(arguments: ["", "# nothing\n"])
    func `a file with nothing in it has no fields`(text: String) throws {
        #expect(try ConfigurationTree(Array(text.utf8), path: "f").fields.isEmpty)
    }

    @Test(arguments: ["a:\n", "a: ~\n", "a: null\n"])
    func `a key with nothing behind it is told from one with an empty text`(text: String) throws {
        let tree = try ConfigurationTree(Array(text.utf8), path: "f")
        guard case .nothing = tree.fields.first?.node.value else {
            Issue.record("something")
            return
        }
        #expect(problems("a: ''\n") == [])
    }

    @Test(arguments: [
        ("- a\n", "agent.yaml:1:1: a configuration is a list of 'key: value'"),
        ("a: !x b\n", "agent.yaml:1:4: 'a' has a tag: tags are not read"),
        ("a: [!x b]\n", "agent.yaml:1:5: 'a' has a tag: tags are not read"),
        ("a:\n  b: 1\n  !x b: 2\n", "agent.yaml:3:3: 'b' has a tag: tags are not read"),
        ("a:\n  b: 1\n  'b': 2\n", "'b' stands more than once"),
        ("a: &x 1\n", "agent.yaml:1:4: anchors and aliases are not read"),
        ("a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n", "nests too deep"),
        ("? [a]\n: b\n", "a key is a word"),
    ])
    func `what no configuration needs is refused, with its place`(text: String, expected: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test func `all problems are told at once`() {
        #expect(problems("a: !x 1\nb: !y 2\n").count == 2)
    }
}
