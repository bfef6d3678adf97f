import NIOCore
import Testing

@testable import Inspector

struct GRPCDecoderTests {
    private func decode(_ bytes: [UInt8], keep: Int = .max, pieces: Int = .max) -> ([DecodedMessage], String?) {
        var decoder = GRPCDecoder()
        var messages: [DecodedMessage] = []
        var rest = ByteBuffer(bytes: bytes)
        while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.feed(piece, keep: keep) { messages.append($0) }
        }
        return (messages, decoder.problem)
    }

    @Test(arguments: [1, 2, 4, 100])
    func `reads messages however they are cut`(pieces: Int) {
        let (messages, problem) = decode([0, 0, 0, 0, 2, 8, 1, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0], pieces: pieces)
        #expect(problem == nil && messages.map(\.size) == [2, 3, 0])
        #expect(messages.map(\.isCompressed) == [false, true, false] && messages[1].bytes == [1, 2, 3])
    }

    @Test func `gives up on what is no gRPC, and holds nothing for a huge message`() {
        #expect(decode([7, 0, 0, 0, 1, 1]).1 != nil)
        #expect(decode([0, 0xFF, 0xFF, 0xFF, 0xFF, 1], keep: 0).0.isEmpty)
    }
}
