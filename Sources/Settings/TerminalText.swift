/// Texts from files and variables, made harmless for a terminal.
package enum TerminalText {
    /// Replaces what ends a line, moves a cursor, turns text around or does not show by its number, as in `\u{1B}`.
    ///
    /// - Parameters:
    ///   - text: Anything.
    ///   - limit: How many characters (Unicode scalars) are kept; an ellipsis stands for the others.
    /// - Returns: One line.
    package static func escaped(_ text: String, limit: Int = 1000) -> String {
        var escaped = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < limit else { return escaped + "…" }
            if isHarmless(scalar) {
                escaped.unicodeScalars.append(scalar)
            } else {
                escaped += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return escaped
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        let category = scalar.properties.generalCategory
        return ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
    }
}
