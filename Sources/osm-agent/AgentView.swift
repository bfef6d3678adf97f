import Agent
import ArgumentParser
import FoundationEssentials
import Telemetry

extension ColourChoice: ExpressibleByArgument {}

/// What a person sees of an agent: everything that happens, until it has ended.
struct AgentView {
    private enum Manner {
        /// A picture that is redrawn.
        case live
        /// A line for each change.
        case plain
        /// The same as JSON objects.
        case json
    }

    /// What whoever else writes to standard error must go through while the view runs.
    let screen = TerminalScreen()
    /// Where requests can be looked at, once that is known.
    var inspector: @Sendable () -> String? = { nil }
    /// Whether a person is told of that, rather than a log.
    var showsInspector = true
    private let manner: Manner
    private let options: WatchingOptions
    private let environment = TerminalEnvironment(variables: ProcessInfo.processInfo.environment)

    /// - Parameters:
    ///   - format: JSON for the log is JSON for everything.
    ///   - options: What the person has asked for.
    ///   - isLive: Whether there may be a picture, on a terminal.
    init(format: LogFormat, _ options: WatchingOptions, isLive: Bool = true) {
        self.options = options
        let isTerminal = StandardStream.error.isTerminal && TerminalDevice.isForeground && !environment.isDumb
        switch format {
        case .json: manner = .json
        case .automatic, .text: manner = isLive && isTerminal ? .live : .plain
        }
    }

    /// What it has to be told of.
    var news: AgentNews {
        switch manner {
        case .live: .everything
        case .plain: showsRequestLines ? .everything : .changes
        case .json: options.requests ? .everything : .changes
        }
    }

    /// How long it is left alone after it was told something: a picture is not redrawn more often anyway.
    var pause: Duration {
        switch manner {
        case .live: .milliseconds(50)
        case .plain, .json: .zero
        }
    }

    private var showsRequestLines: Bool { options.requests || StandardStream.error.isTerminal }

    /// Shows what happens until there are no more events.
    ///
    /// - Parameters:
    ///   - events: What happens.
    ///   - status: How everything is at that moment, nil when it cannot be had.
    func run(
        _ events: some AsyncSequence<AgentEvent, Never> & Sendable,
        _ status: @Sendable @escaping () async -> AgentStatus?
    ) async {
        switch manner {
        case .live:
            let view = TerminalView(
                screen: screen,
                hasColours: environment.hasColours(options.color),
                isUnicode: environment.isUnicode,
                showsQRCode: options.qr,
                inspector: inspector,
                status: status
            )
            await view.run(events)
        case .plain:
            var view = PlainView(showsRequests: showsRequestLines)
            for await event in events { tell(view.lines(for: event)) }
        case .json:
            var view = EventLines(showsRequests: options.requests)
            for await event in events { tell(view.lines(for: event, at: Date())) }
        }
    }

    private func tell(_ lines: [SpokenLine]) {
        for line in lines {
            switch line {
            case .address(let url):
                StandardStream.output.write("\(url)\n")
                guard options.qr else { continue }
                // Nobody knows how wide the window is in which this will be read.
                let style = ViewStyle(columns: .max, isUnicode: environment.isUnicode)
                screen.write(AddressTeller.qrCode(url, style).map { $0 + "\n" }.joined())
            case .news(let text): screen.write(text + "\n")
            }
        }
    }

    /// Says where requests can be looked at; the link holds a secret, so it is for this person and for no log.
    func inspectorOpened(_ link: String) {
        guard showsInspector else { return }
        switch manner {
        case .plain: screen.write("inspector   \(link)\n")
        case .live, .json: break  // it stands in the picture; lines of JSON are for programs, which can ask for it
        }
    }
}
