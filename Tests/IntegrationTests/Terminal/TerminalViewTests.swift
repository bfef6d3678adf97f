import Foundation
import TestSupport
import Testing

/// What a person sees who runs an agent in a terminal.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct TerminalViewTests {
    /// An agent in the terminal, for an edge and an origin that another one uses already.
    private func command(_ tunnel: RunningTunnel, _ more: String...) async throws -> [String] {
        let (identity, _) = try await RunningTunnel.enrol(in: tunnel.scratch.path)
        return [
            try TestPrograms.path("osm-agent"), "http", "\(tunnel.originPort)", "--edge", tunnel.addresses.tunnel,
            "--name", "seen", "--identity", identity, "--socket", "\(tunnel.scratch.path)/seen.sock", "--probe",
            "false",
        ] + more
    }

    @Test(.timeLimit(.minutes(3)))
    func `shows what happens in place, in any window, and leaves the terminal as it was`() async throws {
        let tunnel = try await RunningTunnel()
        let sights = try TerminalProgram().run(
            try await command(tunnel),
            [
                .await("connected"), .look, .visit(tunnel.url("/status/404", host: "seen")), .await("/status/404"),
                .resize(columns: 50, rows: 12), .look, .type("\u{3}"), .end,
            ]
        )
        let first = sights[1]
        #expect(first.screen.contains("http://seen.localhost:8080"), "\(first.text)")
        #expect(first.text.contains("X25519MLKEM768 (post-quantum)"), "\(first.text)")
        #expect(first.text.contains("the operator of localhost can read it"))
        #expect(!first.cursor)
        #expect(first.styles.contains("32"))
        #expect(sights[3].text.contains("404 GET"), "\(sights[3].text)")
        let narrow = sights[5]
        #expect(narrow.found && narrow.screen.allSatisfy { $0.count <= 50 })
        #expect(narrow.screen.filter { $0.hasPrefix("osm-agent") }.count == 1, "\(narrow.text)")
        let last = sights[7]
        #expect(last.exit == 0, "\(last.text)")
        #expect(last.cursor)
        #expect(last.text.contains("ended"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `shows the cursor again when it is ended from the keyboard at once`() async throws {
        let tunnel = try await RunningTunnel()
        let sights = try TerminalProgram().run(
            try await command(tunnel),
            [.await("connected"), .look, .type("\u{1C}"), .end]
        )
        #expect(!sights[1].cursor)
        #expect(sights[3].exit == -Int(SIGQUIT))
        #expect(sights[3].cursor)
    }

    @Test(.timeLimit(.minutes(3)))
    func `writes no colours and no line twice when asked`() async throws {
        let tunnel = try await RunningTunnel()
        let sights = try TerminalProgram(environment: ["TERM=xterm", "LC_ALL=C", "NO_COLOR=1"]).run(
            try await command(tunnel, "--qr"),
            [.await("connected"), .await("########"), .type("\u{3}"), .end]
        )
        #expect(sights[1].found)
        #expect(sights[3].styles == [])
        #expect(sights[3].text.utf8.allSatisfy { $0 < 0x80 })
        #expect(sights[3].text.split(separator: "\n").filter { $0 == "http://seen.localhost:8080" }.count == 1)
    }

    @Test(.timeLimit(.minutes(3)))
    func `writes lines on a terminal that cannot move its cursor`() async throws {
        let tunnel = try await RunningTunnel()
        let sights = try TerminalProgram(environment: ["TERM=dumb"]).run(
            try await command(tunnel),
            [
                .await("connected to the edge"), .await("->"), .visit(tunnel.url("/status/204", host: "seen")),
                .await("GET /status/204 204"), .type("\u{3}"), .end,
            ]
        )
        #expect(sights[3].found, "\(sights[3].text)")
        #expect(sights[5].exit == 0)
        #expect(sights[5].styles == [] && sights[5].cursor)
    }
}
