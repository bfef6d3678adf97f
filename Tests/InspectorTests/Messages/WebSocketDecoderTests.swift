import NIOCore
import Testing

@testable import Inspector

struct WebSocketDecoderTests {
    private let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    private func frame(_ first: UInt8, _ payload: [UInt8], masked: Bool = false) -> [UInt8] {
        var frame = [first]
        let flag: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: frame.append(flag | UInt8(payload.count))
        case ...65535: frame += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [flag | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        guard masked else { return frame + payload }
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private func decode(
        _ bytes: [UInt8],
        keep: Int = .max,
        pieces: Int = .max
    ) -> (messages: [DecodedMessage], problem: String?) {
        var decoder = WebSocketDecoder()
        var messages: [DecodedMessage] = []
        var rest = ByteBuffer(bytes: bytes)
        while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.feed(piece, keep: keep) { messages.append($0) }
        }
        return (messages, decoder.problem)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `reads the examples of RFC 6455 however they are cut`(pieces: Int) {
        let examples: [UInt8] =
            [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
            + [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
            + [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]
            + [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
            + [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        let (messages, problem) = decode(examples, pieces: pieces)
        #expect(problem == nil)
        #expect(messages.map(\.kind) == [.text, .text, .text, .ping, .pong])
        #expect(messages.allSatisfy { $0.bytes == Array("Hello".utf8) && $0.size == 5 })
    }

    @Test(arguments: [0, 125, 126, 65_535, 65_536, 70_000], [false, true])
    func `reads every form of length`(length: Int, masked: Bool) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let (messages, problem) = decode(frame(0x82, payload, masked: masked), pieces: 1021)
        #expect(problem == nil && messages.count == 1)
        #expect(messages.first?.bytes == payload && messages.first?.size == length)
    }

    @Test func `keeps the beginning of a message and counts the rest`() {
        let payload = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let (messages, _) = decode(
            frame(0x02, payload, masked: true) + frame(0x80, payload, masked: true),
            keep: 10,
            pieces: 7
        )
        #expect(messages.map(\.size) == [2000])
        #expect(messages.first?.bytes == Array(payload.prefix(10)))
    }

    @Test func `reads a control frame between the frames of a message`() {
        let (messages, _) = decode(frame(0x01, [0x61]) + frame(0x89, [0x70]) + frame(0x80, [0x62]))
        #expect(messages.map(\.kind) == [.ping, .text])
        #expect(messages.last?.bytes == [0x61, 0x62])
    }

    @Test func `reads why a side closes`() {
        let (messages, _) = decode(frame(0x88, [0x03, 0xE8] + Array("bye".utf8), masked: true) + frame(0x88, []))
        #expect(messages.map(\.closeCode) == [1000, nil])
        #expect(messages.first?.bytes == Array("bye".utf8) && messages.first?.size == 3)
    }

    @Test func `marks what is compressed`() {
        let (messages, _) = decode(frame(0xC1, [0xF2, 0x48]) + frame(0x81, [0x61]))
        #expect(messages.map(\.isCompressed) == [true, false])
    }

    @Test(
        arguments: [
            [0x83, 0x00], [0xA1, 0x00], [0x80, 0x00], [0x01, 0x00, 0x01, 0x00], [0x09, 0x00], [0x88, 0x7E, 0x00, 0x7E],
            [0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]]
    )
    func `gives up on what is no WebSocket`(bytes: [UInt8]) {
        let (messages, problem) = decode(bytes + frame(0x81, [0x61]))
        #expect(messages.isEmpty && problem != nil)
    }

    @Test func `holds nothing for a frame that says it is huge`() {
        let (messages, problem) = decode([0x82, 0x7F, 0x7F] + Array(repeating: 0xFF, count: 7) + [1, 2, 3], keep: 2)
        #expect(messages.isEmpty && problem == nil)
    }
}
