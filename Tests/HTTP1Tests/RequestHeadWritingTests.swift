import HTTPFields
import NIOCore
import Testing

@testable import HTTP1

/// The head that an agent writes for its origin.
struct RequestHeadWritingTests {
    private func request(_ fields: [(String, String)], path: String = "/a?b") -> FieldSection {
        var section = FieldSection()
        section.append(":method", "GET")
        section.append(":path", path)
        section.append(":authority", "a.example")
        for (name, value) in fields { section.append(name, value) }
        return section
    }

    private func written(_ section: FieldSection, host: String? = nil) throws -> String {
        String(buffer: try HTTP1Writer.requestHead(of: section, host: host))
    }

    @Test func `has the host first, the fields as they came, and one cookie last`() throws {
        let section = request([
            ("cookie", ""), ("accept", "*/*"), ("cookie", "a=1"), ("x-a", ""), ("host", "other.example"),
            ("cookie", "b=2"), (":unknown", "1"),
        ])
        let rest = "accept: */*\r\nx-a: \r\ncookie: a=1; b=2\r\n"
        #expect(try written(section) == "GET /a?b HTTP/1.1\r\nhost: a.example\r\n\(rest)")
        #expect(try written(section, host: "b.example") == "GET /a?b HTTP/1.1\r\nhost: b.example\r\n\(rest)")
    }

    @Test func `leaves out what ends at this hop`() throws {
        let section = request([("connection", "x-b"), ("x-b", "1"), ("te", "gzip"), ("upgrade", "h2c"), ("x-c", "2")])
        #expect(try written(section) == "GET /a?b HTTP/1.1\r\nhost: a.example\r\nx-c: 2\r\n")
    }

    @Test(arguments: [
        ("x-a", "1\r\nx-b: 2", HTTP1Error.badFieldValue), ("cookie", "a\0", .badFieldValue),
        ("x a", "1", .badFieldName), ("", "1", .badFieldName), ("x-a\r\nb", "1", .badFieldName),
        ("content-length", "+1", .badContentLength),
    ])
    func `is refused when a byte could begin something else`(name: String, value: String, error: HTTP1Error) {
        #expect(throws: error) { try written(request([(name, value)])) }
    }

    @Test func `is refused with two lengths, a bad target, or a host that breaks the line`() {
        let twoLengths = request([("content-length", "1"), ("content-length", "1")])
        #expect(throws: HTTP1Error.badContentLength) { try written(twoLengths) }
        #expect(throws: HTTP1Error.badTarget) { try written(request([], path: "/a b")) }
        #expect(throws: HTTP1Error.badTarget) { try written(request([], path: "")) }
        #expect(throws: HTTP1Error.badFieldValue) { try written(request([]), host: "a\r\nb") }
    }
}
