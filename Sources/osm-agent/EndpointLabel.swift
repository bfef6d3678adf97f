/// What an endpoint is called when nobody has said.
enum EndpointLabel {
    /// The target without what a label may not have.
    static func of(_ target: String) -> String {
        var label = ""
        for character in target.unicodeScalars.prefix(100) {
            let isPlain = ("0"..."9").contains(character) || ("a"..."z").contains(character)
                || ("A"..."Z").contains(character) || "._-:".unicodeScalars.contains(character)
            if isPlain {
                label.unicodeScalars.append(character)
            } else if !label.hasSuffix("-"), !label.isEmpty {
                label.append("-")
            }
        }
        return label.isEmpty ? "endpoint" : label
    }
}
