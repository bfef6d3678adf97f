import HTTPFields
import Testing

@testable import Edge

struct ErrorFormatTests {
    private func format(_ accept: String...) -> ErrorFormat {
        ErrorFormat(accepting: FieldSection(accept.map { ("Accept", $0) }))
    }

    @Test(
        arguments: [
            ("*/*", .plain), ("", .plain), ("image/png", .plain), ("text/html", .html), ("application/json", .json),
            ("application/problem+json", .json), ("text/*", .plain), ("application/*", .json), ("TEXT/HTML", .html),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .html),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", .html),
            ("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", .plain),
            ("application/json, text/plain, */*", .json), ("text/plain, application/json", .plain),
            ("text/html;q=0.1, application/json;q=0.2", .json), ("text/html ; q=0.9 , text/plain;q=0.95", .plain),
            ("text/html;q=0, */*", .plain), ("text/plain;q=0, */*;q=0.1", .html), ("*/*;q=0", .plain),
            ("text/plain;q=0,text/html;q=0,*/*", .json), ("application/xhtml+xml", .html),
            ("text/html;charset=utf-8;q=0.5, application/json;q=0.4", .html),
            ("application/json;q=1.001, text/html;q=0.1", .html), ("application/json;q=.5, text/html;q=0.1", .html),
            ("application/json;q=0.1234, text/html;q=0.1", .html), ("application/json;q=, text/html;q=0.1", .html),
            ("application/json;q=2, text/html;q=0.1", .html), ("text/html;q=1.000, application/json;q=0.999", .html),
            (";;;,q=1,/,*", .plain),
        ] as [(String, ErrorFormat)]
    )
    func `takes what the visitor prefers`(accept: String, expected: ErrorFormat) {
        #expect(format(accept) == expected)
    }

    @Test func `several lines are one list`() {
        #expect(format("text/plain;q=0.2", "application/json") == .json)
    }

    @Test func `a list without end is read up to its bound`() {
        let many = [String](repeating: "image/png", count: 64).joined(separator: ",")
        #expect(format("\(many),text/html") == .plain)
    }

    @Test func `who says nothing gets text`() {
        #expect(ErrorFormat(accepting: FieldSection()) == .plain)
    }
}
