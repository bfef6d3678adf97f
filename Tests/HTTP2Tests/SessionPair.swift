import HTTPFields
import NIOCore

@testable import HTTP2

/// An edge's and an agent's session, back to back without a network.
final class SessionPair {
    let client: HTTP2Session
    let server: HTTP2Session
    private(set) var clientEvents: [HTTP2Event] = []
    private(set) var serverEvents: [HTTP2Event] = []

    init(client: HTTP2Limits = .towardsAgent, server: HTTP2Limits = .towardsEdge) throws {
        self.client = try HTTP2Session(role: .client, limits: client)
        self.server = try HTTP2Session(role: .server, limits: server)
        try exchange()
    }

    /// Carries bytes both ways until both ends are silent.
    func exchange() throws {
        var moved = true
        while moved {
            moved = false
            while let bytes = try client.produce(limit: 64 * 1024) {
                try server.receive(bytes)
                moved = true
            }
            while let bytes = try server.produce(limit: 64 * 1024) {
                try client.receive(bytes)
                moved = true
            }
        }
        collect()
    }

    private func collect() {
        var batch: [HTTP2Event] = []
        client.takeEvents(into: &batch)
        clientEvents += batch
        batch = []
        server.takeEvents(into: &batch)
        serverEvents += batch
    }

    func forgetEvents() {
        clientEvents = []
        serverEvents = []
    }

    /// The stream that the server saw opened last.
    var accepted: HTTP2Stream? {
        for case .head(let stream, _, .request) in serverEvents.reversed() { return stream }
        return nil
    }

    /// Opens a stream and lets the server see it.
    func open(_ fields: FieldSection = .get("/"), ends: Bool = true) throws -> (
        client: HTTP2Stream, server: HTTP2Stream
    ) {
        let stream = try client.request(fields, ends: ends)
        try exchange()
        guard let accepted else { throw HTTP2Error(.streamState, "the server saw no request") }
        return (stream, accepted)
    }
}

extension FieldSection {
    static func get(_ path: String, method: String = "GET") -> FieldSection {
        var fields = FieldSection()
        fields.append(":method", method)
        fields.append(":scheme", "https")
        fields.append(":authority", "app.example.com")
        fields.append(":path", path)
        return fields
    }

    static func status(_ status: String) -> FieldSection {
        var fields = FieldSection()
        fields.append(":status", status)
        return fields
    }

    func adding(_ name: String, _ value: String) -> FieldSection {
        var copy = self
        copy.append(name, value)
        return copy
    }
}

extension [HTTP2Event] {
    var kinds: [HTTP2Event.HeadKind] {
        compactMap { if case .head(_, _, let kind) = $0 { kind } else { nil } }
    }

    func heads(_ wanted: HTTP2Event.HeadKind) -> [FieldSection] {
        compactMap { if case .head(_, let fields, wanted) = $0 { fields } else { nil } }
    }

    /// The bytes of all DATA, in order.
    var body: ByteBuffer {
        var whole = ByteBuffer()
        for case .data(_, let piece) in self { whole.writeImmutableBuffer(piece) }
        return whole
    }

    var endedCount: Int { filter { if case .ended = $0 { true } else { false } }.count }

    var closedCodes: [HTTP2ErrorCode] { compactMap { if case .closed(_, let code) = $0 { code } else { nil } } }
}

extension ByteBuffer {
    init(pattern count: Int) {
        self.init()
        reserveCapacity(count)
        for index in 0..<count { writeInteger(UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8)) }
    }
}
