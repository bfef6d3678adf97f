import HTTP1

/// Requests as visitors send them, and as they must not.
enum RequestSamples {
    static let valid: [Sample] = [
        Sample(
            "a plain GET",
            "GET /path?q=1 HTTP/1.1\r\nHost: example.com\r\n\r\n",
            ["GET /path?q=1 of example.com http11 none persists {Host=example.com}", "end"]
        ),
        Sample(
            "no white space around a value",
            "GET / HTTP/1.1\r\nHost:a\r\nA:b\r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {A=b}", "end"]
        ),
        Sample(
            "white space around and inside a value",
            "GET / HTTP/1.1\r\nHost: a\r\nA: \t b \t c \t \r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {A=b \t c}", "end"]
        ),
        Sample(
            "an empty value",
            "GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB: \r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {A=} {B=}", "end"]
        ),
        Sample(
            "bytes above ASCII in a value",
            "GET / HTTP/1.1\r\nHost: a\r\nA: é\r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {A=é}", "end"]
        ),
        Sample(
            "every token character in a name",
            "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {!#$%&'*+-.^_`|~09azAZ=b}", "end"]
        ),
        Sample(
            "empty lines first",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            ["GET / of a http11 none persists {Host=a}", "end"]
        ),
        Sample("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", ["GET / of nobody http10 none closes", "end"]),
        Sample(
            "an absolute target",
            "GET HTTP://Example.com:80/a HTTP/1.1\r\nHost: example.COM:80\r\n\r\n",
            ["GET /a of Example.com:80 http11 none persists {Host=example.COM:80}", "end"]
        ),
        Sample(
            "an absolute target without a path",
            "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n",
            ["GET / of a http11 none persists {Host=a}", "end"]
        ),
        Sample(
            "an absolute target with only a query",
            "GET http://a?q=/ HTTP/1.1\r\nHost: a\r\n\r\n",
            ["GET /?q=/ of a http11 none persists {Host=a}", "end"]
        ),
        Sample(
            "OPTIONS of the server",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            ["OPTIONS * of a http11 none persists {Host=a}", "end"]
        ),
        Sample(
            "CONNECT",
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
            ["CONNECT a:443 of a:443 http11 none persists {Host=a:443}", "end"]
        ),
        Sample(
            "an IPv6 host",
            "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n",
            ["GET / of [2001:db8::1]:8080 http11 none persists {Host=[2001:db8::1]:8080}", "end"]
        ),
        Sample(
            "a body with a length",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            ["POST / of a http11 length(5) persists {Host=a} {Content-Length=5}", "body hello", "end"]
        ),
        Sample(
            "a body of no bytes",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            ["POST / of a http11 length(0) persists {Host=a} {Content-Length=0}", "end"]
        ),
        Sample(
            "a chunked body",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n",
            ["POST / of a http11 chunked persists {Host=a} {Transfer-Encoding=Chunked}", "body hello0123456789", "end"]
        ),
        Sample(
            "chunk extensions",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a;b=c;d=\"e;\\\" f\"\r\nx\r\n0;z\r\n\r\n",
            ["POST / of a http11 chunked persists {Host=a} {Transfer-Encoding=chunked}", "body x", "end"]
        ),
        Sample(
            "trailers",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nHost: evil\r\n\r\n",
            ["POST / of a http11 chunked persists {Host=a} {Transfer-Encoding=chunked}", "body x", "end {A=b}"]
        ),
        Sample(
            "a pipeline",
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\r\n"
                + "GET /4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            [
                "POST /1 of a http11 length(2) persists {Host=a} {Content-Length=2}", "body ab", "end",
                "GET /2 of b http11 none persists {Host=b}", "end",
                "POST /3 of c http11 chunked persists {Host=c} {Transfer-Encoding=chunked}", "body x", "end",
                "GET /4 of nobody http10 none persists {Connection=keep-alive}", "end",
            ]
        ),
        Sample(
            "an expectation",
            "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
            [
                "PUT / of a http11 length(1) persists waits {Host=a} {Expect=100-Continue} {Content-Length=1}",
                "body x", "end",
            ]
        ),
        Sample(
            "a WebSocket",
            webSocket(),
            [
                "GET /chat of a http11 none persists webSocket {Host=a} {Connection=keep-alive, Upgrade} {Upgrade=WebSocket} "
                    + "{Sec-WebSocket-Key=dGhlIHNhbXBsZSBub25jZQ==} {Sec-WebSocket-Version=13}", "end",
            ]
        ),
        Sample(
            "a name that only looks like one that frames",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Content-Length: 5\r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {X-Content-Length=5}", "end"]
        ),
        Sample(
            "the last request of a connection",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            ["GET / of a http11 none closes {Host=a} {Connection=close}", "end"]
        ),
        Sample(
            "another protocol that is asked for",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
            ["GET / of a http11 none persists {Host=a} {Connection=upgrade} {Upgrade=h2c}", "end"]
        ),
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
