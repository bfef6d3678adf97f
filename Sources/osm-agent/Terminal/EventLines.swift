import Agent
import FoundationEssentials

/// Each event as one JSON object, with the members that lines of the log have.
struct EventLines {
    private let showsRequests: Bool
    private var addresses = NewAddresses()

    init(showsRequests: Bool) { self.showsRequests = showsRequests }

    private struct Line: Encodable {
        let event: AgentEvent
        let time: Date

        private enum CodingKeys: String, CodingKey { case time, level, component, msg }

        func encode(to encoder: any Encoder) throws {
            try event.encode(to: encoder)
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(
                time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
                forKey: .time
            )
            try members.encode(isTrouble ? "warning" : "info", forKey: .level)
            try members.encode("osm-agent", forKey: .component)
            try members.encode(message, forKey: .msg)
        }

        private var isTrouble: Bool {
            switch event {
            case .tunnel(let status): status.phase == .waiting
            case .endpoint(let status):
                status.isOutOfReach || status.state == .waiting && status.problem != nil
                    || status.origin?.state == .failing
            case .certificate(let status): status.problem != nil
            case .removed, .request, .leaving: false
            }
        }

        private var message: String {
            switch event {
            case .tunnel: "tunnel changed"
            case .endpoint: "endpoint changed"
            case .removed: "endpoint removed"
            case .request: "request served"
            case .certificate: "certificate changed"
            case .leaving: "leaving"
            }
        }
    }

    mutating func lines(for event: AgentEvent, at time: Date) -> [SpokenLine] {
        var lines: [SpokenLine] = []
        switch event {
        case .request where !showsRequests: return []
        case .endpoint(let status):
            if status.state == .serving, let url = status.url, addresses.isNew(url) { lines.append(.address(url)) }
        case .tunnel, .removed, .request, .certificate, .leaving: break
        }
        do {
            lines.append(.news(String(try JSONText.line(Line(event: event, time: time)).dropLast())))
        } catch {
            // Only a number that JSON does not have could get here.
            lines.append(.news(#"{"level":"error","msg":"an event cannot be written"}"#))
        }
        return lines
    }
}
