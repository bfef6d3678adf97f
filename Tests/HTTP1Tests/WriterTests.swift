import HTTP1
import HTTPFields
import NIOCore
import Testing

struct WriterTests {
    private func view(_ text: String) -> ByteBufferView { ByteBuffer(string: text).readableBytesView }

    private func section(_ fields: [(String, String)]) -> FieldSection {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        return section
    }

    @Test func `writes a request's head`() throws {
        var buffer = ByteBuffer()
        try HTTP1Writer.requestLine(view("GET"), view("/a?b"), into: &buffer)
        try HTTP1Writer.field("host", view("a"), into: &buffer)
        try HTTP1Writer.field(view("A"), view("b c"), into: &buffer)
        #expect(String(buffer: buffer) == "GET /a?b HTTP/1.1\r\nhost: a\r\nA: b c\r\n")
    }

    @Test(arguments: [(200, "OK"), (404, "Not Found"), (599, "Status")])
    func `writes a status line`(status: Int, phrase: String) {
        var buffer = ByteBuffer()
        HTTP1Writer.statusLine(status, into: &buffer)
        #expect(String(buffer: buffer) == "HTTP/1.1 \(status) \(phrase)\r\n")
    }

    @Test func `leaves out what ends at this hop and what the caller writes itself`() throws {
        let fields = section([
            (":status", "200"), ("connection", "x-hop, ab"), ("x-hop", "1"), ("AB", "1"), ("keep-alive", "1"),
            ("transfer-encoding", "chunked"), ("upgrade", "h2c"), ("proxy-connection", "a"), ("te", "gzip"), ("b", "c"),
            ("date", "now"), ("te", "trailers"),
        ])
        var buffer = ByteBuffer()
        try HTTP1Writer.fields(of: fields, into: &buffer, except: { fields.nameEquals("date", at: $0) })
        #expect(String(buffer: buffer) == "b: c\r\nte: trailers\r\n")
    }

    @Test(arguments: ["close", "keep-alive", "TE", ""])
    func `leaves out the same when Connection names no field`(connection: String) throws {
        let fields = section([
            ("te", "trailers"), ("connection", connection), ("a", "b"), ("Keep-Alive", "1"), ("Upgrade", "h2c"),
            ("te", "gzip"), ("HTTP2-Settings", "a"), ("Proxy-Connection", "a"), ("Transfer-Encoding", "chunked"),
        ])
        var buffer = ByteBuffer()
        try HTTP1Writer.fields(of: fields, into: &buffer)
        #expect(String(buffer: buffer) == "te: trailers\r\na: b\r\n")
        let staying = fields.entries.indices.filter { !HopByHop.isConnectionSpecific(fields, at: $0) }
        #expect(staying == [0, 2])
    }

    @Test(arguments: ["a\r\nb: c", "a\rb", "a\nb", "a\0b", "\u{7F}", "\u{1}"])
    func `writes no value that could begin a line`(value: String) {
        var buffer = ByteBuffer(string: "before")
        #expect(throws: HTTP1Error.badFieldValue) { try HTTP1Writer.field("a", view(value), into: &buffer) }
        #expect(throws: HTTP1Error.badFieldValue) { try HTTP1Writer.field(view("a"), view(value), into: &buffer) }
        let fields = section([("a", "b"), ("c", value)])
        #expect(throws: HTTP1Error.badFieldValue) { try HTTP1Writer.fields(of: fields, into: &buffer) }
        #expect(throws: HTTP1Error.badFieldValue) { try HTTP1Writer.lastChunk(fields, into: &buffer) }
        #expect(buffer == ByteBuffer(string: "before"))
    }

    @Test(arguments: ["", "+4", "-0", "4, 4", "4 4", "0x4", "9223372036854775808"])
    func `writes no length that is not one number`(length: String) {
        var buffer = ByteBuffer()
        let fields = section([("a", "b"), ("Content-Length", length)])
        #expect(throws: HTTP1Error.badContentLength) { try HTTP1Writer.fields(of: fields, into: &buffer) }
        #expect(buffer.readableBytes == 0)
    }

    @Test func `writes no second length, even one that agrees`() throws {
        let fields = section([("content-length", "4"), ("Content-Length", "4")])
        var buffer = ByteBuffer()
        #expect(throws: HTTP1Error.badContentLength) { try HTTP1Writer.fields(of: fields, into: &buffer) }
        try HTTP1Writer.fields(of: fields, into: &buffer, except: { $0 == 0 })
        #expect(String(buffer: buffer) == "Content-Length: 4\r\n")
    }

    @Test(arguments: ["", "a b", "a:", "a\r\n", "a\0", "é"])
    func `writes no name that is not a token`(name: String) {
        var buffer = ByteBuffer()
        #expect(throws: HTTP1Error.badFieldName) { try HTTP1Writer.field(view(name), view("b"), into: &buffer) }
        #expect(throws: HTTP1Error.badFieldName) { try HTTP1Writer.fields(of: section([(name, "b")]), into: &buffer) }
        #expect(buffer.readableBytes == 0)
    }

    @Test(arguments: [
        ("", "/"), ("G T", "/"), ("G\r\n", "/"), ("GET", ""), ("GET", "/ "), ("GET", "/\r\nA: b"), ("GET", "/#"),
    ])
    func `writes no request line that could be read as another`(method: String, target: String) {
        var buffer = ByteBuffer()
        #expect(throws: HTTP1Error.self) { try HTTP1Writer.requestLine(view(method), view(target), into: &buffer) }
        #expect(buffer.readableBytes == 0)
    }

    @Test func `writes chunks that are read back`() throws {
        var buffer = ByteBuffer(string: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for size in [1, 15, 16, 255, 70_000] {
            HTTP1Writer.chunkSize(size, into: &buffer)
            buffer.writeRepeatingByte(UInt8(ascii: "x"), count: size)
            buffer.writeStaticString("\r\n")
        }
        try HTTP1Writer.lastChunk(section([("a", "b"), ("host", "evil")]), into: &buffer)
        let read = Transcript.requests([Array(buffer.readableBytesView)])
        #expect(read.events.dropFirst() == ["body " + String(repeating: "x", count: 70_287), "end {a=b}"])
        #expect(read.error == nil)
    }

    @Test func `writes a last chunk without trailers`() throws {
        var buffer = ByteBuffer()
        try HTTP1Writer.lastChunk(nil, into: &buffer)
        #expect(String(buffer: buffer) == "0\r\n\r\n")
    }
}

struct ListTokensTests {
    @Test(arguments: [
        ("a", ["a"]), ("a,b", ["a", "b"]), (" a ,\tb ", ["a", "b"]), ("", [""]), (",a,,", ["", "a", "", ""]),
    ])
    func `cuts a list at its commas`(list: String, elements: [String]) {
        let tokens = ListTokens(ByteBuffer(string: list).readableBytesView).map { String(decoding: $0, as: UTF8.self) }
        #expect(tokens == elements)
    }

    @Test func `finds an element without regard to case`() {
        let list = ByteBuffer(string: "keep-alive, Upgrade").readableBytesView
        #expect(ListTokens.contains(list, "upgrade"))
        #expect(!ListTokens.contains(list, "up"))
    }
}
