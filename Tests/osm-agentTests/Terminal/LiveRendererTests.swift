import Agent
import Foundation
import Testing

@testable import osm_agent

struct LiveRendererTests {
    private func lines(_ state: ViewState, _ style: ViewStyle = ViewStyle()) -> [String] {
        LiveRenderer(state: state, style: style, now: SampleViews.now).render()
    }

    /// Set `OSM_WRITE_GOLDENS=1` to write the pictures anew, and look at what has changed.
    private func expect(_ lines: [String], toBe name: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name).txt")
        let text = lines.map { $0.replacing("\u{1B}", with: "␛") + "\n" }.joined()
        if ProcessInfo.processInfo.environment["OSM_WRITE_GOLDENS"] == "1" {
            try Data(text.utf8).write(to: path)
        }
        #expect(text == String(decoding: try Data(contentsOf: path), as: UTF8.self), "\(name)")
    }

    @Test(arguments: [40, 80, 200], [false, true])
    func `draws the same picture as ever`(columns: Int, hasColours: Bool) throws {
        let style = ViewStyle(columns: columns, rows: 40, hasColours: hasColours, secondsFromUTC: 3600)
        let name = "live-\(columns)\(hasColours ? "-colours" : "")"
        try expect(lines(try SampleViews.busy(), style), toBe: name)
    }

    @Test func `draws in ASCII where there is no more`() throws {
        let lines = lines(try SampleViews.busy(), ViewStyle(columns: 40, rows: 40, isUnicode: false))
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(lines.contains { $0.hasSuffix("/??/?") })
    }

    @Test(arguments: [1, 2, 20, 39, 40, 41, 59, 60, 79, 80, 81, 200])
    func `keeps every line but an address within the window`(columns: Int) throws {
        let drawn = LiveRenderer(
            state: try SampleViews.busy(),
            style: ViewStyle(columns: columns, rows: 100),
            now: SampleViews.now
        ).lines()
        for line in drawn where !line.wraps {
            #expect(ColumnWidth.of(line.rendered(ViewStyle(columns: columns))) <= columns)
        }
    }

    @Test(arguments: 1...30)
    func `takes fewer rows than the window has`(rows: Int) throws {
        for columns in [10, 40, 80] {
            let style = ViewStyle(columns: columns, rows: rows)
            let drawn = LiveRenderer(state: try SampleViews.busy(), style: style, now: SampleViews.now).lines()
            #expect(drawn.reduce(0) { $0 + $1.rows(in: columns) } <= max(1, rows - 1))
        }
    }

    @Test func `leaves an address alone on its line and in one piece`() throws {
        var state = ViewState()
        let url = "https://" + String(repeating: "a", count: 60) + ".example"
        state.take(.endpoint(SampleViews.endpoint { $0.url = url }), at: SampleViews.now)
        #expect(lines(state, ViewStyle(columns: 40)).contains(url))
    }

    @Test func `gives a long inspector link a line of its own`() {
        var state = ViewState()
        state.inspector = "http://127.0.0.1:4040/#0123456789abcdef0123456789abcdef"
        #expect(lines(state).contains("inspector   http://127.0.0.1:4040/#0123456789abcdef0123456789abcdef"))
        let narrow = lines(state, ViewStyle(columns: 40))
        #expect(narrow.contains("http://127.0.0.1:4040/#0123456789abcdef0123456789abcdef"))
    }

    @Test func `lets no visitor write to the terminal`() throws {
        var state = ViewState()
        let paths = [
            "/\u{1B}[2J", "/\r\n\u{7}", "/\u{202E}gnp", "/\u{9B}31m", "/e\u{301}\u{301}", "/\u{200B}\u{FEFF}x",
        ]
        for path in paths {
            state.take(.request(try SampleViews.request(path, method: "G\u{1B}T")), at: SampleViews.now)
        }
        let text = lines(state).joined()
        #expect(
            text.unicodeScalars.allSatisfy { scalar in
                ![.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
            }
        )
        #expect(text.contains("/\\u{1B}[2J"))
    }

    @Test func `counts down to the next try`() {
        var state = ViewState()
        let waiting = SampleViews.tunnel {
            $0.phase = .waiting
            $0.problem = "No answer."
            $0.retryInSeconds = 9.2
        }
        state.take(.tunnel(waiting), at: SampleViews.now.addingTimeInterval(-4))
        #expect(lines(state).contains { $0.contains("waiting, next try in 6 s: No answer.") })
        state.take(.tunnel(waiting), at: SampleViews.now)
        let later = LiveRenderer(state: state, style: ViewStyle(), now: SampleViews.now.addingTimeInterval(30))
        #expect(later.render().contains { $0.contains("waiting: No answer.") })
    }

    @Test(
        arguments: [
            (3600 * 49, nil), (3600 * 47, "expires in 1 d 23 h"), (5400, "expires in 1 h"), (59, "expires in 0 min"),
            (-1, "has expired"),
        ] as [(Int, String?)]
    )
    func `warns two days before the certificate expires`(seconds: Int, words: String?) throws {
        var state = ViewState()
        let end = SampleViews.now.addingTimeInterval(Double(seconds))
        let status = try JSONText.read(
            AgentStatus.self,
            """
            {"version": "osm-agent/0.1.0", "pid": 1, "device": "d", "certificate_expires": "\(end.formatted(.iso8601))",
            "started": "2026-01-01T00:00:00Z", "phase": "connected", "tunnels": [], "endpoints": []}
            """.utf8
        )
        state.take(status, at: SampleViews.now)
        let warning = lines(state).first { $0.contains("certificate") }
        if let words { #expect(warning?.contains(words) == true) } else { #expect(warning == nil) }
    }

    @Test func `says what is waited for, and keeps the addresses at the end`() throws {
        var state = try SampleViews.busy()
        state.take(.leaving(requests: 3), at: SampleViews.now)
        #expect(lines(state).contains { $0.contains("leaving: 3 requests are under way") })
        state.end()
        let last = lines(state)
        #expect(last.first?.hasSuffix("ended") == true)
        #expect(last.contains("https://demo.tunnel.example.com"))
        #expect(!last.contains { $0.contains("connected") })
    }
}

struct ViewFiguresTests {
    @Test func `writes numbers short`() {
        #expect([0, 999, 1000, 1_234_567].map(ViewFigures.count) == ["0", "999", "1 000", "1 234 567"])
        #expect(
            [0, 999, 1000, 9_949, 9_950, 999_499, 999_500, 5_000_000_000, .max].map(ViewFigures.bytes)
                == ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "5.0 GB", "9223372 TB"]
        )
        #expect(
            [0, 0.04, 9.94, 12.3, 999.6, 61_000, 600_000].map { ViewFigures.milliseconds($0) }
                == ["0.0 ms", "0.0 ms", "9.9 ms", "12 ms", "1.0 s", "61 s", "10 min"]
        )
    }

    @Test func `tells the time of the clock on the wall`() {
        #expect(ViewFigures.clock(SampleViews.now, secondsFromUTC: 0) == "03:04:05")
        #expect(ViewFigures.clock(SampleViews.now, secondsFromUTC: -5 * 3600) == "22:04:05")
        #expect(ViewFigures.clock(Date(timeIntervalSince1970: -1), secondsFromUTC: 0) == "23:59:59")
    }
}
