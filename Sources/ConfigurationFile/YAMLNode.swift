import Settings

/// A value in a YAML text and where it begins; without an alias in it, since none is read.
struct YAMLNode {
    enum Content {
        case scalar(Scalar)
        case list([YAMLNode])
        case mapping([Pair])
    }

    struct Scalar {
        let text: String
        /// Neither quoted nor a block.
        let isPlain: Bool

        /// Whether it is written the way YAML writes nothing.
        var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
    }

    struct Pair {
        let key: YAMLNode
        let value: YAMLNode
    }

    let content: Content
    /// Whether somebody wrote a tag; one that says that a text is a text is none.
    let isTagged: Bool
    let position: SettingsProblem.Position
}
