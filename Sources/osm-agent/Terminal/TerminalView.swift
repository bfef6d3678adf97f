import Agent
import FoundationEssentials
import Synchronization
import Telemetry
import UnixSignals

/// The view on a terminal: a picture of the agent's state that is redrawn in place.
struct TerminalView {
    let screen: TerminalScreen
    let hasColours: Bool
    let isUnicode: Bool
    let showsQRCode: Bool
    /// Asked once a second, too: the inspector may come later than the view.
    let inspector: @Sendable () -> String?
    /// Asked once a second, for what no event tells; nil when it cannot be had.
    let status: @Sendable () async -> AgentStatus?

    /// There is no more than one picture in this time, however much happens.
    private static let pause: Duration = .milliseconds(100)
    /// How often the clock and the round-trip times go on.
    private static let tick: Duration = .seconds(1)

    /// The state that events are folded into and pictures are made of.
    private final class Board: Sendable {
        private let state: Mutex<ViewState>
        init(_ state: ViewState) { self.state = Mutex(state) }
        var current: ViewState { state.withLock { $0 } }
        func update(_ change: @Sendable (inout ViewState) -> Void) { state.withLock { change(&$0) } }
    }

    /// Shows what happens until there are no more events; the last picture stays.
    func run(_ events: some AsyncSequence<AgentEvent, Never> & Sendable) async {
        let board = Board(ViewState())
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        TerminalDevice.keepCursorSafe()
        screen.begin { wake.yield() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events {
                    board.update { $0.take(event, at: Date()) }
                    wake.yield()
                }
            }
            group.addTask { await keepAsking(board) { wake.yield() } }
            group.addTask { await follow(await UnixSignalsSequence(trapping: .sigwinch, .sigcont)) { wake.yield() } }
            group.addTask { await draw(board, wakes) }
            // The first to end is the one that has no more events.
            await group.next()
            group.cancelAll()
        }
        board.update { $0.end() }
        let style = currentStyle()
        screen.end(LiveRenderer(state: board.current, style: style, now: Date()).lines(), style)
    }

    private func keepAsking(_ board: Board, _ wake: @Sendable () -> Void) async {
        while !Task.isCancelled {
            board.update { [inspector] in $0.inspector = inspector() }
            if let status = await status() {
                board.update { $0.take(status, at: Date()) }
                wake()
            }
            do { try await Task.sleep(for: Self.tick) } catch { return }
        }
    }

    private func follow(_ signals: UnixSignalsSequence, _ wake: @Sendable () -> Void) async {
        for await signal in signals {
            if signal == .sigcont {
                TerminalDevice.keepCursorSafeAgain()
                screen.beginAnew()
            }
            wake()
        }
    }

    private func draw(_ board: Board, _ wakes: AsyncStream<Void>) async {
        var told = AddressTeller(hasQRCode: showsQRCode)
        for await _ in wakes {
            let style = currentStyle()
            let state = board.current
            for line in told.tell(state.endpoints, style) { screen.write(line + "\n") }
            if TerminalDevice.isForeground {
                screen.draw(LiveRenderer(state: state, style: style, now: Date()).lines(), style)
            }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    private func currentStyle() -> ViewStyle {
        var style = ViewStyle(hasColours: hasColours, isUnicode: isUnicode)
        if let size = TerminalDevice.size() { (style.columns, style.rows) = size }
        style.secondsFromUTC = TerminalDevice.secondsFromUTC(at: Date())
        return style
    }
}
