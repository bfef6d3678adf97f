import Settings
import Testing

@testable import ConfigurationFile

struct YAMLComposerTests {
    private func root(_ text: String) throws -> YAMLNode? { try YAMLComposer.root(of: Array(text.utf8)) }

    private func problem(_ text: String) -> String {
        do throws(YAMLProblem) {
            _ = try YAMLComposer.root(of: Array(text.utf8))
            return "none"
        } catch {
            return "\(error.position.map { "\($0.line):\($0.column): " } ?? "")\(error.text)"
        }
    }

    private func text(_ node: YAMLNode?) -> String? {
        guard case .scalar(let scalar) = node?.content else { return nil }
        return scalar.text
    }

    @Test(arguments: [
        ("a b", "a b"), ("'a''b'", "a'b"), (#""a\tb\0c\u00e9""#, "a\tb\0cé"), ("|\n a\n  b\n", "a\n b\n"),
        ("007", "007"), (">-\n a\n b\n", "a b"), ("true", "true"), ("\u{FEFF}a", "a"), ("é ü", "é ü"),
        ("--- a\n...\n", "a"),
    ])
    func `a scalar is its text, in whatever way it is written`(yaml: String, expected: String) throws {
        #expect(text(try root(yaml)) == expected)
    }

    @Test func `columns count characters, not bytes`() throws {
        guard case .list(let items) = try #require(try root("[é, 'ü', x]")).content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.position.column) == [2, 5, 10])
    }

    @Test(arguments: [
        ("! a", true), ("!!str a", false), ("'a'", false), ("!!int 1", true), ("!<!x> a", true), ("! [a]", true),
        ("!!seq [a]", true), ("!!map {}", true), ("[a]", false), ("{}", false),
    ])
    func `a tag that says no more than what is there is none`(yaml: String, isTagged: Bool) throws {
        #expect(try root(yaml)?.isTagged == isTagged)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\n'a': 3\n", "1:1: 'a' stands more than once"),
        ("a: *b\n", "1:4: not YAML: found undefined alias"),
        ("a\n--- b\n", "2:1: not YAML: but found another document"),
        ("a: b: c\n", "1:5: not YAML: mapping values are not allowed in this context"),
        ("a: [1\n", "2:1: not YAML: did not find expected ',' or ']'"),
        ("a: \u{7}\n", "not YAML: control characters are not allowed"),
    ])
    func `what is wrong is told with its place`(yaml: String, expected: String) {
        #expect(problem(yaml) == expected)
    }

    @Test(arguments: [("[", 65), ("{a: ", 254), ("- ", 129), ("? ", 129)])
    func `what nests deeper than any configuration is refused where it does`(opening: String, column: Int) {
        #expect(problem(String(repeating: opening, count: YAMLComposer.depth + 1)).hasSuffix(": this nests too deep"))
        #expect(problem(String(repeating: opening, count: 100_000)) == "1:\(column): this nests too deep")
    }

    @Test func `after an error and after the end there is nothing more`() throws {
        for text in ["a: 'x\n", "a\n"] {
            var parser = try YAMLParser(Array(text.utf8))
            for _ in 0..<20 {
                do { _ = try parser.next() } catch {}
            }
            guard case .other = try parser.next().kind else {
                Issue.record("something")
                return
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `whatever is cut off or changed ends in a tree or a problem`() {
        let whole = Array("a: 1\n\"b\\u00e9\": [x, 'y', {z: |\n  t\n}]\n? - q\n: !t &k *k %\n# c\n--- >\n f\n".utf8)
        let bytes: [UInt8] = [0x00, 0x09, 0x0A, 0x20, 0x22, 0x25, 0x2D, 0x3A, 0x5B, 0x5D, 0x7B, 0x7C, 0xC3, 0xFF]
        for end in 0...whole.count {
            for byte in bytes {
                let cut = whole[..<end] + [byte]
                for text in [cut, cut + whole[end...]] {
                    do { _ = try YAMLComposer.root(of: Array(text)) } catch {}
                }
            }
        }
    }
}
