import AdminHTTP
import HTTPFields
import Inspector
import Logging
import NIOCore
import Testing

/// An inspector and something to look at: requests to a port of its own are recorded as an agent records them.
///
/// It answers like `echo_origin.py`, so the same checks of a browser suit it and a real agent.
struct PretendAgent: Sendable {
    let link: String
    let visitorPort: Int

    /// Runs one for as long as `body` runs.
    static func run(_ body: (PretendAgent) async throws -> Void) async throws {
        let log = ExchangeLog()
        let (links, opened) = AsyncStream.makeStream(of: String.self)
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let inspector = InspectorServer(
            log: log,
            ports: 0...0,
            replay: { replay($0, log) },
            status: { status },
            version: "1.0.0",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            opened: { opened.yield($0) }
        )
        let origin = AdminServer(.tcp(host: "127.0.0.1", port: 0), routes: routes(log), check: { _ in nil })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await inspector.run() }
            group.addTask {
                try await origin.run { address in
                    if case .tcp(_, let port) = address { bound.yield(port) }
                }
            }
            var link = links.makeAsyncIterator()
            var port = ports.makeAsyncIterator()
            let (printed, listening) = (await link.next(), await port.next())
            try await body(PretendAgent(link: try #require(printed), visitorPort: try #require(listening)))
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static let status = """
        {"tunnels":[{"edge":"edge.example.com:443","phase":"connected","round_trip_ms":11.8}],
        "endpoints":[{"name":"demo","kind":"http","target":"127.0.0.1:3000","state":"serving",
        "host":"demo.example.com","url":"https://demo.example.com"}]}
        """

    private static func routes(_ log: ExchangeLog) -> [String: AdminRoute] {
        let echo: AdminRoute.Answer = { request in
            let recorder = begin(request, log)
            return finish(recorder, request.body, query: request.query, type: request.queryValue("type"))
        }
        return ["/echo": AdminRoute(get: echo, post: echo, put: echo), "/events": .get { events($0, log) }]
    }

    private static func begin(_ request: AdminRequest, _ log: ExchangeLog) -> ExchangeRecorder {
        var fields = FieldSection()
        fields.append(":method", request.method)
        fields.append(":scheme", "https")
        fields.append(":authority", "demo.example.com")
        fields.append(":path", request.query.isEmpty ? request.path : "\(request.path)?\(request.query)")
        for name in ["content-type", "authorization", "x-note"] {
            if let value = request.field(name) { fields.append(name, value) }
        }
        return log.record(endpoint: "demo", request: fields)
    }

    /// Records the rest of an exchange, and gives the response in it.
    @discardableResult
    private static func finish(
        _ recorder: ExchangeRecorder,
        _ body: ByteBuffer,
        query: String,
        type: String?
    ) -> AdminResponse {
        let words = query.split(separator: "&").first { $0.hasPrefix("status=") }
        let status = words.flatMap { Int($0.dropFirst("status=".count)) } ?? 200
        recorder.received(body)
        recorder.receivedEnd()
        recorder.originConnected()
        recorder.requestSent()
        var head = FieldSection()
        head.append(":status", "\(status)")
        head.append("content-type", type ?? "text/plain")
        head.append("set-cookie", "session=do-not-show-this; HttpOnly")
        recorder.sends(head: head)
        recorder.sends(body)
        recorder.sendsEnd(trailers: nil)
        recorder.closed(problem: nil)
        return AdminResponse(status: status, contentType: type ?? "text/plain", body: body)
    }

    private static func replay(_ request: ReplayRequest, _ log: ExchangeLog) {
        let recorder = log.record(endpoint: request.endpoint, request: request.fields, replayOf: request.replayOf)
        let query = request.fields.string(":path")?.split(separator: "?").last.map(String.init) ?? ""
        finish(recorder, request.body, query: query, type: nil)
    }

    private static func events(_ request: AdminRequest, _ log: ExchangeLog) -> AdminResponse {
        let path = request.path
        return .stream(contentType: "text/event-stream") { writer in
            var fields = FieldSection()
            for (name, value) in [(":method", "GET"), (":scheme", "https"), (":authority", "demo"), (":path", path)] {
                fields.append(name, value)
            }
            let recorder = log.record(endpoint: "demo", request: fields)
            recorder.receivedEnd()
            var head = FieldSection()
            head.append(":status", "200")
            head.append("content-type", "text/event-stream")
            recorder.sends(head: head)
            for number in 0..<3 {
                let event = ByteBuffer(string: "event: tick\nid: \(number)\ndata: {\"number\":\(number)}\n\n")
                recorder.sends(event)
                try await writer.write(event)
            }
            do {
                // Ended by the visitor, long before.
                try await Task.sleep(for: .seconds(600))
            } catch {
                recorder.closed(problem: "The visitor left.")
            }
        }
    }
}
