import Testing

@testable import Settings

struct TerminalTextTests {
    @Test(arguments: [
        ("plain ü 漢 |", "plain ü 漢 |"), ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("a\r\nb", "a\\u{D}\\u{A}b"),
        ("\0", "\\u{0}"),
        ("a\u{202E}b", "a\\u{202E}b"), ("a\u{2028}b", "a\\u{2028}b"),
        ("\u{9B}2J", "\\u{9B}2J"), ("\u{200B}", "\\u{200B}"),
    ])
    func `what a terminal would obey is written as its number`(text: String, expected: String) {
        #expect(TerminalText.escaped(text) == expected)
    }

    @Test func `a long text is cut`() {
        #expect(TerminalText.escaped("abcd", limit: 3) == "abc…")
    }

    @Test func `a problem is one harmless line`() {
        let problem = SettingsProblem(.file(path: "a\nb", nil), "there is no setting '\u{1B}[2J'")
        #expect(problem.description == "a\\u{A}b: there is no setting '\\u{1B}[2J'")
    }
}
