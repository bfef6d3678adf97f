import HTTP1
import HTTPFields
import NIOCore
import Testing

@testable import Agent

/// What a stream is given of an HTTP/1.1 origin's head.
struct OriginResponseTests {
    private func fields(_ head: String) throws -> FieldSection {
        var parser = HTTP1ResponseParser(limits: HTTP1Limits())
        parser.expect(.ordinary)
        var buffer = ByteBuffer(string: head)
        guard case .head(let parsed) = try parser.next(&buffer) else { throw NothingCame() }
        return parsed.relayed
    }

    /// HTTP/2 holds a length that is not kept against the whole response, although nobody was to read a body.
    @Test func `a 204 loses the length that it must not have`() throws {
        let fields = try fields("HTTP/1.1 204 No Content\r\nContent-Length: 11\r\nX-A: b\r\n\r\n")
        #expect(fields.string("content-length") == nil)
        #expect(fields.string("x-a") == "b")
    }

    @Test(arguments: ["200 OK", "304 Not Modified"])
    func `others keep theirs`(line: String) throws {
        #expect(try fields("HTTP/1.1 \(line)\r\nContent-Length: 11\r\n\r\n").string("content-length") == "11")
    }
}
