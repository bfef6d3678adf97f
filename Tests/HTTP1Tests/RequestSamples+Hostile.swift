import HTTP1

extension RequestSamples {
    private static func line(_ name: String, _ line: String, _ error: HTTP1Error) -> Sample {
        Sample(name, "\(line)\r\nHost: a\r\n\r\n", error)
    }

    static let lines: [Sample] = [
        line("HTTP/0.9", "GET /", .badStartLine),
        line("HTTP/1.2", "GET / HTTP/1.2", .badVersion),
        line("HTTP/2.0", "GET / HTTP/2.0", .badVersion),
        line("HTTP/1.10", "GET / HTTP/1.10", .badStartLine),
        line("HTTP/1.", "GET / HTTP/1.", .badStartLine),
        line("HTTP/11", "GET / HTTP/11", .badStartLine),
        line("a version in small letters", "GET / http/1.1", .badStartLine),
        line("a space behind the version", "GET / HTTP/1.1 ", .badStartLine),
        line("a space before the method", " GET / HTTP/1.1", .badStartLine),
        line("two spaces before the target", "GET  / HTTP/1.1", .badStartLine),
        line("two spaces before the version", "GET /  HTTP/1.1", .badStartLine),
        line("a tab before the target", "GET\t/ HTTP/1.1", .badStartLine),
        line("a tab before the version", "GET /\tHTTP/1.1", .badStartLine),
        line("a space in the target", "GET /a b HTTP/1.1", .badStartLine),
        line("no target", "GET HTTP/1.1", .badStartLine),
        line("no method", "/ HTTP/1.1", .badStartLine),
        line("a method that is no token", "GE(T / HTTP/1.1", .badStartLine),
        line("a method that is too long", String(repeating: "A", count: 33) + " / HTTP/1.1", .badStartLine),
        line("a fragment", "GET /a#b HTTP/1.1", .badTarget),
        line("a target above ASCII", "GET /é HTTP/1.1", .badTarget),
        line("NUL in the target", "GET /\0 HTTP/1.1", .badTarget),
        line("DEL in the target", "GET /\u{7F} HTTP/1.1", .badTarget),
        line("a relative target", "GET a HTTP/1.1", .badTarget),
        line("another scheme", "GET ftp://a/ HTTP/1.1", .badTarget),
        line("an asterisk without OPTIONS", "GET * HTTP/1.1", .badTarget),
        line("an authority without CONNECT", "GET a:443 HTTP/1.1", .badTarget),
        line("CONNECT without a port", "CONNECT a HTTP/1.1", .badTarget),
        line("CONNECT with a path", "CONNECT /a HTTP/1.1", .badTarget),
        line("a user in the target", "GET http://u@a/ HTTP/1.1", .badTarget),
        line("an empty host in the target", "GET http:///a HTTP/1.1", .badTarget),
        line("a target that differs from Host", "GET http://b/ HTTP/1.1", .badHost),
        line("a target whose port differs from Host", "GET http://a:80/ HTTP/1.1", .badHost),
        Sample("a bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", .badLineEnd),
        Sample("a bare CR behind the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n", .badLineEnd),
        Sample("a CR in the target", "GET /\ra HTTP/1.1\r\nHost: a\r\n\r\n", .badStartLine),
        Sample("a bare LF first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .badLineEnd),
        Sample("too many empty lines first", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .badStartLine),
        Sample("a space in an empty line first", "\r\n \r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .badStartLine),
        Sample("the first bytes of TLS", [0x16, 0x03, 0x01, 0x0D, 0x0A, 0x0D, 0x0A], .badStartLine),
        Sample("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .badVersion),
    ]

    private static func field(_ name: String, _ lines: String, _ error: HTTP1Error) -> Sample {
        Sample(name, "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", error)
    }

    private static func host(_ name: String, _ lines: String) -> Sample {
        Sample(name, "GET / HTTP/1.1\r\n\(lines)\r\n", .badHost)
    }

    static let fields: [Sample] = [
        field("a bare LF behind a field", "A: b\nC: d", .badLineEnd),
        field("a bare LF as the empty line", "A: b\r\n\n", .badLineEnd),
        field("a CR in a value", "A: b\rC: d", .badFieldValue),
        field("a CR at the end of a value", "A: b\r", .badFieldValue),
        field("a CR before a name", "\rA: b", .badFieldName),
        field("a CR before a framing field", "\rTransfer-Encoding: chunked", .badFieldName),
        field("NUL in a value", "A: b\0c", .badFieldValue),
        field("VT in a value", "A: b\u{0B}c", .badFieldValue),
        field("DEL in a value", "A: b\u{7F}c", .badFieldValue),
        field("a folded value", "A: b\r\n c", .foldedField),
        field("a value folded with a tab", "A: b\r\n\tc", .foldedField),
        Sample("a first field that is indented", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        field("a space before the colon", "A : b", .badFieldName),
        field("a tab before the colon", "A\t: b", .badFieldName),
        field("an empty name", ": b", .badFieldName),
        field("no colon", "A", .badFieldName),
        field("NUL in a name", "A\0: b", .badFieldName),
        field("a name above ASCII", "É: b", .badFieldName),
        field("a name that is no token", "A(b): c", .badFieldName),
        host("no Host", ""),
        host("two Hosts that agree", "Host: a\r\nHost: a\r\n"),
        host("two Hosts that differ", "Host: a\r\nhost: b\r\n"),
        host("an empty Host", "Host:\r\n"),
        host("a list of Hosts", "Host: a, b\r\n"),
        host("a user in Host", "Host: u@a\r\n"),
        host("a path in Host", "Host: a/b\r\n"),
        host("a space in Host", "Host: a b\r\n"),
        host("an empty port", "Host: a:\r\n"),
        host("port 0", "Host: a:0\r\n"),
        host("port 65536", "Host: a:65536\r\n"),
        host("a signed port", "Host: a:+80\r\n"),
        host("a port that is no number", "Host: a:b\r\n"),
        host("only a port", "Host: :80\r\n"),
        host("an IPv6 address without brackets", "Host: ::1\r\n"),
        host("an IPv6 address without its end", "Host: [::1\r\n"),
        host("no IPv6 address in brackets", "Host: [a.b]\r\n"),
        host("an IPv6 address with two gaps", "Host: [1::2::3]\r\n"),
        host("an IPv6 address of nine groups", "Host: [1:2:3:4:5:6:7:8:9]\r\n"),
        host("an IPv6 address with a zone", "Host: [fe80::1%25eth0]\r\n"),
        host("percent-encoding in Host", "Host: %61\r\n"),
        Sample("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", .badHost),
        field("an unknown expectation", "Expect: 200-ok", .unknownExpectation),
        field("two expectations", "Expect: 100-continue\r\nExpect: 100-continue", .unknownExpectation),
        field("a list of expectations", "Expect: 100-continue, x", .unknownExpectation),
        field("an empty expectation", "Expect:", .unknownExpectation),
        field("Connection names Host", "Connection: host", .badConnection),
        field("Connection names Content-Length", "Connection: close, Content-Length", .badConnection),
        field("Connection names Transfer-Encoding", "Connection: x\r\nConnection: ,Transfer-Encoding", .badConnection),
        field("Connection names Cookie", "Connection: cookie", .badConnection),
        field("Connection with no token", "Connection: a b", .badConnection),
        field("Connection with too many options", "Connection:" + String(repeating: ",", count: 32), .badConnection),
    ]

    private static func framed(_ name: String, _ lines: String, _ error: HTTP1Error, version: String = "1.1") -> Sample
    {
        Sample(name, "POST / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n\r\n", error)
    }

    static let framing: [Sample] = [
        framed("a length, then chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked", .conflictingFraming),
        framed("chunks, then a length", "Transfer-Encoding: chunked\r\nContent-Length: 5", .conflictingFraming),
        framed("another coding and a length", "Transfer-Encoding: gzip\r\nContent-Length: 5", .conflictingFraming),
        framed("two lengths that agree", "Content-Length: 5\r\nContent-Length: 5", .badContentLength),
        framed("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6", .badContentLength),
        framed("a list of lengths", "Content-Length: 5, 5", .badContentLength),
        framed("an empty length", "Content-Length:", .badContentLength),
        framed("a length with a plus", "Content-Length: +5", .badContentLength),
        framed("a length with a minus", "Content-Length: -0", .badContentLength),
        framed("a hexadecimal length", "Content-Length: 0x5", .badContentLength),
        framed("a length with a space", "Content-Length: 5 5", .badContentLength),
        framed("a length of 2^63", "Content-Length: 9223372036854775808", .badContentLength),
        framed("a length of 2^64 and 5", "Content-Length: 18446744073709551621", .badContentLength),
        framed("an unknown coding", "Transfer-Encoding: xchunked", .unsupportedTransferEncoding),
        framed("the identity coding", "Transfer-Encoding: identity", .unsupportedTransferEncoding),
        framed("a list of codings", "Transfer-Encoding: gzip, chunked", .badTransferEncoding),
        framed("chunked is not last", "Transfer-Encoding: chunked, identity", .badTransferEncoding),
        framed("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .badTransferEncoding),
        framed("codings in two fields", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked", .badTransferEncoding),
        framed("a quoted coding", "Transfer-Encoding: \"chunked\"", .badTransferEncoding),
        framed("a coding with a parameter", "Transfer-Encoding: chunked;a", .badTransferEncoding),
        framed("an empty coding", "Transfer-Encoding:", .badTransferEncoding),
        framed("a coding behind VT", "Transfer-Encoding: \u{0B}chunked", .badFieldValue),
        framed("a coding behind NBSP", "Transfer-Encoding: \u{A0}chunked", .badTransferEncoding),
        framed("a space behind the name", "Transfer-Encoding : chunked", .badFieldName),
        framed("a folded coding", "Transfer-Encoding:\r\n chunked", .foldedField),
        framed("chunks in HTTP/1.0", "Transfer-Encoding: chunked", .badTransferEncoding, version: "1.0"),
    ]

    private static func chunk(_ name: String, _ body: String, _ error: HTTP1Error = .badChunk) -> Sample {
        Sample(name, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", error)
    }

    static let chunks: [Sample] = [
        chunk("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunk("a size with a plus", "+5\r\nhello\r\n0\r\n\r\n"),
        chunk("an empty size", "\r\nhello\r\n0\r\n\r\n"),
        chunk("a space before a size", " 5\r\nhello\r\n0\r\n\r\n"),
        chunk("a space behind a size", "5 \r\nhello\r\n0\r\n\r\n"),
        chunk("a size of seventeen digits", "00000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunk("a size of 2^63", "8000000000000000\r\n"),
        chunk("a bare LF behind a size", "5\nhello\r\n0\r\n\r\n"),
        chunk("a bare CR behind a size", "5\rhello\r\n0\r\n\r\n"),
        chunk("a bare LF in an extension", "5;a\nhello\r\n0\r\n\r\n"),
        chunk("a bare CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        chunk("an LF in a quoted extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
        chunk("a quoted extension without its end", "5;a=\"b\r\nhello\r\n0\r\n\r\n"),
        chunk("a space in an extension", "5; a\r\nhello\r\n0\r\n\r\n"),
        chunk("an extension without a name", "5;\r\nhello\r\n0\r\n\r\n"),
        chunk("an extension without a value", "5;a=\r\nhello\r\n0\r\n\r\n"),
        chunk("NUL in an extension", "5;a\0\r\nhello\r\n0\r\n\r\n"),
        chunk("data longer than its size", "4\r\nhello\r\n0\r\n\r\n"),
        chunk("no CRLF behind data", "5\r\nhello0\r\n\r\n"),
        chunk("a bare LF behind data", "5\r\nhello\n0\r\n\r\n"),
        chunk("a bare CR behind data", "5\r\nhello\r0\r\n\r\n"),
        chunk("a bare LF behind the last chunk", "0\n\r\n"),
        chunk("a bare LF as the end", "0\r\n\n", .badLineEnd),
        chunk("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", .foldedField),
        chunk("a trailer without a colon", "0\r\nA\r\n\r\n", .badFieldName),
        chunk("a CR before a trailer", "0\r\nA: b\r\n\rC: d\r\n\r\n", .badFieldName),
    ]
}
