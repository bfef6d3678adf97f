import HTTP1
import Testing

/// Every limit of a response, exactly at it and one past it.
struct ResponseLimitTests {
    private var limits: HTTP1Limits {
        var limits = HTTP1Limits()
        limits.startLine = 64
        limits.head = 256
        limits.fields = 4
        limits.chunkLine = 16
        limits.trailers = 32
        limits.trailerFields = 2
        limits.interimResponses = 2
        return limits
    }

    /// The verdict, which must not depend on how the bytes are cut.
    private func error(_ text: String) -> HTTP1Error? {
        let bytes = Array(text.utf8)
        let whole = Transcript.response([bytes], limits: limits)
        #expect(Transcript.response(bytes.map { [$0] }, limits: limits) == whole)
        return whole.error
    }

    private func filler(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test func `takes a status line of the limit and refuses one that is longer`() {
        #expect(error("HTTP/1.1 204 \(filler(51))\r\n\r\n") == nil)
        #expect(error("HTTP/1.1 204 \(filler(52))\r\n\r\n") == .startLineTooLong)
    }

    @Test func `takes a head of the limit and refuses one that is larger`() {
        func response(_ length: Int) -> String { "HTTP/1.1 204 x\r\nA: \(filler(length - 23))\r\n\r\n" }
        #expect(response(256).utf8.count == 256)
        #expect(error(response(256)) == nil)
        #expect(error(response(257)) == .headTooLarge)
    }

    @Test func `takes as many fields as the limit and refuses one more`() {
        func response(_ count: Int) -> String {
            "HTTP/1.1 204 x\r\n" + String(repeating: "A: b\r\n", count: count) + "\r\n"
        }
        #expect(error(response(4)) == nil)
        #expect(error(response(5)) == .tooManyFields)
    }

    @Test func `counts each interim response as a head of its own`() {
        let interim = "HTTP/1.1 103 x\r\nA: \(filler(200))\r\n\r\n"
        #expect(error(interim + interim + "HTTP/1.1 204 x\r\nA: \(filler(200))\r\n\r\n") == nil)
    }

    @Test func `takes chunk lines and trailers of the limit and refuses larger ones`() {
        func chunked(_ body: String) -> String { "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)" }
        #expect(error(chunked("1;\(filler(14))\r\nx\r\n0\r\n\r\n")) == nil)
        #expect(error(chunked("1;\(filler(15))\r\nx\r\n0\r\n\r\n")) == .badChunk)
        #expect(error(chunked("0\r\nA: \(filler(25))\r\n\r\n")) == nil)
        #expect(error(chunked("0\r\nA: \(filler(26))\r\n\r\n")) == .trailersTooLarge)
        #expect(error(chunked("0\r\nA: b\r\nC: d\r\n\r\n")) == nil)
        #expect(error(chunked("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n")) == .tooManyFields)
    }
}
