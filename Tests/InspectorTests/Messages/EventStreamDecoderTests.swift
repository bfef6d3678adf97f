import NIOCore
import Testing

@testable import Inspector

struct EventStreamDecoderTests {
    private func decode(_ text: String, keep: Int = .max, pieces: Int = .max) -> [DecodedMessage] {
        var decoder = EventStreamDecoder()
        var events: [DecodedMessage] = []
        var rest = ByteBuffer(string: text)
        while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.feed(piece, keep: keep) { events.append($0) }
        }
        return events
    }

    private func data(_ text: String) -> [String] { decode(text).map { String(decoding: $0.bytes, as: UTF8.self) } }

    @Test(arguments: [
        ("data: a\n\n", ["a"]), ("data:a\r\rdata: b\r\n\r\n", ["a", "b"]), ("data:  a\n\n", [" a"]),
        ("data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]), ("data\n\ndata\ndata\n\ndata:", ["", "\n"]),
        (": test stream\n\ndata: first event\nid: 1\n\n", ["first event"]), ("data: cut off", []), ("event: x\n\n", []),
        ("\u{FEFF}data: a\n\n", ["a"]), ("datax: a\n\nDATA: a\n\n", []), ("data:a\n\r\ndata:b\r\n\n", ["a", "b"]),
        ("", []),
    ])
    func `reads what HTML says an event is`(text: String, events: [String]) {
        #expect(data(text) == events)
        #expect(decode(text, pieces: 1) == decode(text))
    }

    @Test func `reads types and identifiers`() {
        let events = decode("event: tick\nid: 7\nretry: 10\ndata: x\n\nid\ndata: y\n\n")
        #expect(events.map(\.eventName) == ["tick", nil] && events.map(\.eventID) == ["7", ""])
        #expect(events.allSatisfy { $0.kind == .event })
    }

    @Test func `keeps the beginning of an event and counts the rest`() {
        let long = String(repeating: "x", count: 1000)
        let events = decode("id: \(long)\n\(long): a\ndata: \(long)\n\n", keep: 10)
        #expect(events.map(\.size) == [1000] && events.map(\.bytes.count) == [10])
        #expect(events.first?.eventID?.utf8.count == EventStreamDecoder.wordLimit)
    }
}
