import NIOCore
import Testing
import TunnelProtocol

struct ControlCodecTests {
    private static let beat = #"{"seq":7,"type":"heartbeat"}"# + "\n"

    private func messages(_ text: String) throws -> [AgentMessage] {
        var decoder = ControlDecoder<AgentMessage>()
        return try decoder.feed(ByteBuffer(string: text))
    }

    private func error(_ bytes: [UInt8]) -> ControlError? {
        var decoder = ControlDecoder<AgentMessage>()
        do throws(ControlError) {
            _ = try decoder.feed(ByteBuffer(bytes: bytes))
            return nil
        } catch {
            return error
        }
    }

    private func error(_ line: String) -> ControlError? { error(Array("\(line)\n".utf8)) }

    /// A heartbeat padded with an unknown member, so that the line with its newline has this many bytes.
    private func heartbeat(lineLength: Int) -> String {
        let head = #"{"type":"heartbeat","seq":1,"pad":""#
        let tail = "\"}\n"
        return head + String(repeating: "x", count: lineLength - head.utf8.count - tail.utf8.count) + tail
    }

    // MARK: Cutting

    @Test func `counts what it skips`() throws {
        var decoder = ControlDecoder<AgentMessage>()
        let unknown = ByteBuffer(string: "{\"type\":\"later\"}\n")
        for _ in 0..<3 { _ = try decoder.feed(unknown) }
        let counts = [decoder.takeSkipped(), decoder.takeSkipped()]
        #expect(counts == [3, 0])
    }

    @Test func `gives a message once its newline has come`() throws {
        var decoder = ControlDecoder<AgentMessage>()
        #expect(try decoder.feed(ByteBuffer(string: #"{"seq":7,"type":"heartbeat"}"#)).isEmpty)
        #expect(try decoder.feed(ByteBuffer(string: "\n")) == [.heartbeat(Beat(seq: 7))])
    }

    @Test func `reads a stream that comes byte by byte`() throws {
        var decoder = ControlDecoder<AgentMessage>()
        var read: [AgentMessage] = []
        for byte in (Self.beat + Self.beat).utf8 { read += try decoder.feed(ByteBuffer(bytes: [byte])) }
        #expect(read == [.heartbeat(Beat(seq: 7)), .heartbeat(Beat(seq: 7))])
    }

    @Test func `reads the same wherever a stream of three lines is split`() throws {
        let hello = Hello(agent: "osm-agent/1", instance: "0123456789abcdef", epoch: 1, slot: 0)
        let all: [AgentMessage] = [
            .hello(hello), .register(Register(ref: 1, kind: "http", host: "app")), .ack(Beat(seq: 3)),
        ]
        let bytes = all.flatMap { Array($0.line.readableBytesView) }
        for cut in bytes.indices {
            var decoder = ControlDecoder<AgentMessage>()
            let first = try decoder.feed(ByteBuffer(bytes: bytes[..<cut]))
            let second = try decoder.feed(ByteBuffer(bytes: bytes[cut...]))
            #expect(first + second == all)
        }
    }

    @Test func `takes a line of exactly the limit`() throws {
        let line = heartbeat(lineLength: TunnelConstants.controlLineBytes)
        #expect(try messages(line) == [.heartbeat(Beat(seq: 1))])
    }

    @Test func `refuses a line one byte past the limit`() {
        let line = heartbeat(lineLength: TunnelConstants.controlLineBytes + 1)
        #expect(error(Array(line.utf8)) == .lineTooLong)
    }

    @Test func `refuses a line without end as soon as it cannot fit`() throws {
        var decoder = ControlDecoder<AgentMessage>()
        let filling = ByteBuffer(repeating: UInt8(ascii: "x"), count: TunnelConstants.controlLineBytes - 1)
        #expect(try decoder.feed(filling).isEmpty)
        #expect(throws: ControlError.lineTooLong) { try decoder.feed(ByteBuffer(string: "x")) }
    }

    // MARK: Reading

    @Test func `skips a type that it does not know`() throws {
        #expect(try messages(#"{"type":"future","x":[1,{"y":null}]}"# + "\n" + Self.beat) == [.heartbeat(Beat(seq: 7))])
    }

    @Test func `ignores members that it does not know`() throws {
        #expect(try messages(#"{"type":"ack","seq":1,"later":{"deep":[[]]}}"# + "\n") == [.ack(Beat(seq: 1))])
    }

