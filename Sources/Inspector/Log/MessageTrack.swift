import NIOCore

/// The messages of both directions of one exchange, while it lasts.
struct MessageTrack {
    /// What one piece of the stream brought.
    struct Found {
        var messages: [KeptMessage] = []
        var dropped = 0
        var problem: String?
    }

    /// Nil where no messages are looked for.
    var inbound: (any MessageDecoder)?
    var outbound: (any MessageDecoder)?
    private let limits: ExchangeLimits
    private var count = 0
    private var payloadBytes = 0

    init(limits: ExchangeLimits) { self.limits = limits }

    /// Reads a piece of one direction; nil when that is of no messages.
    mutating func feed(
        _ data: ByteBuffer,
        _ direction: StreamMessage.Direction,
        at milliseconds: () -> Double
    ) -> Found? {
        guard direction == .inbound ? inbound != nil : outbound != nil else { return nil }
        var decoder = direction == .inbound ? inbound : outbound
        // A copy that is changed while the original lives would copy what it holds, too.
        set(nil, direction)
        var found = Found()
        let keep = max(0, min(limits.bytesPerMessage, limits.messageBytes - payloadBytes))
        let room = limits.messages - count
        decoder?.feed(data, keep: keep) { message in
            guard found.messages.count < room else { return found.dropped += 1 }
            found.messages.append(
                KeptMessage(direction: direction, atMilliseconds: milliseconds(), content: message)
            )
        }
        count += found.messages.count
        payloadBytes += found.messages.reduce(0) { $0 + $1.content.bytes.count }
        found.problem = decoder?.problem
        if found.problem == nil { set(decoder, direction) }
        return found
    }

    private mutating func set(_ decoder: (any MessageDecoder)?, _ direction: StreamMessage.Direction) {
        switch direction {
        case .inbound: inbound = decoder
        case .outbound: outbound = decoder
        }
    }
}

extension KeptMessages {
    mutating func append(_ found: MessageTrack.Found?, limits: ExchangeLimits) {
        guard let found else { return }
        for message in found.messages { append(message, limits: limits) }
        drop(found.dropped)
        problem = problem ?? found.problem
    }
}
