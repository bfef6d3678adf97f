/// Puts environment variables into values of a file: `${NAME}`, and `$$` for a dollar sign.
package enum VariableExpansion {
    /// Expands one value; what comes from the environment is not looked at again.
    ///
    /// - Throws: ``SettingRefusal`` for a variable that is not set, or braces that do not close.
    package static func expand(_ text: String, _ environment: [String: String]) throws(SettingRefusal) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var expanded = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                expanded += "$"
                rest.removeFirst()
            } else if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw SettingRefusal("'${' is not closed") }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard let value = environment[name] else {
                    throw SettingRefusal("the environment variable '\(name)' is not set")
                }
                expanded += value
                rest = rest[rest.index(after: end)...]
            } else {
                expanded += "$"
            }
        }
        return expanded + rest
    }
}
