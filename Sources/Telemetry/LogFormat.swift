/// How a line of the log is written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// Text when standard error is a terminal, JSON otherwise.
    case automatic = "auto"
    /// One line for people: time, level, component, message, then `key=value`.
    case text
    /// One JSON object a line, for machines.
    case json

    /// The format to write in, once it is known whether a person is watching.
    func resolved(isTerminal: Bool) -> LineStyle {
        switch self {
        case .automatic: isTerminal ? .text : .json
        case .text: .text
        case .json: .json
        }
    }
}

/// The two ways to lay out one line.
enum LineStyle: Sendable {
    case text
    case json
}
