import Foundation
import Synchronization
import Testing

@testable import osm_agent

struct ScreenRegionTests {
    private let style = ViewStyle(columns: 10, rows: 5)

    private func line(_ text: String) -> ViewLine { ViewLine().appending(text) }

    @Test func `draws over the last picture, and clears what is left of it`() {
        var region = ScreenRegion()
        let first = region.frame([line("one"), line("two")], style)
        #expect(first == "\u{1B}[?25l\rone\u{1B}[K\r\ntwo\u{1B}[K\r\n\u{1B}[J")
        #expect(region.frame([line("three")], style) == "\u{1B}[?25l\r\u{1B}[2Athree\u{1B}[K\r\n\u{1B}[J")
        #expect(region.frame([], style) == "\u{1B}[?25l\r\u{1B}[1A\u{1B}[J")
    }

    @Test func `puts lines above the picture into the scroll-back`() {
        var region = ScreenRegion()
        _ = region.frame([line("one")], style)
        let frame = region.frame([line("one")], above: ["a log line"], style)
        #expect(frame == "\u{1B}[?25l\r\u{1B}[1A\u{1B}[K\u{1B}[B\u{1B}[J\u{1B}[Aa log line\r\none\u{1B}[K\r\n\u{1B}[J")
    }

    @Test func `does not clear a row that is full`() {
        var region = ScreenRegion()
        #expect(region.frame([line("0123456789")], style) == "\u{1B}[?25l\r0123456789\r\n\u{1B}[J")
    }

    @Test func `counts the rows of what has been broken by a narrower window`() {
        var region = ScreenRegion()
        _ = region.frame([line("0123456789"), line("abc")], style)
        let frame = region.frame([], ViewStyle(columns: 4, rows: 5))
        #expect(frame.hasPrefix("\u{1B}[?25l\r\u{1B}[4A"))
    }

    @Test func `lets an address go on in the next row`() {
        var region = ScreenRegion()
        let address = ViewLine(address: "https://a.example")
        #expect(region.frame([address], style).contains("https://a.example\u{1B}[K"))
        #expect(region.frame([], style).hasPrefix("\u{1B}[?25l\r\u{1B}[2A"))
    }
}

struct TerminalScreenTests {
    /// Keeps what is written.
    private final class Paper: Sendable {
        private let written = Mutex("")
        var text: String { written.withLock { $0 } }
        func write(_ text: String) { written.withLock { $0 += text } }
    }

    @Test func `writes at once while there is no picture`() {
        let paper = Paper()
        let screen = TerminalScreen(put: paper.write)
        screen.write("a\nb\n")
        #expect(paper.text == "a\nb\n")
    }

    @Test func `keeps lines for the next picture, and wakes who draws it`() {
        let paper = Paper()
        let woken = Mutex(0)
        let screen = TerminalScreen(put: paper.write)
        screen.begin { woken.withLock { $0 += 1 } }
        screen.write("a line\n")
        #expect(paper.text.isEmpty)
        #expect(woken.withLock { $0 } == 1)
        screen.draw([], ViewStyle())
        #expect(paper.text.contains("a line\r\n"))
    }

    @Test func `does not draw the same picture twice`() {
        let paper = Paper()
        let screen = TerminalScreen(put: paper.write)
        screen.begin {}
        let picture = [ViewLine().appending("picture")]
        screen.draw(picture, ViewStyle())
        let once = paper.text
        screen.draw(picture, ViewStyle())
        #expect(paper.text == once)
        screen.draw(picture, ViewStyle(columns: 40))
        #expect(paper.text.utf8.count > once.utf8.count)
        let twice = paper.text
        screen.beginAnew()
        screen.draw(picture, ViewStyle(columns: 40))
        #expect(paper.text.hasPrefix(twice))
        #expect(paper.text.hasSuffix("\u{1B}[?25l\rpicture\u{1B}[K\r\n\u{1B}[J"))
    }

    @Test func `drops the oldest lines when too many come, and says so`() {
        let paper = Paper()
        let screen = TerminalScreen(put: paper.write)
        screen.begin {}
        for number in 0..<(TerminalScreen.waitingLines + 5) { screen.write("line \(number).\n") }
        screen.draw([], ViewStyle())
        #expect(paper.text.contains("(5 lines are left out here)\r\nline 5.\r\n"))
        #expect(!paper.text.contains("line 4."))
    }

    @Test func `shows the cursor at the end, and what still waits`() {
        let paper = Paper()
        let screen = TerminalScreen(put: paper.write)
        screen.begin {}
        screen.write("last words\n")
        screen.end([ViewLine().appending("picture")], ViewStyle())
        #expect(paper.text.hasSuffix("last words\r\npicture\u{1B}[K\r\n\u{1B}[J\u{1B}[?25h"))
        screen.write("after\n")
        #expect(paper.text.hasSuffix("\u{1B}[?25hafter\n"))
    }
}
