import HTTPFields
import Inspector
import Logging
import NIOCore
import NIOPosix
import Testing

/// An inspector on a port of its own, with a log that a test fills.
struct RunningInspector: Sendable {
    let log: ExchangeLog
    let port: Int
    let token: String

    var host: String { "127.0.0.1:\(port)" }

    /// Runs one for as long as `body` runs.
    static func run(
        ports: ClosedRange<Int> = 0...0,
        log: ExchangeLog = ExchangeLog(pace: .milliseconds(5)),
        replay: ReplaySender? = nil,
        _ body: (RunningInspector) async throws -> Void
    ) async throws {
        let (links, opened) = AsyncStream.makeStream(of: String.self)
        let server = InspectorServer(
            log: log,
            ports: ports,
            replay: replay ?? { log.pass($0) },
            status: { #"{"tunnels":[],"endpoints":[]}"# },
            version: "1.2.3",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            opened: { opened.yield($0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { opened.finish() }
                try await server.run()
            }
            var iterator = links.makeAsyncIterator()
            let link = await iterator.next()
            let parts = try #require(link).split(separator: "/?token=")
            let port = try #require(parts.first?.split(separator: ":").last.flatMap { Int($0) })
            let token = try #require(parts.last)
            try await body(RunningInspector(log: log, port: port, token: String(token)))
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// What came back, whole.
    struct Answer {
        let status: Int
        let fields: [String: String]
        let body: String
    }

    /// Asks as the page does; HTTP/1.0, so that the answer ends with the connection.
    func ask(_ method: String, _ path: String, body: String = "") async throws -> Answer {
        try await ask(method, path, ["host: \(host)", "authorization: Bearer \(token)"], body: body)
    }

    /// Asks with these header lines only.
    func ask(_ method: String, _ path: String, _ lines: [String], body: String = "") async throws -> Answer {
        let head = ["\(method) \(path) HTTP/1.0"] + lines + ["content-length: \(body.utf8.count)", "", ""]
        let text = try await receive(after: head.joined(separator: "\r\n") + body) { _ in false }
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let answered = (parts.first ?? "").split(separator: "\r\n")
        let fields = answered.dropFirst().map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
        return Answer(
            status: answered.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
            fields: Dictionary(fields.map { ($0[0].lowercased(), $0.count > 1 ? $0[1] : "") }) { first, _ in first },
            body: parts.count > 1 ? String(parts[1]) : ""
        )
    }

    /// Asks as the page does, and expects a status.
    func expect(
        _ status: Int,
        _ method: String,
        _ path: String,
        body: String = "",
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await ask(method, path, body: body)
        #expect(answer.status == status, sourceLocation: place)
    }

    /// Asks with these header lines only, and expects a status.
    func expect(
        _ status: Int,
        _ method: String,
        _ path: String,
        _ lines: [String],
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await ask(method, path, lines)
        #expect(answer.status == status, sourceLocation: place)
    }

    /// Follows the events until one of them has this in it, and gives all that came; `meanwhile` runs once it follows.
    func events(until text: String, meanwhile: @Sendable () -> Void = {}) async throws -> String {
        let question = "GET /api/events HTTP/1.0\r\nhost: \(host)\r\nauthorization: Bearer \(token)\r\n\r\n"
        var hasBegun = false
        return try await receive(after: question) { received in
            if !hasBegun, received.contains("event: kept") {
                hasBegun = true
                meanwhile()
            }
            return received.contains(text)
        }
    }

    /// Sends bytes and reads until `isEnough` or the other side closes.
    private func receive(after question: String, _ isEnough: (String) -> Bool) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var received = ""
            do {
                try await outbound.write(ByteBuffer(string: question))
                for try await part in inbound {
                    received += String(buffer: part)
                    if isEnough(received) { break }
                }
            } catch is IOError {
                // A server that closes on bytes that it has not read ends the connection with a reset.
            } catch ChannelError.ioOnClosedChannel {
                // It was quicker than the question.
            }
            return received
        }
    }
}

extension ExchangeLog {
    /// Records what a replay asks for, as a tunnel would.
    func pass(_ request: ReplayRequest) {
        let recorder = record(endpoint: request.endpoint, request: request.fields, replayOf: request.replayOf)
        if request.body.readableBytes > 0 { recorder.received(request.body) }
        recorder.receivedEnd()
        recorder.sends(head: .response())
        recorder.sendsEnd(trailers: nil)
        recorder.closed(problem: nil)
    }
}
