/// What is wrong with one setting, and where it was written.
package struct SettingsProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where a value was written.
    package enum Place: Equatable, Sendable, CustomStringConvertible {
        /// Lines and columns count from 1; nil when the file as a whole is meant.
        case file(path: String, Position?)
        case environment(String)
        case flag(String)
        /// Nowhere: a value that must be given and is not.
        case setting(String)

        package var description: String {
            switch self {
            case .file(let path, let position?): "\(path):\(position.line):\(position.column)"
            case .file(let path, nil): path
            case .environment(let name): name
            case .flag(let flag): flag
            case .setting(let key): key
            }
        }
    }

    /// A place in a text, counted from 1.
    package struct Position: Equatable, Sendable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package let place: Place
    package let text: String
    /// What may have been meant.
    package let suggestion: String?

    package init(_ place: Place, _ text: String, suggestion: String? = nil) {
        self.place = place
        self.text = text
        self.suggestion = suggestion
    }

    /// One line that does a terminal no harm, whatever the file or the variable held.
    package var description: String {
        let hint = suggestion.map { "; did you mean '\($0)'?" } ?? ""
        return TerminalText.escaped("\(place): \(text)\(hint)")
    }
}

/// Everything that is wrong with a configuration; nothing of it is used.
package struct SettingsProblems: Error, Equatable, CustomStringConvertible {
    /// How many are worth reading at once: a file of something else has one in every line.
    package static let limit = 50

    package let problems: [SettingsProblem]

    package init(_ problems: [SettingsProblem]) { self.problems = problems }

    /// How many ``lines`` leaves out.
    package var left: Int { max(0, problems.count - Self.limit) }

    /// The first ``limit``, one a line, and how many more there are.
    package var lines: [String] {
        problems.prefix(Self.limit).map(\.description) + (left > 0 ? ["and \(left) more"] : [])
    }

    package var description: String { lines.joined(separator: "\n") }
}
