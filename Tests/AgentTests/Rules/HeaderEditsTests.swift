import HTTPFields
import Testing

@testable import Agent

struct HeaderEditsTests {
    private func edits(add: [(String, String)] = [], remove: [String] = []) throws -> HeaderEdits {
        try HeaderEdits(.init(add: add.map { .init(name: $0.0, value: $0.1) }, remove: remove), in: .requestHeaders)
    }

    private func lines(_ edits: HeaderEdits, _ fields: [(String, String)]) -> [String] {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        let edited = edits.applied(to: section)
        return edited.entries.indices.map {
            String(decoding: edited.name(at: $0), as: UTF8.self) + "="
                + String(decoding: edited.value(at: $0), as: UTF8.self)
        }
    }

    @Test func `sets in place of whatever was there, and keeps the rest in order`() throws {
        let edits = try edits(add: [("X-User", "owner")], remove: ["Cookie"])
        let lines = lines(
            edits,
            [(":path", "/"), ("x-user", "visitor"), ("a", "1"), ("COOKIE", "c"), ("X-User", "two")]
        )
        #expect(lines == [":path=/", "a=1", "x-user=owner"])
    }

    @Test func `gives two fields for two additions of one name`() throws {
        let edits = try edits(add: [("link", "</a>"), ("Link", "</b>")])
        #expect(lines(edits, [("link", "</c>")]) == ["link=</a>", "link=</b>"])
    }

    /// CGI and its heirs read `_` and `-` alike.
    @Test(arguments: ["x_user", "X_USER", "x-user"])
    func `leaves no other spelling beside what it sets or removes`(name: String) throws {
        #expect(lines(try edits(add: [("x-user", "owner")]), [(name, "visitor")]) == ["x-user=owner"])
        #expect(lines(try edits(remove: ["x-user"]), [(name, "visitor")]) == [])
        #expect(lines(try edits(remove: ["x_user"]), [(name, "visitor")]) == [])
    }

    @Test(arguments: [
        "", ":path", ":status", "a b", "a:b", "näme", "a\r\nb", "a\0", "connection", "Keep-Alive", "Proxy-Connection",
        "TE",
        "upgrade", "http2-settings", "transfer-encoding", "Transfer_Encoding", "Content-Length", "content_length",
        "trailer",
        "expect", "Host", "sec-websocket-key", "sec-websocket-accept", String(repeating: "a", count: 129),
    ])
    func `refuses a name that is none or that is not the owner's to edit`(name: String) {
        #expect(throws: VisitorRulesError.self) { try edits(add: [(name, "v")]) }
        #expect(throws: VisitorRulesError.self) { try edits(remove: [name]) }
    }

    @Test(arguments: ["a\r\nset-cookie: b", "a\nb", "a\rb", "a\0b", "a\u{7F}", String(repeating: "a", count: 4097)])
    func `refuses a value that would be another field or break the message`(value: String) {
        #expect(throws: VisitorRulesError.self) { try edits(add: [("x-a", value)]) }
    }

    @Test func `cuts the blanks around a value, and takes an empty one`() throws {
        #expect(lines(try edits(add: [("a", " \t b c \t"), ("d", "  "), ("e", "")]), []) == ["a=b c", "d=", "e="])
    }

    @Test func `refuses a name that is added and removed`() {
        #expect(throws: VisitorRulesError.self) { try edits(add: [("x-user", "a")], remove: ["X_User"]) }
    }

    @Test func `refuses more edits than there is reason for`() {
        #expect(throws: VisitorRulesError.self) { try edits(remove: (0..<65).map { "x-\($0)" }) }
    }

    @Test func `shows what was written without its control characters`() throws {
        let error = #expect(throws: VisitorRulesError.self) { try edits(remove: ["a\u{1B}[31m'"]) }
        #expect(error?.description == "'a\\u{1b}[31m\\u{27}' is not a header's name")
    }
}
