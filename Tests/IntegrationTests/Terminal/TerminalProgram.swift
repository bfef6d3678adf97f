import Foundation
import TestSupport
import Testing

/// A program in a terminal of its own, and what a person would see and press there.
struct TerminalProgram {
    enum Step {
        case await(String)
        case look
        case resize(columns: Int, rows: Int)
        case type(String)
        case visit(String)
        case end

        fileprivate var json: [Any] {
            switch self {
            case .await(let text): ["await", text]
            case .look: ["look"]
            case .resize(let columns, let rows): ["resize", columns, rows]
            case .type(let keys): ["type", keys]
            case .visit(let url): ["visit", url]
            case .end: ["end"]
            }
        }
    }

    /// What stands there after a step.
    struct Sight: Decodable {
        let screen: [String]
        let history: [String]
        let cursor: Bool
        /// Whether the step has come to what it waited for.
        let found: Bool
        let exit: Int?
        let styles: [String]

        var text: String { (history + screen).joined(separator: "\n") }
    }

    var columns = 80
    var rows = 24
    /// Variables for the program, besides those of the test.
    var environment = ["TERM=xterm-256color", "LC_ALL=C.UTF-8"]

    /// Runs a program through all steps and gives what was seen after each.
    func run(_ command: [String], _ steps: [Step]) throws -> [Sight] {
        let list = try JSONSerialization.data(withJSONObject: steps.map(\.json))
        let words =
            ["env", "-u", "NO_COLOR", "-u", "CLICOLOR"] + environment
            + [try #require(TestPrograms.python), Self.path, "\(columns)", "\(rows)"]
            + [String(decoding: list, as: UTF8.self)] + command
        let played = try Shell.script("exec \"$@\" 2>&1", words)
        try #require(played.status == 0, "\(played.output)")
        return try played.output.split(separator: "\n").map {
            try JSONDecoder().decode(Sight.self, from: Data($0.utf8))
        }
    }

    private static var path: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/terminal.py").path
    }
}