    @Test func `takes a carriage return before the newline as white space`() throws {
        #expect(try messages("{\"type\":\"ack\",\"seq\":1}\r\n") == [.ack(Beat(seq: 1))])
    }

    @Test(
        arguments: [
            "", " ", "null", "[]", "1", "\"hello\"", "{", "{}", "{}}", "{'type':'ack'}", #"{"type":1}"#,
            #"{"type":null}"#, #"{"type":["ack"]}"#, #" {"type":"ack","seq":1}"#, #"{"type":"ack","seq":1} x"#,
            #"{"type":"ack","seq":1}{"type":"ack","seq":2}"#, #"{"type":"ack" /**/}"#,
            #"{"type":"\ud800"}"#,
        ]
    )
    func `refuses a line that is no object with a type`(line: String) {
        #expect(error(line) == .notJSON)
    }

    @Test(
        arguments: [
            #"{"type":"ack"}"#, #"{"type":"ack","seq":"1"}"#, #"{"type":"ack","seq":-1}"#, #"{"type":"ack","seq":1.5}"#,
            #"{"type":"ack","seq":null}"#, #"{"type":"ack","seq":1e999999999}"#,
            #"{"type":"ack","seq":9007199254740992}"#,
            #"{"type":"ack","seq":18446744073709551616}"#, #"{"type":"register","kind":"http"}"#,
            #"{"type":"register","ref":1}"#, #"{"type":"register","ref":-1,"kind":"http"}"#,
            #"{"type":"register","ref":2147483648,"kind":"http"}"#,
            #"{"type":"register","ref":1,"kind":"http","host":7}"#,
            #"{"type":"unregister"}"#, #"{"type":"hello"}"#,
        ]
    )
    func `refuses a known type with a member missing or out of bounds`(line: String) {
        #expect(error(line) == .missingMember)
    }

    @Test func `refuses bytes that are not UTF-8 even in members that it ignores`() {
        let line = Array(#"{"type":"ack","seq":1,"x":""#.utf8) + [0xC3, 0x28] + Array("\"}\n".utf8)
        #expect(error(line) == .notJSON)
    }

    @Test func `refuses overlong UTF-8 and encoded surrogates`() {
        for sequence: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(error(Array(#"{"type":"ack","seq":1,"x":""#.utf8) + sequence + Array("\"}\n".utf8)) == .notJSON)
        }
    }

    @Test func `guesses at no other encoding`() {
        let text = #"{"type":"ack","seq":1}"#
        let wide = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(error(wide + [0x0A, 0x00]) == .notJSON)
        #expect(error([0xEF, 0xBB, 0xBF] + Array("\(text)\n".utf8)) == .notJSON)
    }

    @Test(arguments: [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x1F] as [UInt8])
    func `refuses a bare control character`(byte: UInt8) {
        #expect(error(Array(#"{"type":"ack","seq":1,"x":""#.utf8) + [byte] + Array("\"}\n".utf8)) == .notJSON)
        #expect(error(Array(#"{"type":"ack","seq":1"#.utf8) + [byte] + Array("}\n".utf8)) == .notJSON)
    }

    @Test func `survives nesting as deep as a line allows`() {
        let depth = TunnelConstants.controlLineBytes / 2 - 50
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(error(#"{"type":"ack","seq":1,"x":"# + nested + "}") != nil)
        #expect(error(String(repeating: #"{"a":"#, count: 2_500)) == .notJSON)
    }

    @Test func `takes one of two members of the same name and stays whole`() throws {
        let read = try messages(#"{"type":"ack","seq":1,"seq":2}"# + "\n")
        #expect(read == [.ack(Beat(seq: 1))] || read == [.ack(Beat(seq: 2))])
    }

    @Test func `survives whatever bytes come`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let length = Int.random(in: 0...200, using: &generator)
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = error(bytes + [0x0A])
        }
    }

    @Test func `survives every single flipped byte of a hello`() {
        let hello = Hello(agent: "osm-agent/1", instance: "0123456789abcdef", epoch: 1_700_000_000_000, slot: 0)
        let line = Array(AgentMessage.hello(hello).line.readableBytesView)
        for index in line.indices {
            for bit in 0..<8 {
                var flipped = line
                flipped[index] ^= 1 << bit
                _ = error(flipped)
            }
        }
    }
}
