/// The Swift source that holds a bundle.
///
/// A string literal: it compiles at once, whereas an array literal of so many bytes takes the compiler seconds.
struct EmbeddedSource {
    let text: String

    init(_ bundle: String) {
        text = """
            /// The operator's bundle as it was when this agent was built; empty when none was given.
            enum EmbeddedOperatorCA {
                static let bundle: [UInt8] = Array("\(Self.escaped(bundle))".utf8)
                /// By this `ca-tools bake` knows an agent, and whether it has room for a bundle.
                static let slot = "osm-agent operator-ca slot \(bundle.isEmpty ? "v1" : "taken")"
            }

            """
    }

    /// Keeps letters and the like; anything that could mean something in a literal is written as its number.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\u{\(String(scalar.value, radix: 16))}"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }
}
