import Testing

@testable import osm_agent

struct TerminalEnvironmentTests {
    @Test(arguments: [
        ([:], ColourChoice.auto, true), (["NO_COLOR": "1"], .auto, false), (["NO_COLOR": ""], .auto, true),
        (["NO_COLOR": "1"], .always, true), ([:], .never, false), (["CLICOLOR": "0"], .auto, false),
        (["CLICOLOR": "1"], .auto, true), (["CLICOLOR": "0", "CLICOLOR_FORCE": "1"], .auto, true),
        (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], .auto, false), (["CLICOLOR_FORCE": "1"], .never, false),
        (["TERM": "dumb"], .auto, false), (["CLICOLOR_FORCE": "0", "CLICOLOR": "0"], .auto, false),
    ])
    func `heeds the flag, then NO_COLOR, then CLICOLOR`(
        variables: [String: String],
        choice: ColourChoice,
        isColoured: Bool
    ) {
        let given = variables.merging(["TERM": "xterm"]) { given, _ in given }
        #expect(TerminalEnvironment(variables: given).hasColours(choice) == isColoured)
    }

    @Test(arguments: [
        (["LANG": "en_US.UTF-8"], true), (["LANG": "C"], false), ([:], false),
        (["LC_ALL": "C", "LANG": "C.UTF-8"], false),
        (["LC_ALL": "", "LANG": "de_DE.utf8"], true), (["LC_CTYPE": "UTF-8", "LANG": "C"], true),
    ])
    func `takes the first of the locale's variables that is set`(variables: [String: String], isUnicode: Bool) {
        #expect(TerminalEnvironment(variables: variables).isUnicode == isUnicode)
    }

    @Test(arguments: [(["TERM": "dumb"], true), (["TERM": ""], true), ([:], true), (["TERM": "xterm"], false)])
    func `knows a terminal that cannot move its cursor`(variables: [String: String], isDumb: Bool) {
        #expect(TerminalEnvironment(variables: variables).isDumb == isDumb)
    }
}
