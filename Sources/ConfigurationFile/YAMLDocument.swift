import Settings

/// The bytes of a file, checked for what no configuration needs, as the tree that they stand for.
enum YAMLDocument {
    /// Parses a file.
    ///
    /// - Returns: nil for a file with nothing in it but comments.
    /// - Throws: ``SettingsProblems`` with one problem: the parser goes no further than the first.
    static func root(of bytes: [UInt8], path: String) throws(SettingsProblems) -> YAMLNode? {
        do throws(YAMLProblem) {
            try check(bytes)
            return try YAMLComposer.root(of: bytes)
        } catch {
            throw SettingsProblems([SettingsProblem(.file(path: path, error.position), error.text)])
        }
    }

    private static func check(_ bytes: [UInt8]) throws(YAMLProblem) {
        guard bytes.count <= ConfigurationFile.limit else {
            let text = "the file is longer than \(ConfigurationFile.limit) bytes"
            throw YAMLProblem(text: text, position: nil)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLProblem(text: "the file is not UTF-8", position: nil)
        }
        if let anchor = AnchorSearch.first(in: bytes) {
            let text = "anchors and aliases are not read: write each value where it belongs"
            throw YAMLProblem(text: text, position: anchor)
        }
        if let directive = TagDirectiveSearch.first(in: bytes) {
            throw YAMLProblem(text: "tags are not read", position: directive)
        }
    }
}
