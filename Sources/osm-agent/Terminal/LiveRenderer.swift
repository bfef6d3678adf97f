import Agent
import FoundationEssentials

/// Draws the state of an agent for a terminal: a value in, lines out.
struct LiveRenderer {
    let state: ViewState
    let style: ViewStyle
    let now: Date

    /// Requests are shown up to this many, or as many as there is room for.
    private static let shownRequests = 12

    /// How long before its end the device's certificate is spoken of.
    private static let warningTime: TimeInterval = 2 * 24 * 3600

    func render() -> [String] { lines().map { $0.rendered(style) } }

    /// Lines that take fewer rows than the terminal has, so that nothing is scrolled away.
    func lines() -> [ViewLine] {
        let room = max(1, style.rows - 1)
        var lines = head()
        let taken = rows(lines)
        guard taken <= room else { return cut(lines, to: room) }
        lines += requests(upTo: min(Self.shownRequests, room - taken - 1))
        return lines
    }

    private func head() -> [ViewLine] {
        var lines = [title()]
        for endpoint in state.endpoints { lines += [ViewLine()] + describe(endpoint) }
        lines.append(ViewLine())
        guard !state.hasEnded else { return lines + counters() }
        lines += tunnels()
        if let inspector = state.inspector { lines += describe(inspector: inspector) }
        lines += warnings()
        lines += counters()
        return lines
    }

    private func title() -> ViewLine {
        let product = state.version.replacing("/", with: " ", maxReplacements: 1)
        var line = ViewLine().appending(product, .strong)
        let hint = state.hasEnded ? "ended" : state.leaving == nil ? "Ctrl-C ends it" : "Ctrl-C ends it at once"
        line.pad(to: style.columns - hint.count)
        if line.columns + hint.count <= style.columns { line.append(hint, .faint) }
        return line
    }

    // MARK: Endpoints

    private func describe(_ endpoint: EndpointStatus) -> [ViewLine] {
        let address = endpoint.url.map { ViewLine(address: $0) } ?? ViewLine().appending("(no address yet)", .faint)
        var rows = [
            ViewRow("serves").adding(whole: endpoint.target).adding("(\(endpoint.kind) \(endpoint.name))", .faint)
        ]
        switch endpoint.state {
        case _ where state.hasEnded: break
        case .serving:
            rows.append(ViewRow("who reads").adding(ViewSentences.whoCanRead(endpoint), .notice))
        case .waiting:
            rows.append(ViewRow("state").adding("waiting", .notice).adding(endpoint.problem ?? "for an edge"))
        case .stopped: rows.append(ViewRow("state").adding("stopped", .faint))
        case .refused:
            rows.append(ViewRow("state").adding("refused:", .bad).adding(endpoint.problem ?? "no reason was given"))
        }
        if let problem = endpoint.origin?.problem, !state.hasEnded {
            rows.append(ViewRow("service").adding("requests fail:", .bad).adding(problem))
        }
        if let probe = endpoint.probe, !state.hasEnded { rows.append(describe(probe)) }
        return [address] + rows.flatMap { $0.lines(columns: style.columns) }
    }

    private func describe(_ probe: ProbeStatus) -> ViewRow {
        let row = ViewRow("health")
        guard probe.ok else { return row.adding("out of reach:", .bad).adding(probe.problem ?? "no answer came") }
        let took = probe.roundTripMilliseconds.map { " in \(ViewFigures.milliseconds($0))" } ?? ""
        return row.adding("a request came round\(took)", .good)
    }

    // MARK: Tunnels

    private func tunnels() -> [ViewLine] {
        guard !state.tunnels.isEmpty else {
            return ViewRow("tunnel").adding("none yet", .faint).lines(columns: style.columns)
        }
        return state.tunnels.flatMap { describe($0).lines(columns: style.columns) }
    }

    private func describe(_ tunnel: ViewState.Tunnel) -> ViewRow {
        let status = tunnel.status
        var row = ViewRow("tunnel").adding(whole: "\(status.edge) #\(status.slot)")
        switch status.phase {
        case .connecting: row = row.adding(whole: "connecting", .notice)
        case .connected:
            row = row.adding(whole: "connected", .good)
            if let time = status.roundTripMilliseconds { row = row.adding(whole: ViewFigures.milliseconds(time)) }
            if let name = status.keyExchange { row = row.adding(whole: ViewSentences.keyExchange(name)) }
        case .draining: row = row.adding("draining,", .notice).adding("another tunnel is on its way")
        case .waiting:
            let seconds = tunnel.retriesAt.map { max(0, $0.timeIntervalSince(now).rounded(.up)) } ?? 0
            let when = seconds > 0 ? "waiting, next try in \(Int(seconds)) s:" : "waiting:"
            row = row.adding(when, .bad).adding(status.problem ?? "the tunnel was lost")
        case .stopped: row = row.adding("stopped", .faint).adding(status.problem ?? "")
        }
        return row
    }

    /// On a line of its own where there is no room beside the label: half a link is none.
    private func describe(inspector: String) -> [ViewLine] {
        let row = ViewRow("inspector").adding(whole: inspector).lines(columns: style.columns)
        guard row.contains(where: { $0.columns > style.columns }) else { return row }
        return [ViewLine().appending("inspector", .faint), ViewLine(address: inspector)]
    }

    // MARK: Warnings and counters

    private func warnings() -> [ViewLine] {
        var rows: [ViewRow] = []
        if let end = state.certificateExpires {
            let left = end.timeIntervalSince(now)
            let what =
                left <= 0
                ? "this device's certificate has expired"
                : "this device's certificate expires in \(ViewFigures.left(left))"
            let row = ViewRow("warning").adding(what, .bad).adding("(osm-agent enroll, with a new invitation)")
            if left < Self.warningTime { rows.append(row) }
        }
        if let requests = state.leaving {
            rows.append(ViewRow("").adding(ViewSentences.leaving(requests), .notice))
        }
        return rows.flatMap { $0.lines(columns: style.columns) }
    }

    private func counters() -> [ViewLine] {
        let counters = state.counters
        var row = ViewRow("requests").adding(whole: ViewFigures.count(counters.all), .strong)
        for (digit, count) in counters.byClass.sorted(by: { $0.key < $1.key }) where count > 0 {
            let name = digit == 0 ? "no answer" : "\(digit)xx"
            row = row.adding(whole: "\(name) \(ViewFigures.count(count))", StatusTone.of(status: digit * 100))
        }
        guard counters.all > 0 else { return row.lines(columns: style.columns) }
        row = row.adding(whole: "in \(ViewFigures.bytes(counters.received))", .faint)
        row = row.adding(whole: "out \(ViewFigures.bytes(counters.sent))", .faint)
        return row.lines(columns: style.columns)
    }

    private func requests(upTo room: Int) -> [ViewLine] {
        guard room > 0, !state.requests.isEmpty else { return [] }
        let showsEndpoint = state.endpoints.count > 1
        return [ViewLine()]
            + state.requests.suffix(room).map { request in
                RequestLine(request: request, style: style, showsEndpoint: showsEndpoint).line()
            }
    }

    // MARK: Room

    private func rows(_ lines: [ViewLine]) -> Int { lines.reduce(0) { $0 + $1.rows(in: style.columns) } }

    /// Leaves out the last lines, and says so.
    private func cut(_ lines: [ViewLine], to room: Int) -> [ViewLine] {
        var kept: [ViewLine] = []
        for line in lines where rows(kept) + line.rows(in: style.columns) < room { kept.append(line) }
        return kept + [ViewLine().appending("(this window is too low for more)", .faint)]
    }
}
