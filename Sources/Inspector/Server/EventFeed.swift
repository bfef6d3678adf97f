import AdminHTTP
import FoundationEssentials
import NIOCore

/// Tells a page what happens, as server-sent events, for as long as the page is open.
///
/// `exchange` carries a summary: a new one, or a newer state of one. `kept` carries the identifier of the oldest exchange
/// that is still there; the page forgets those before it. Every few seconds without news there is a comment, so that
/// either side notices when the other is gone.
struct EventFeed: Sendable {
    let log: ExchangeLog
    /// Between two looks at what is still kept.
    var interval = Duration.seconds(1)
    /// Looks without news until a sign of life is sent.
    var patience = 15

    struct Kept: Codable, Equatable {
        /// The oldest exchange that is kept, or the next one when there is none.
        let from: Int
    }

    /// Subscribes at once: nothing that happens after the page has seen the head is lost to it.
    func answer() -> AdminResponse {
        let updates = log.subscribe()
        return .stream(contentType: "text/event-stream; charset=utf-8") { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await summary in updates { try await writer.write(Self.event("exchange", summary)) }
                }
                group.addTask { try await tellWhatIsKept(writer) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func tellWhatIsKept(_ writer: AdminBodyWriter) async throws {
        var told = log.keptIDs.lowerBound
        try await writer.write(Self.event("kept", Kept(from: told)))
        var silent = 0
        while true {
            try await Task.sleep(for: interval)
            let oldest = log.keptIDs.lowerBound
            if oldest != told {
                try await writer.write(Self.event("kept", Kept(from: oldest)))
                told = oldest
                silent = 0
            } else if silent >= patience {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                silent = 0
            } else {
                silent += 1
            }
        }
    }

    /// JSON has no line breaks outside of strings, and escapes those within them.
    static func event(_ name: String, _ value: some Encodable) throws -> ByteBuffer {
        var event = ByteBuffer(string: "event: \(name)\ndata: ")
        event.writeBytes(try JSONEncoder().encode(value))
        event.writeString("\n\n")
        return event
    }
}
