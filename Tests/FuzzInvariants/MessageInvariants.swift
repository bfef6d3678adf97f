#if DEBUG || FUZZING
import NIOCore

@testable import Inspector

/// What an inspector reads as messages is the same however it was cut, and hardly anything is held of it.
enum MessageInvariants {
    private static let keep = 64

    private struct Verdict: Equatable {
        var messages: [DecodedMessage] = []
        var problem: String?
    }

    static func webSocketFrames(_ bytes: [UInt8]) throws { try check(bytes) { WebSocketDecoder() } }

    static func eventStream(_ bytes: [UInt8]) throws { try check(bytes) { EventStreamDecoder() } }

    static func grpcMessages(_ bytes: [UInt8]) throws { try check(bytes) { GRPCDecoder() } }

    private static func check(_ bytes: [UInt8], _ decoder: () -> some MessageDecoder) throws {
        let verdicts = Pieces.cuts(bytes).map { decode($0, decoder()) }
        try require(verdicts.allSatisfy { $0 == verdicts[0] }, "the same bytes read as other messages when cut")
        let messages = verdicts[0].messages
        try require(messages.reduce(0) { $0 + $1.size } <= bytes.count, "messages hold more than came")
        for message in messages {
            // Control frames of a WebSocket are kept whole, and never longer than this.
            try require(message.bytes.count <= max(keep, 125), "more of a message is kept than was allowed")
            try require(message.bytes.count <= message.size, "a message is shorter than what is kept of it")
            let words = [message.eventName, message.eventID].compactMap { $0 }
            // What cannot be UTF-8 has become three bytes for one.
            try require(words.allSatisfy { $0.utf8.count <= 3 * EventStreamDecoder.wordLimit }, "a word is too long")
        }
    }

    private static func decode(_ pieces: [ByteBuffer], _ decoder: some MessageDecoder) -> Verdict {
        var decoder = decoder
        var verdict = Verdict()
        for piece in pieces { decoder.feed(piece, keep: keep) { verdict.messages.append($0) } }
        verdict.problem = decoder.problem
        return verdict
    }
}
#endif
