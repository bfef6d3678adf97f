import Synchronization
import Telemetry

/// Standard error, shared by a picture that is redrawn in place and by lines that come at any time.
///
/// ## Concurrency
/// One lock owns everything. Lines that come while a picture is up wait for the next one and go above it; without a
/// picture they are written at once. The picture is written under the lock, so that nothing comes in between.
final class TerminalScreen: Sendable {
    private struct Content {
        /// Nil while no picture is up.
        var region: ScreenRegion?
        /// What was drawn last, for which terminal; nil when it is not there any more.
        var drawn: Drawing?
        var waiting: [String] = []
        var dropped = 0
        var wake: (@Sendable () -> Void)?
    }

    private struct Drawing: Equatable {
        let lines: [ViewLine]
        let style: ViewStyle
    }

    /// How many lines wait for the next picture; beyond, the oldest are dropped.
    static let waitingLines = 200

    private let content = Mutex(Content())
    private let put: @Sendable (String) -> Void

    /// - Parameter put: Where everything goes.
    init(put: @escaping @Sendable (String) -> Void = { StandardStream.error.write($0) }) { self.put = put }

    /// Writes whole lines, each with its end.
    func write(_ text: String) {
        let wake = content.withLock { content -> (@Sendable () -> Void)? in
            guard content.region != nil else {
                put(text)
                return nil
            }
            for line in text.split(separator: "\n") {
                if content.waiting.count == Self.waitingLines {
                    content.waiting.removeFirst()
                    content.dropped += 1
                }
                content.waiting.append(String(line))
            }
            return content.wake
        }
        wake?()
    }

    /// From now on a picture is up; `wake` is called when lines wait for the next one.
    func begin(wake: @escaping @Sendable () -> Void) {
        content.withLock { content in
            content.region = ScreenRegion()
            content.wake = wake
        }
    }

    /// Others have written to the terminal: the next picture begins below what they wrote.
    func beginAnew() {
        content.withLock { content in
            guard content.region != nil else { return }
            content.region = ScreenRegion()
            content.drawn = nil
        }
    }

    /// Draws a picture in place of the last one, unless it is the same: what a person has selected stays selected.
    func draw(_ lines: [ViewLine], _ style: ViewStyle) {
        content.withLock { content in
            guard var region = content.region else { return }
            let drawing = Drawing(lines: lines, style: style)
            guard content.drawn != drawing || !content.waiting.isEmpty else { return }
            content.drawn = drawing
            var above = content.waiting
            if content.dropped > 0 { above.insert("(\(content.dropped) lines are left out here)", at: 0) }
            content.waiting = []
            content.dropped = 0
            put(region.frame(lines, above: above, style))
            content.region = region
        }
    }

    /// Draws the last picture, which stays.
    func end(_ lines: [ViewLine], _ style: ViewStyle) {
        draw(lines, style)
        content.withLock { content in
            guard content.region != nil else { return }
            put((content.waiting.map { $0 + "\r\n" }.joined()) + ScreenRegion.end)
            content = Content()
        }
    }
}
