import Testing

@testable import Settings

struct VariableExpansionTests {
    private let environment = ["HOST": "edge.example.com", "TRICK": "${HOST}", "EMPTY": ""]

    @Test(arguments: [
        ("plain", "plain"), ("${HOST}:1", "edge.example.com:1"), ("$$HOST", "$HOST"), ("$${HOST}", "${HOST}"),
        ("a$b$", "a$b$"), ("${EMPTY}", ""), ("${TRICK}", "${HOST}"),
        ("${HOST}${HOST}", "edge.example.comedge.example.com"),
    ])
    func `a variable is put in once`(text: String, expected: String) throws {
        #expect(try VariableExpansion.expand(text, environment) == expected)
    }

    @Test(arguments: ["${NONE}", "${HOST", "${}"])
    func `a variable that is not set or not closed is refused`(text: String) {
        #expect(throws: SettingRefusal.self) { try VariableExpansion.expand(text, environment) }
    }
}
