import HTTP1

/// Requests as visitors send them, and as they must not.
enum RequestSamples {
    static let valid: [Sample] = [
        Sample("a plain GET", "GET /path?q=1 HTTP/1.1\r\nHost: example.com\r\n\r\n"),
        Sample("no white space around a value", "GET / HTTP/1.1\r\nHost:a\r\nA:b\r\n\r\n"),
        Sample("white space around and inside a value", "GET / HTTP/1.1\r\nHost: a\r\nA: \t b \t c \t \r\n\r\n"),
        Sample("an empty value", "GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB: \r\n\r\n"),
        Sample("bytes above ASCII in a value", "GET / HTTP/1.1\r\nHost: a\r\nA: é\r\n\r\n"),
        Sample("every token character in a name", "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n"),
        Sample("empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"),
        Sample("an absolute target", "GET HTTP://Example.com:80/a HTTP/1.1\r\nHost: example.COM:80\r\n\r\n"),
        Sample("an absolute target without a path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("an absolute target with only a query", "GET http://a?q=/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Sample("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        Sample("an IPv6 host", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n"),
        Sample("a body with a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        Sample("a body of no bytes", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        Sample(
            "a chunked body",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n"
        ),
        Sample(
            "chunk extensions",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a;b=c;d=\"e;\\\" f\"\r\nx\r\n0;z\r\n\r\n"
        ),
        Sample(
            "trailers",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nHost: evil\r\n\r\n"
        ),
        Sample(
            "a pipeline",
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\r\n"
                + "GET /4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        ),
        Sample(
            "an expectation",
            "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"
        ),
        Sample("a WebSocket", webSocket()),
    ]

    /// An opening handshake (RFC 6455, 1.2), with lines that replace its own.
    static func webSocket(
        line: String = "GET /chat HTTP/1.1",
        connection: String = "keep-alive, Upgrade",
        upgrade: String = "Upgrade: WebSocket",
        key: String = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        version: String = "Sec-WebSocket-Version: 13",
        more: String = ""
    ) -> String {
        "\(line)\r\nHost: a\r\nConnection: \(connection)\r\n\(upgrade)\r\n\(key)\r\n\(version)\r\n\(more)\r\n"
    }

    static let hostile: [Sample] = lines + fields + framing + chunks
}
