import HTTP1
import Testing

/// Every limit, exactly at it and one past it.
struct LimitTests {
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
    private func error(_ text: String, prefix: Int = .max) -> HTTP1Error? {
        let bytes = Array(text.utf8.prefix(prefix))
        let whole = Transcript.requests([bytes], limits: limits)
        #expect(Transcript.requests(bytes.map { [$0] }, limits: limits) == whole)
        return whole.error
    }

    private func filler(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test func `takes a request line of the limit and refuses one that is longer`() {
        func request(_ length: Int) -> String { "GET /\(filler(length - 14)) HTTP/1.1\r\nHost: a\r\n\r\n" }
        #expect(error(request(64)) == nil)
        #expect(error(request(65)) == .startLineTooLong)
        #expect(error(filler(66)) == .startLineTooLong)
        #expect(error(filler(65)) == nil)
        #expect(error(filler(90) + "\n") == .startLineTooLong)
    }

    @Test func `takes a head of the limit and refuses one that is larger`() {
        func request(_ length: Int) -> String { "GET / HTTP/1.1\r\nHost: a\r\nA: \(filler(length - 32))\r\n\r\n" }
        #expect(request(256).utf8.count == 256)
        #expect(error(request(256)) == nil)
        #expect(error(request(257)) == .headTooLarge)
        #expect(error(request(300), prefix: 255) == nil)
        #expect(error(request(300), prefix: 260) == .headTooLarge)
    }

    @Test func `counts each pipelined head on its own`() {
        let request = "GET / HTTP/1.1\r\nHost: a\r\nA: \(filler(200))\r\n\r\n"
        #expect(error(request + request + request) == nil)
    }

    @Test func `takes as many fields as the limit and refuses one more`() {
        func request(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
        }
        #expect(error(request(4)) == nil)
        #expect(error(request(5)) == .tooManyFields)
    }

    @Test func `lets four empty lines pass before each request and refuses a fifth`() {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let four = String(repeating: "\r\n", count: 4)
        #expect(error(four + request + four + request) == nil)
        #expect(error(request + four + "\r\n" + request) == .badStartLine)
        #expect(error(four + "\r\n") == .badStartLine)
    }

    @Test func `takes a method of 32 letters and refuses a longer one`() {
        #expect(error("\(filler(32)) / HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
        #expect(error("\(filler(33)) / HTTP/1.1\r\nHost: a\r\n\r\n") == .badStartLine)
    }

    @Test func `takes a Host of 260 bytes and refuses a longer one`() {
        func error(_ length: Int) -> HTTP1Error? {
            let text = "GET / HTTP/1.1\r\nHost: \(filler(length))\r\n\r\n"
            return Transcript.requests([Array(text.utf8)]).error
        }
        #expect(error(260) == nil)
        #expect(error(261) == .badHost)
    }

    @Test func `takes 32 connection options in all and refuses one more`() {
        func request(_ first: Int, _ second: Int) -> String {
            let lists = [first, second].map { Array(repeating: "a", count: $0).joined(separator: ",") }
            return "GET / HTTP/1.1\r\nHost: a\r\nConnection: \(lists[0])\r\nConnection: \(lists[1])\r\n\r\n"
        }
        #expect(error(request(16, 16)) == nil)
        #expect(error(request(16, 17)) == .badConnection)
    }

    private func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }

    @Test func `takes a chunk line of the limit and refuses one that is longer`() {
        #expect(error(chunked("1;\(filler(14))\r\nx\r\n0\r\n\r\n")) == nil)
        #expect(error(chunked("1;\(filler(15))\r\nx\r\n0\r\n\r\n")) == .badChunk)
        #expect(error(chunked("1;\(filler(100))")) == .badChunk)
        #expect(error(chunked("0000000000000001\r\nx\r\n0\r\n\r\n")) == nil)
        #expect(error(chunked("7fffffffffffffff\r\nx")) == nil)
    }

    @Test func `takes a trailer section of the limit and refuses one that is larger`() {
        #expect(error(chunked("0\r\nA: \(filler(25))\r\n\r\n")) == nil)
        #expect(error(chunked("0\r\nA: \(filler(26))\r\n\r\n")) == .trailersTooLarge)
        #expect(error(chunked("0\r\nA: b\r\nC: d\r\n\r\n")) == nil)
        #expect(error(chunked("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n")) == .tooManyFields)
    }

    @Test func `takes as many interim responses as the limit and refuses one more`() {
        func error(_ count: Int) -> HTTP1Error? {
            let text = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: count) + "HTTP/1.1 204 x\r\n\r\n"
            return Transcript.response([Array(text.utf8)], limits: limits).error
        }
        #expect(error(2) == nil)
        #expect(error(3) == .tooManyInterimResponses)
    }

    @Test func `has limits that a browser keeps and that bound a connection`() {
        let limits = HTTP1Limits()
        #expect(limits.startLine == 8 * 1024 && limits.head == 40 * 1024 && limits.fields == 100)
        #expect(limits.chunkLine == 256 && limits.trailers == 8 * 1024 && limits.trailerFields == 32)
    }
}

struct HTTP1ErrorTests {
    @Test(arguments: HTTP1Error.allCases)
    func `has a status and a sentence that a visitor may read`(error: HTTP1Error) {
        #expect([400, 414, 417, 431, 501, 505].contains(error.status))
        #expect(error.sentence.hasSuffix(".") && error.sentence.count < 100)
    }
}
