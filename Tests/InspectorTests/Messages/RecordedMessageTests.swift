import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct RecordedMessageTests {
    private let time = StillClock()

    private func log(_ change: (inout ExchangeLimits) -> Void = { _ in }) -> ExchangeLog {
        var limits = ExchangeLimits()
        change(&limits)
        return ExchangeLog(limits: limits, clock: time.clock, pace: .zero)
    }

    private func webSocket(_ log: ExchangeLog, status: Int = 200) -> ExchangeRecorder {
        var request = FieldSection.request("CONNECT", "/chat")
        request.append(":protocol", "websocket")
        let recorder = log.record(endpoint: "web", request: request)
        recorder.sends(head: .response(status, ["content-type": "text/plain"]))
        return recorder
    }

    @Test func `shows both directions of a WebSocket and keeps no body of it`() throws {
        let log = log()
        let recorder = webSocket(log)
        time.advance(.milliseconds(5))
        recorder.received(ByteBuffer(bytes: [0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]))
        time.advance(.milliseconds(5))
        recorder.sends(ByteBuffer(bytes: [0x82, 0x02, 0xFF, 0x00, 0xC1, 0x01, 0x61]))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.summary.kind == .websocket && detail.summary.requestBytes == 8)
        #expect(detail.request.body.kept == 0 && detail.response.body.kept == 0)
        #expect(detail.messages.map(\.direction) == [.inbound, .outbound, .outbound])
        #expect(detail.messages.map(\.content) == ["hi", "/wA=", "YQ=="])
        #expect(detail.messages.map(\.encoding) == [.text, .base64, .base64])
        #expect(detail.messages.map(\.compressed) == [false, false, true])
        #expect(detail.messages.map(\.atMilliseconds) == [5, 10, 10])
    }

    @Test func `keeps the answer of an origin that wants no WebSocket`() throws {
        let log = log()
        let recorder = webSocket(log, status: 403)
        recorder.sends(ByteBuffer(string: "not here"))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.response.body.content == "not here" && detail.messages.isEmpty)
    }

    @Test func `keeps so many messages and counts the others`() throws {
        let log = log { $0.messages = 3 }
        let recorder = webSocket(log)
        for _ in 1...2 {
            recorder.sends(ByteBuffer(bytes: Array(repeating: [0x81, 0x01, 0x61], count: 5).flatMap { $0 }))
        }
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.messages.count == 3 && detail.messagesDropped == 7)
    }

    @Test func `keeps so many bytes of messages and counts the others`() throws {
        let log = log {
            $0.messageBytes = 10
            $0.bytesPerMessage = 6
        }
        let recorder = webSocket(log)
        for _ in 1...3 { recorder.sends(ByteBuffer(bytes: [0x81, 0x08] + Array("abcdefgh".utf8))) }
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.messages.map(\.content) == ["abcdef", "abcd", ""])
        #expect(detail.messages.allSatisfy { $0.truncated && $0.size == 8 })
    }

    @Test func `holds both directions to one limit`() throws {
        let log = log { $0.messageBytes = 10 }
        let recorder = webSocket(log)
        recorder.received(ByteBuffer(bytes: [0x01, 0x08] + Array("abcdefgh".utf8)))
        recorder.sends(ByteBuffer(bytes: [0x81, 0x08] + Array("abcdefgh".utf8)))
        recorder.received(ByteBuffer(bytes: [0x80, 0x00]))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.messages.map(\.content) == ["abcdefgh", "ab"])
    }

    @Test func `says why it reads a WebSocket no further`() throws {
        let log = log()
        let recorder = webSocket(log)
        recorder.sends(ByteBuffer(bytes: [0x83, 0x00]))
        recorder.sends(ByteBuffer(bytes: [0x81, 0x01, 0x61]))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.messages.isEmpty && detail.messagesProblem == "a frame of a WebSocket is of an unknown kind")
        #expect(detail.summary.responseBytes == 5)
    }

    @Test func `shows server-sent events without their secrets`() throws {
        let log = log()
        let recorder = log.record(endpoint: "web", request: .request())
        recorder.sends(head: .response(200, ["content-type": "Text/Event-Stream; charset=utf-8"]))
        recorder.sends(ByteBuffer(string: "event: login\nid: 1\ndata: {\"token\":"))
        recorder.sends(ByteBuffer(string: "\"hush\"}\n\n"))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.summary.kind == .sse)
        #expect(detail.messages.map(\.content) == [#"{"token":"[redacted]"}"#])
        #expect(detail.messages.map(\.eventName) == ["login"] && detail.messages.map(\.eventID) == ["1"])
    }

    @Test func `shows the messages of gRPC`() throws {
        let log = log()
        let recorder = log.record(
            endpoint: "web",
            request: .request("POST", "/a.B/C", ["content-type": "application/grpc+proto"])
        )
        recorder.received(ByteBuffer(bytes: [0, 0, 0, 0, 1, 7]))
        recorder.sends(head: .response(200, ["content-type": "application/grpc"]))
        recorder.sends(ByteBuffer(bytes: [0, 0, 0, 0, 2, 7, 7]))
        let detail = try #require(log.detail(of: recorder.id))
        #expect(detail.summary.kind == .grpc && detail.messages.map(\.size) == [1, 2])
    }
}
