import AdminHTTP
import Agent
import FoundationEssentials
import NIOCore

/// One line of the answer to `POST /v1/attach`.
enum AttachLine: Sendable, Equatable {
    case event(AgentEvent)
    /// The endpoint is not served, for good; the last line.
    case refused(APIProblem)
}

extension AttachLine: Codable {
    private enum CodingKeys: String, CodingKey { case event, problem }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if try members.decode(String.self, forKey: .event) == "refused" {
            self = .refused(try members.decode(APIProblem.self, forKey: .problem))
        } else {
            self = .event(try AgentEvent(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .event(let event): try event.encode(to: encoder)
        case .refused(let problem):
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode("refused", forKey: .event)
            try members.encode(problem, forKey: .problem)
        }
    }
}

extension LocalAPI {
    static let linesType = "application/x-ndjson"

    // MARK: Attaching

    /// Serves an endpoint for as long as the caller stays.
    func attach(_ request: AdminRequest) async -> AdminResponse {
        await answer { () throws(APIProblem) in
            let spec = try Self.spec(in: request)
            try await desk.check(spec)
            return .stream(contentType: Self.linesType) { writer in try await serve(spec, to: writer) }
        }
    }

    /// Adds the endpoint only now: an answer that is never sent would leave it behind.
    private func serve(_ spec: EndpointSpec, to writer: AdminBodyWriter) async throws {
        let events = state.subscribe()
        let id: Int
        do throws(APIProblem) {
            id = try await desk.attach(spec)
        } catch {
            return try await writer.write(line(AttachLine.refused(error)))
        }
        let outcome: Result<Void, any Error>
        do {
            try await tell(spec.name, events, to: writer)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await desk.detach(id)
        try outcome.get()
    }

    private func tell(_ name: String, _ events: AgentEvents, to writer: AdminBodyWriter) async throws {
        for event in present where event.concerns(name) { try await writer.write(line(AttachLine.event(event))) }
        for await event in events where event.concerns(name) {
            switch event {
            case .endpoint(let status) where status.state == .refused:
                let problem = await desk.problem(ofRefused: name)
                return try await writer.write(line(AttachLine.refused(problem)))
            case .removed:
                return try await writer.write(line(AttachLine.event(event)))
            case .tunnel, .endpoint, .request, .certificate, .leaving:
                try await writer.write(line(AttachLine.event(event)))
            }
        }
    }

    // MARK: Watching

    /// Everything that happens, after how everything is now.
    func events(_ request: AdminRequest) -> AdminResponse {
        let accepted = request.field("accept") ?? ""
        let isForBrowser = accepted.contains("text/event-stream")
        return .stream(contentType: isForBrowser ? "text/event-stream" : Self.linesType) { writer in
            let events = state.subscribe()
            let write = { (event: AgentEvent) in
                var bytes = try line(event)
                if isForBrowser {
                    bytes = ByteBuffer(string: "data: \(String(buffer: bytes))\n")
                }
                try await writer.write(bytes)
            }
            for event in present { try await write(event) }
            for await event in events { try await write(event) }
        }
    }

    /// The last lines of the log; with `follow`, those that come as well.
    func showLogs(_ request: AdminRequest) -> AdminResponse {
        let count: Int
        switch request.queryValue("lines") {
        case nil: count = .max
        case let text?:
            guard let number = Int(text), number >= 0 else {
                return APIProblem(.badRequest, "lines: '\(text)' is not a number.", "Ask for lines=100.", code: 2)
                    .response
            }
            count = number
        }
        guard let follow = request.queryValue("follow"), follow != "0", follow != "false" else {
            let body = ByteBuffer(string: logs.last(count).joined())
            return AdminResponse(status: 200, contentType: Self.linesType, body: body)
        }
        return .stream(contentType: Self.linesType) { writer in
            let (kept, coming) = logs.follow(last: count)
            try await writer.write(ByteBuffer(string: kept.joined()))
            for await line in coming { try await writer.write(ByteBuffer(string: line)) }
        }
    }

    /// How everything is now, as events.
    private var present: [AgentEvent] {
        let status = state.current
        return status.tunnels.map(AgentEvent.tunnel) + status.endpoints.map(AgentEvent.endpoint)
    }

    private func line(_ value: some Encodable) throws -> ByteBuffer { ByteBuffer(string: try JSONText.line(value)) }
}

extension AgentEvent {
    /// Whether it belongs into the view of one endpoint.
    fileprivate func concerns(_ name: String) -> Bool {
        switch self {
        case .tunnel, .certificate, .leaving: true
        case .endpoint(let status): status.name == name
        case .removed(let removed): removed == name
        case .request(let record): record.endpoint == name
        }
    }
}
