package import FoundationEssentials
package import NIOCore

/// Why a control stream cannot go on.
package enum ControlError: String, Error, Sendable {
    case lineTooLong = "line_too_long"
    /// Anything but one JSON object in UTF-8 with a member `type`.
    case notJSON = "not_json"
    /// A member is missing, or what it holds is out of bounds.
    case missingMember = "missing_member"
    /// A message that makes no sense at this point.
    case unexpected
    /// More messages in a moment than any good peer has to say.
    case tooMany = "too_many_messages"
}

/// Cuts a control stream into lines and the lines into messages.
///
/// Messages of unknown types are skipped, so that newer peers can say more (yellow paper, 5.1).
package struct ControlDecoder<Message: ControlMessage>: ~Copyable {
    private var pending = ByteBuffer()
    /// How much of what is pending has no end of a line in it.
    private var searched = 0
    private var skipped = 0

    package init() {}

    /// How many messages of unknown types came since this was last asked.
    package mutating func takeSkipped() -> Int {
        defer { skipped = 0 }
        return skipped
    }

    /// Takes bytes of the stream and gives the messages that they complete.
    package mutating func feed(_ bytes: ByteBuffer) throws(ControlError) -> [Message] {
        pending.writeImmutableBuffer(bytes)
        var messages: [Message] = []
        while let length = nextLine() {
            guard length < TunnelConstants.controlLineBytes else { throw .lineTooLong }
            guard let line = pending.readBytes(length: length) else { break }
            pending.moveReaderIndex(forwardBy: 1)
            searched = 0
            if let message = try Self.message(line) { messages.append(message) } else { skipped += 1 }
        }
        guard pending.readableBytes < TunnelConstants.controlLineBytes else { throw .lineTooLong }
        pending.discardReadBytes()
        return messages
    }

    /// The length of the first line that is complete; no byte is looked at twice.
    private mutating func nextLine() -> Int? {
        let fresh = pending.readableBytesView.dropFirst(searched)
        guard let end = fresh.firstIndex(of: UInt8(ascii: "\n")) else {
            searched = pending.readableBytes
            return nil
        }
        return end - pending.readerIndex
    }

    private static func message(_ line: [UInt8]) throws(ControlError) -> Message? {
        guard isPlainText(line) else { throw .notJSON }
        let data = Data(line)
        let decoder = JSONDecoder()
        let envelope: Envelope
        do { envelope = try decoder.decode(Envelope.self, from: data) } catch { throw .notJSON }
        do {
            return try Message(type: envelope.type, from: data, decoder: decoder)
        } catch {
            throw .missingMember
        }
    }

    /// Whether a JSON reader has nothing to guess: an object at once, no control character, all of it UTF-8.
    ///
    /// Without this the reader would take UTF-16, UTF-32 and a byte order mark as well, and look at the encoding of no
    /// member that it does not need.
    private static func isPlainText(_ line: [UInt8]) -> Bool {
        line.first == UInt8(ascii: "{")
            && line.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            && String(validating: line, as: UTF8.self) != nil
    }
}

private struct Envelope: Decodable { let type: String }

private struct RefusalCode: Decodable {
    let ref: Int?
    let code: String
}

/// What a message type needs so that the codec can carry it.
package protocol ControlMessage: Sendable {
    /// Reads the message of that type; nil when the type is unknown.
    init?(type: String, from data: Data, decoder: JSONDecoder) throws
    /// The word in the member `type`.
    var type: String { get }
    /// The message's own members.
    var payload: any Encodable { get }
}

extension ControlMessage {
    /// One line of the control stream, newline included.
    package var line: ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(Line(type: type, payload: payload))
        } catch {
            return ByteBuffer()  // never: the payloads are strings and integers, and nothing sent is nothing broken
        }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + 1)
        buffer.writeBytes(data)
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }
}

private struct Line: Encodable {
    let type: String
    let payload: any Encodable

    private enum CodingKeys: CodingKey { case type }

    func encode(to encoder: any Encoder) throws {
        try payload.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(type, forKey: .type)
    }
}

extension AgentMessage: ControlMessage {
    package init?(type: String, from data: Data, decoder: JSONDecoder) throws {
        switch type {
        case "hello": self = .hello(try decoder.decode(Hello.self, from: data))
        case "register": self = .register(try decoder.decode(Register.self, from: data))
        case "unregister": self = .unregister(try decoder.decode(Unregister.self, from: data))
        case "renew": self = .renew(try decoder.decode(Renew.self, from: data))
        case "heartbeat": self = .heartbeat(try decoder.decode(Beat.self, from: data))
        case "ack": self = .ack(try decoder.decode(Beat.self, from: data))
        default: return nil
        }
    }

    package var type: String {
        switch self {
        case .hello: "hello"
        case .register: "register"
        case .unregister: "unregister"
        case .renew: "renew"
        case .heartbeat: "heartbeat"
        case .ack: "ack"
        }
    }

    package var payload: any Encodable {
        switch self {
        case .hello(let hello): hello
        case .register(let register): register
        case .unregister(let unregister): unregister
        case .renew(let renew): renew
        case .heartbeat(let beat), .ack(let beat): beat
        }
    }
}

extension EdgeMessage: ControlMessage {
    package init?(type: String, from data: Data, decoder: JSONDecoder) throws {
        switch type {
        case "welcome": self = .welcome(try decoder.decode(Welcome.self, from: data))
        case "registered": self = .registered(try decoder.decode(Registered.self, from: data))
        case "refused": self = try EdgeMessage(refusal: data, decoder)
        case "renewed": self = .renewed(try decoder.decode(Renewed.self, from: data))
        case "heartbeat": self = .heartbeat(try decoder.decode(Beat.self, from: data))
        case "ack": self = .ack(try decoder.decode(Beat.self, from: data))
        case "drain": self = .drain(try decoder.decode(Drain.self, from: data))
        case "superseded": self = .superseded(try decoder.decode(Superseded.self, from: data))
        default: return nil
        }
    }

    /// Tells by the code what a refusal is about.
    private init(refusal data: Data, _ decoder: JSONDecoder) throws {
        let code = try decoder.decode(RefusalCode.self, from: data)
        if code.ref == nil, IssuanceRefusal(rawValue: code.code) != nil {
            self = .renewalRefused(try decoder.decode(RenewalRefused.self, from: data))
        } else {
            self = .refused(try decoder.decode(Refused.self, from: data))
        }
    }

    package var type: String {
        switch self {
        case .welcome: "welcome"
        case .registered: "registered"
        case .refused, .renewalRefused: "refused"
        case .renewed: "renewed"
        case .heartbeat: "heartbeat"
        case .ack: "ack"
        case .drain: "drain"
        case .superseded: "superseded"
        }
    }

    package var payload: any Encodable {
        switch self {
        case .welcome(let welcome): welcome
        case .registered(let registered): registered
        case .refused(let refused): refused
        case .renewed(let renewed): renewed
        case .renewalRefused(let refused): refused
        case .heartbeat(let beat), .ack(let beat): beat
        case .drain(let drain): drain
        case .superseded(let superseded): superseded
        }
    }
}
