import Settings
import Testing

@testable import ConfigurationFile

struct ConfigurationFileTests {
    private func problems(_ text: String) -> [String] {
        do throws(SettingsProblems) {
            _ = try ConfigurationFile(Array(text.utf8), path: "edge.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `keys are flattened, each with its place`() throws {
        let text = """
            # a comment
            version: 1
            visitor:
              listen: "127.0.0.1:8080"   # another
            bind:
              - '*.apps.example.com=D1'
              - a.example.com=D2
            list: [one, two]
            """
        let file = try ConfigurationFile(Array(text.utf8), path: "edge.yaml")
        #expect(file.entries.map(\.key) == ["version", "visitor.listen", "bind", "list"])
        #expect(file.entries[1].words == ["127.0.0.1:8080"])
        #expect(file.entries[1].position == .init(line: 4, column: 3))
        #expect(file.entries[2].words == ["*.apps.example.com=D1", "a.example.com=D2"])
        #expect(file.entries[3].words == ["one", "two"])
    }

    @Test func `a file without settings is one without values`() throws {
        #expect(try ConfigurationFile([], path: "f").entries.isEmpty)
        #expect(try ConfigurationFile(Array("# nothing\n".utf8), path: "f").entries.isEmpty)
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", "'a' stands more than once"),
        ("a: [1, [2]]\n", "'a' is a list of plain values"),
        ("a:\n", "'a' has no value"),
        ("- a\n", "a configuration is a list of 'key: value'"),
        ("a: {b: {c: {d: {e: 1}}}}\n", "nests too deep"),
        ("a.b: 1\n", "a key is a word without a dot"),
        ("[1]: 2\n", "a key is a word without a dot"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("a: 'x\n", "not YAML"),
        ("a: *.example.com=D1\n", "quote a value that begins with *"),
        ("\ta: 1\n", "not YAML"),
    ])
    func `what is no list of settings is refused, with its place`(text: String, expected: String) {
        let found = problems(text)
        #expect(found.first?.contains(expected) == true, "\(found)")
        #expect(found.first?.hasPrefix("edge.yaml:") == true)
    }

    @Test(arguments: [
        "!x key: b\n", "key: !x b\n", "key: !!binary aGk=\n", "key: !<tag:a,2026:b> c\n", "key: !x {a: 1}\n",
        "key: !!map {a: 1}\n", "key: !!set {a: 1}\n", "key: !!omap [a]\n", "key: !!int '1'\n",
    ])
    func `a tag is refused wherever it stands`(text: String) {
        #expect(problems(text) == ["edge.yaml:1:1: 'key' has a tag: tags are not read"])
    }

    @Test(arguments: ["!x {a: 1}\n", "key: [!x a]\n", "key: [!!binary aGk=]\n"])
    func `so is one at the root or in a list`(text: String) {
        #expect(problems(text).count == 1)
    }

    @Test(arguments: [
        "a: 1\n!x a: 2\n", "a: 1\n'a': 2\n", "a: 1\n!!str a: 2\n", "1: a\n'1': b\n", "true: a\n'true': b\n",
    ])
    func `a key that is written in another way is the same key`(text: String) {
        #expect(problems(text).count == 1)
    }

    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func `a value of nothing is refused, in a list as well`(null: String) {
        #expect(problems("a: \(null)\n") == ["edge.yaml:1:1: 'a' has no value"])
        #expect(problems("a:\n- \(null)\n").first?.hasSuffix("'a' is a list of plain values") == true)
    }

    @Test(arguments: ["a: 'null'\n", "a: \"~\"\n", "a: nUll\n"])
    func `a text that looks like nothing is one`(text: String) {
        #expect(problems(text) == [])
    }

    @Test func `a place is counted in lines and columns from 1`() {
        #expect(problems("a: 1\nb:\n  c:\n") == ["edge.yaml:3:3: 'b.c' has no value"])
    }

    // MARK: Hostile files

    @Test(.timeLimit(.minutes(5)), arguments: [": ", " ? "])
    func `a file that multiplies itself is refused before it grows`(separator: String) {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...30 {
            let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
            text += "a\(level)\(separator)&a\(level) [\(inner)]\n"
        }
        #expect(problems(text).first?.contains("anchors and aliases are not read") == true)
    }

    @Test(arguments: [
        "a: &x 1\n", "&x a: 1\n", "[&x a]\n", "- &x\n", "{a:&x 1}\n", "a: 'b\n  &x c'\n", "\"a\":&x b\n", "a: [1]&x\n",
    ])
    func `no anchor goes unseen`(text: String) {
        #expect(problems(text).first?.contains("anchors") == true)
    }

    @Test(arguments: ["a: b&c\n", "# R&D\na: x & y\n", "a: 'https://x/?a=1&b=2'\n"])
    func `an ampersand inside of a word is no anchor`(text: String) {
        #expect(problems(text) == [])
    }

    @Test func `a file of ten mebibytes is refused unread`() {
        let text = String(repeating: "a: b\n", count: 2 * 1024 * 1024)
        #expect(problems(text) == ["edge.yaml: the file is longer than 1048576 bytes"])
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["[", "{a: ", "- ", "? "])
    func `a file that nests without end is refused`(opening: String) {
        #expect(!problems("a: " + String(repeating: opening, count: 100_000)).isEmpty)
        #expect(!problems(String(repeating: opening, count: 100_000)).isEmpty)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["", "%YAML 1.1\n", "# c\r", "\u{FEFF}", "\u{2028}"])
    func `a file that is full of directives is refused before they are compared`(before: String) {
        let text = before + (0..<60_000).map { "%TAG !\($0)! x\n" }.joined() + "--- {a: 1}\n"
        #expect(problems(text).first?.hasSuffix("tags are not read") == true)
        #expect(problems("%YAML 1.1\n---\na: x %TAG y\n") == [])
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: SettingsProblems.self) { try ConfigurationFile([0x61, 0x3A, 0x20, 0xFF], path: "f") }
        #expect(!problems("a: \u{0}\n").isEmpty)
    }
}
