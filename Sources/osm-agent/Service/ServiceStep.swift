/// One thing that installing or removing a service does to a machine.
enum ServiceStep: Sendable, Equatable {
    case write(String, text: String, mode: Int)
    case remove(String)
    case run(HostCommand)
    /// The same, where it does not matter whether it can be done.
    case attempt(HostCommand)

    static func run(_ words: String..., deadline: Duration = .seconds(30)) -> ServiceStep {
        .run(HostCommand(words: words, deadline: deadline))
    }

    /// For a person who wants to know before it is done.
    var description: String {
        switch self {
        case .write(let path, let text, let mode):
            let contents = text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)".trimmedEnd }
            return "write \(path), mode 0\(String(mode, radix: 8))\n" + contents.joined(separator: "\n").trimmedEnd
        case .remove(let path): return "remove \(path)"
        case .run(let command), .attempt(let command): return "run \(command.text)"
        }
    }
}

extension String {
    /// Without white space at its end.
    fileprivate var trimmedEnd: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last])
    }
}
