import HTTP1
import Testing

struct TrailerTests {
    private func end(_ trailers: String, head: String = "") -> String? {
        let text =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\(head)\r\n1\r\nx\r\n0\r\n\(trailers)\r\n"
        return Transcript.requests([Array(text.utf8)]).events.last
    }

    @Test func `hands on trailers in order`() {
        #expect(end("A: b\r\nGrpc-Status: 0\r\n") == "end {A=b} {Grpc-Status=0}")
    }

    @Test(arguments: [
        "Content-Length: 5", "Transfer-Encoding: chunked", "Host: b", "Trailer: a", "Connection: close", "TE: trailers",
        "Authorization: a", "Cookie: a", "Set-Cookie: a", "Content-Type: a", "Expect: a", "X-Forwarded-For: a",
        "Content_Length: 5", "x_forwarded-for: a", "X_Request_Id: a",
    ])
    func `drops a trailer that frames, routes or authenticates`(line: String) {
        #expect(end("A: b\r\n\(line)\r\n") == "end {A=b}")
        #expect(end("\(line)\r\n") == "end")
    }

    @Test func `drops a trailer that Connection names`() {
        #expect(end("A: b\r\nX-Hop: c\r\n", head: "Connection: x-hop\r\n") == "end {A=b}")
    }
}
