/// What an endpoint is called when nobody has said.
enum EndpointLabel {
    /// The target without what a label may not have.
    static func of(_ target: String) -> String {
        var label = ""
        for character in target.unicodeScalars.prefix(100) {
            let isWord = character.properties.isAlphabetic || "0123456789._-:".unicodeScalars.contains(character)
            if isWord, character.isASCII {
                label.unicodeScalars.append(character)
            } else if !label.hasSuffix("-"), !label.isEmpty {
                label.append("-")
            }
        }
        return label.isEmpty ? "endpoint" : label
    }
}
