import Foundation
import TestSupport
import Testing

/// The program that plays thousands of visitors at once.
enum CrowdProgram {
    static func arguments(_ words: String, _ numbers: Int...) -> [String] { [path, words] + numbers.map(String.init) }

    /// Plays a crowd to its end and gives what it says about itself.
    static func report<Report: Decodable>(_ type: Report.Type, _ arguments: [String]) throws -> Report {
        let played = try Shell.script("exec \"$@\" 2>&1", [try #require(TestPrograms.python)] + arguments)
        try #require(played.status == 0, "\(played.output)")
        return try JSONDecoder().decode(type, from: Data(played.output.utf8))
    }

    private static var path: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "crowd.py").path
    }
}

extension RunningTunnel {
    /// The present value of one of the edge's figures, by its name and labels.
    func figure(_ name: String) throws -> Int? {
        let line = try metrics().split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
