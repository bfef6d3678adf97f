import Foundation
import TestSupport
import Testing

/// Holds docs/local-api.md to its word: its commands run against a real agent, and what comes back has the shape shown.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct LocalAPIDocumentTests {
    private struct Example {
        let command: String
        /// One document, or one a line.
        let answers: [String]
        let isStream: Bool
    }

    /// Each block of commands, with the answer that stands after it.
    private static func examples() throws -> [Example] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/local-api.md"), encoding: .utf8)
        return text.matches(of: /```sh\n((?s:.*?))\n```\n\n```(jsonl?)\n((?s:.*?))\n```/).map { match in
            let isStream = match.output.2 == "jsonl"
            let answer = String(match.output.3)
            let answers = isStream ? answer.split(separator: "\n").map(String.init) : [answer]
            return Example(command: String(match.output.1), answers: answers, isStream: isStream)
        }
    }

    /// What stands in an answer only at times: a probe that has not been made yet, a problem that there is not.
    private static let passing: Set<String> = [
        "probe", "problem", "round_trip_ms", "retry_in_seconds", "connected_since", "key_exchange", "edge", "since",
    ]

    /// Where two documents differ in members or types; nil when they do not.
    private static func difference(_ shown: Any, _ real: Any, at path: String = "") -> String? {
        switch (shown, real) {
        case (let shown as [String: Any], let real as [String: Any]):
            for (key, value) in shown {
                guard let other = real[key] else {
                    if passing.contains(key) { continue }
                    return "\(path).\(key) is missing"
                }
                if let difference = difference(value, other, at: "\(path).\(key)") { return difference }
            }
            return real.keys.first { shown[$0] == nil && !passing.contains($0) }.map { "\(path).\($0) is not shown" }
        case (let shown as [Any], let real as [Any]):
            guard let shown = shown.first, let real = real.first else { return nil }
            return difference(shown, real, at: "\(path)[0]")
        case (is String, is String), (is NSNumber, is NSNumber): return nil
        default: return "\(path) has another type: \(real)"
        }
    }

    private static func value(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    @Test(.timeLimit(.minutes(5)))
    func `each example answers as it is shown`() async throws {
        let tunnel = try await RunningTunnel(name: "app")
        let socket = try tunnel.socket()
        let examples = try Self.examples()
        try #require(examples.count >= 15)
        for example in examples {
            let output = try Shell.script("SOCKET=$1; \(example.command)", [socket]).output
            let real = example.isStream ? output.split(separator: "\n").map(String.init) : [output]
            for shown in example.answers {
                let expected = try Self.value(shown)
                let differences = try real.map { try Self.difference(expected, Self.value($0)) }
                #expect(differences.contains(nil), "\(example.command)\n\(output)\n\(differences.compactMap(\.self))")
            }
        }
        #expect(try await tunnel.agent.exitCode() == 0)
    }
}
