import HTTPFields
import NIOCore
import Testing

@testable import Agent

struct RequestRecordTests {
    private func record(_ path: String) -> RequestRecord {
        var fields = FieldSection()
        fields.append(":method", "GET")
        fields.append(":path", path)
        return RequestRecord(fields)
    }

    @Test(
        arguments: [
            ("/", "/"), ("/a/b", "/a/b"), ("/a?token=secret", "/a"), ("/a?", "/a"), ("/?secret?secret", "/"),
            ("/a?\u{301}secret", "/a"), ("?secret", ""), ("*", "*"), ("/a%3Fb", "/a%3Fb"),
        ]
    )
    func `keeps the path and never the query`(target: String, path: String) {
        #expect(record(target).path == path)
        #expect(record(target).method == "GET")
    }

    @Test func `a long path is cut`() {
        #expect(record("/" + String(repeating: "a", count: 9000)).path.utf8.count == 256)
        #expect(record("/" + String(repeating: "a", count: 9000) + "?secret").path.utf8.count == 256)
    }

    @Test func `has nothing of what the request does not say`() {
        let record = RequestRecord(FieldSection())
        #expect(record.method.isEmpty)
        #expect(record.path.isEmpty)
        #expect(record.status == 0)
    }

    @Test func `the duration is known at the end`() {
        var record = record("/")
        #expect(record.duration == .zero)
        record.end()
        #expect(record.duration > .zero)
    }
}
