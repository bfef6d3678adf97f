import HTTPFields
import NIOCore
import Testing

@testable import Edge
@testable import HTTP1

struct HTTP2ResponseFieldsTests {
    private func section(_ fields: [(String, String)]) -> FieldSection {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        return section
    }

    @Test func `passes fields on and puts its own request identifier in place of any other`() throws {
        let fields = section([(":status", "200"), ("etag", "\"1\""), ("x-request-id", "theirs"), ("set-cookie", "a=1")])
        let final = try HTTP2ResponseFields.final(200, fields, requestID: "ours")
        #expect(final.lines == [":status: 200", "etag: \"1\"", "set-cookie: a=1", "x-request-id: ours"])
    }

    @Test func `drops what belongs to the connection before, and a length where there is no body`() throws {
        let fields = section([
            (":status", "204"), ("connection", "x-a"), ("x-a", "1"), ("keep-alive", "5"),
            ("transfer-encoding", "chunked"),
            ("content-length", "0"),
        ])
        let final = try HTTP2ResponseFields.final(204, fields, requestID: "r")
        #expect(final.lines == [":status: 204", "x-request-id: r"])
    }

    @Test func `refuses a field that HTTP/2 cannot carry`() {
        #expect(throws: HTTP1Error.badFieldValue) {
            try HTTP2ResponseFields.final(200, section([(":status", "200"), ("a", "b\r\nc: d")]), requestID: "r")
        }
    }
}
