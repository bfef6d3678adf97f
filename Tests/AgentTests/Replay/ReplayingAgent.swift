import Foundation
import HTTP2
import HTTPFields
import Logging
import NIOCore
import TestSupport
import Testing
import Trust

@testable import Agent

/// An agent without tunnels that sends requests again, and somebody who looks on.
struct ReplayingAgent {
    let service: AgentService
    let watcher = Watcher()

    init(_ endpoints: Endpoint...) throws {
        let ca = try ThrowawayCA()
        let device = try ca.issueDevice()
        let bundle = try OperatorBundle.decode(Array(try Data(contentsOf: URL(filePath: ca.bundlePath))))
        var configuration = AgentConfiguration(
            edges: [EdgeTarget(address: try #require(EdgeAddress("127.0.0.1:1")), serverName: ca.domain)],
            anchors: try bundle.anchors(at: .now),
            credentials: try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM),
            endpoints: endpoints,
            software: "osm-agent/test"
        )
        configuration.observer = watcher
        configuration.probes = false
        service = try AgentService(
            configuration: configuration,
            pid: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    static func endpoint(_ target: String, _ change: (inout EndpointSpec) -> Void = { _ in }) throws -> Endpoint {
        var spec = EndpointSpec(name: "web", kind: "http", target: target)
        change(&spec)
        return try spec.endpoint()
    }

    static func request(_ path: String, _ more: [String: String] = [:]) -> FieldSection {
        let fields = [":method": "GET", ":scheme": "https", ":authority": "app.example.com", ":path": path]
        return .of(fields.merging(more) { $1 })
    }

    func replay(
        _ path: String,
        _ more: [String: String] = [:],
        body: String = "",
        by label: String = "web",
        within deadline: TimeAmount = .seconds(30)
    ) async throws {
        let request = Self.request(path, more)
        try await service.replay(request, body: ByteBuffer(string: body), of: 7, by: label, within: deadline)
    }
}

/// Notes what passes; of one exchange after the other.
final class Watcher: ExchangeObserver {
    /// All that was seen of one exchange, once it is over.
    struct Sight: Sendable {
        var endpoint: String
        var original: Int?
        var path: String
        var asked = ""
        var status = ""
        var answered = 0
        var code: HTTP2ErrorCode?
    }

    private let (sights, sight) = AsyncStream.makeStream(of: Sight.self)
    private let (beginnings, beginning) = AsyncStream.makeStream(of: Void.self)

    /// Waits for an exchange to be over.
    func next() async throws -> Sight {
        for await sight in sights { return sight }
        throw CancellationError()
    }

    /// Waits for an exchange to begin.
    func hasBegun() async { for await _ in beginnings { return } }

    /// Whether an exchange was seen that nobody asked for yet.
    func hasNothingMore() async -> Bool {
        sight.finish()
        for await _ in sights { return false }
        return true
    }

    func began(_ request: FieldSection, ends: Bool, endpoint: String, replayOf original: Int?) -> (any ExchangeTap)? {
        beginning.yield()
        let sight = Sight(endpoint: endpoint, original: original, path: request.string(":path") ?? "")
        return Tap(sight) { [continuation = self.sight] in continuation.yield($0) }
    }

    private final class Tap: ExchangeTap {
        private var sight: Sight
        private let over: (Sight) -> Void

        init(_ sight: Sight, over: @escaping (Sight) -> Void) {
            self.sight = sight
            self.over = over
        }

        func received(_ data: ByteBuffer) { sight.asked += String(buffer: data) }
        func received(trailers: FieldSection) {}
        func receivedEnd() {}
        func originConnected() {}
        func requestSent() {}
        func sends(head: FieldSection) { sight.status = head.string(":status") ?? "" }
        func sends(_ data: ByteBuffer) { sight.answered += data.readableBytes }
        func sendsEnd(trailers: FieldSection?) {}

        func closed(_ code: HTTP2ErrorCode) {
            sight.code = code
            over(sight)
        }
    }
}
