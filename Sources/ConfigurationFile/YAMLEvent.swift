import Settings

/// A piece of a YAML text, as the parser meets it.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case streamEnd
        case listStart(isTagged: Bool)
        case mappingStart(isTagged: Bool)
        /// Of the list or the mapping that began last.
        case end
        case scalar(YAMLNode.Scalar, isTagged: Bool)
        case alias
        /// What says nothing about the tree: where the stream begins, or a document ends.
        case other
    }

    let kind: Kind
    /// Where it begins.
    let position: SettingsProblem.Position
}

/// Why a text is no YAML, or none that is read; the parser goes no further than the first problem.
struct YAMLProblem: Error {
    let text: String
    let position: SettingsProblem.Position?

    /// What the parser does not say.
    static var unknown: YAMLProblem { YAMLProblem(text: "not YAML", position: nil) }

    static func notYAML(_ problem: String, _ position: SettingsProblem.Position?) -> YAMLProblem {
        let hint = problem.contains("alphabetic or numeric") ? " (quote a value that begins with * or &)" : ""
        return YAMLProblem(text: "not YAML: \(problem)\(hint)", position: position)
    }
}
