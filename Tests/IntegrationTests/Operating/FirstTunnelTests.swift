import Foundation
import TestSupport
import Testing

/// Holds docs/first-tunnel.md to its word: its commands run as they stand there, but for the builds and the ports.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct FirstTunnelTests {
    private static func guide() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/first-tunnel.md"), encoding: .utf8)
    }

    private static func blocks(_ language: String, in text: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    /// What stands in for the builds: the programs of the tests and the CA that is baked into them.
    private static func command(_ line: String, edge port: Int, curls: inout Int) throws -> String? {
        if line.contains("swift build") || line.hasPrefix("export PATH") { return nil }
        if line.hasPrefix("ca-tools init") { return "cp -a '\(try TestPrograms.caFolder())' operator-ca" }
        if line.hasSuffix("&") {
            // The bundle names the port of the guide; whoever joins an agent that runs dials nothing.
            let dials = line.contains("--identity") ? "--edge localhost:\(port)" : ""
            return "aside \(line.dropLast(1))\(dials)"
        }
        guard line.hasPrefix("curl ") else { return line }
        curls += 1
        return "await \(line.dropFirst(5)) >answer.\(curls)"
    }

    private static let prologue = """
        set -eu
        cleanup() { [ ! -e pids ] || xargs kill <pids 2>/dev/null || true; }
        trap cleanup EXIT
        # What stays behind must not hold what this shell was given: its end would never be seen.
        aside() {
            (
                for open in /proc/self/fd/*; do
                    number=${open##*/}
                    if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
                done
                exec "$@"
            ) &
            echo $! >>pids
        }
        await() { curl -sSf --retry 40 --retry-all-errors --retry-delay 1 --max-time 60 "$@"; }

        """

    @Test(.timeLimit(.minutes(5)))
    func `the guide leads to a page`() async throws {
        let folder = try TemporaryFolder()
        let ports = try await FreePorts.take(5)
        let actual = Dictionary(
            uniqueKeysWithValues: zip(["8443", "8080", "8081", "3000", "20000"], ports.map(String.init))
        )
        // At once, so that no port that was put in is taken for another.
        let text = try Self.guide().replacing("20000-20010", with: "20000-20000")
            .replacing(#/\b(8443|8080|8081|3000|20000)\b/#) { actual[String($0.1)] ?? "" }
        let listening = "\nadmin:\n  listen: 127.0.0.1:\(ports[2])\ninternal:\n  listen: off\n"
        let configuration = try #require(Self.blocks("yaml", in: text).first) + listening
        try Data(configuration.utf8).write(to: URL(filePath: "\(folder.path)/edge.yaml"))
        var curls = 0
        let lines = try Self.blocks("sh", in: text).flatMap {
            try $0.split(separator: "\n").compactMap {
                try Self.command(String($0), edge: ports[0], curls: &curls)
            }
        }
        let path = """
            cd '\(folder.path)'
            export XDG_STATE_HOME="$PWD/state" PATH='\(try #require(TestPrograms.folder))':"$PATH"

            """
        let script = Self.prologue + path + lines.joined(separator: "\n") + "\n"
        let program = try Program("/bin/bash", ["-c", script], in: folder.path)
        try await eventually("the guide is done: \(program.errors)", within: .seconds(120)) { !program.isRunning }
        #expect(try await program.exitCode() == 0, "\(program.errors)")
        func answer(_ number: Int) -> String {
            FileManager.default.contents(atPath: "\(folder.path)/answer.\(number)")
                .map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        #expect(curls == 4)
        for number in [1, 2, 4] { #expect(answer(number) == "hello from my laptop\n") }
        #expect(answer(3).contains("app.localhost"))
    }
}
