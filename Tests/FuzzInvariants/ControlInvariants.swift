import NIOCore
import TunnelProtocol

/// Control messages say the same when they are encoded again, and their order never upsets the state machines.
enum ControlInvariants {
    static func agentMessages(_ bytes: [UInt8]) throws {
        let messages = try messages(AgentMessage.self, in: bytes)
        let start = NIODeadline.uptimeNanoseconds(0)
        var control = EdgeControl(openedAt: start)
        for (index, message) in messages.enumerated() {
            _ = control.received(message, at: start + .milliseconds(Int64(index) * 40))
        }
        _ = control.tick(at: start + .seconds(60))
    }

    static func edgeMessages(_ bytes: [UInt8]) throws {
        let messages = try messages(EdgeMessage.self, in: bytes)
        let start = NIODeadline.uptimeNanoseconds(0)
        var control = AgentControl(openedAt: start)
        for (index, message) in messages.enumerated() {
            _ = control.received(message, at: start + .milliseconds(Int64(index) * 40))
        }
        _ = control.tick(at: start + .seconds(60))
    }

    static func goAwayNotice(_ bytes: [UInt8]) throws {
        guard let notice = GoAwayNotice(debugData: bytes) else { return }
        try require(
            notice.message.unicodeScalars.allSatisfy { $0.value >= 0x20 },
            "a notice holds a control character"
        )
        let json = Array(notice.json.utf8)
        guard json.count <= TunnelConstants.debugDataBytes else { return }
        try require(GoAwayNotice(debugData: json) == notice, "a notice reads as another when it is encoded again")
    }

    private struct Verdict: Equatable {
        var lines: [ByteBuffer] = []
        var error: ControlError?
    }

    private static func messages<Message: ControlMessage>(
        _ type: Message.Type,
        in bytes: [UInt8]
    ) throws -> [Message] {
        var read: [Message] = []
        let verdicts = Pieces.cuts(bytes).map { pieces in
            let (messages, error) = decode(pieces, as: type)
            read = messages
            // What one call had read before its error is lost with it, so only the errors can be compared then.
            return Verdict(lines: error == nil ? messages.map(\.line) : [], error: error)
        }
        try require(verdicts.allSatisfy { $0 == verdicts[0] }, "the same bytes read as other messages when cut")
        for message in read {
            let line = message.line
            try require(line.readableBytes <= TunnelConstants.controlLineBytes, "a message outgrows its line")
            let (again, error) = decode([line], as: type)
            try require(error == nil && again.map(\.line) == [line], "a message reads as another when encoded again")
        }
        return read
    }

    private static func decode<Message: ControlMessage>(
        _ pieces: [ByteBuffer],
        as type: Message.Type
    ) -> ([Message], ControlError?) {
        var decoder = ControlDecoder<Message>()
        var messages: [Message] = []
        do throws(ControlError) {
            for piece in pieces { messages += try decoder.feed(piece) }
        } catch {
            return (messages, error)
        }
        return (messages, nil)
    }
}
