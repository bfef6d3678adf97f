import HTTPFields
import NIOCore
import Testing

@testable import Agent

struct RequestRecordTests {
    private func record(_ path: String) -> RequestRecord {
        var fields = FieldSection()
        fields.append(":method", "GET")
        fields.append(":path", path)
        return RequestRecord(RequestProgress(fields), endpoint: "app")
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
        let record = RequestRecord(RequestProgress(FieldSection()), endpoint: "app")
        #expect(record.method.isEmpty)
        #expect(record.path.isEmpty)
        #expect(record.status == 0)
    }

    @Test func `lasts from the beginning of the request to the making of the record`() {
        let progress = RequestProgress(FieldSection())
        let begun = NIODeadline.now()
        let record = RequestRecord(progress, endpoint: "app")
        #expect(record.duration >= begun - progress.began)
        #expect(record.duration <= NIODeadline.now() - progress.began)
    }

    @Test func `tells what came of the request, and whose it was`() {
        var progress = RequestProgress(FieldSection())
        progress.status = 201
        progress.received = 3
        progress.sent = 5
        let record = RequestRecord(progress, endpoint: "app")
        #expect((record.endpoint, record.status) == ("app", 201))
        #expect((record.received, record.sent) == (3, 5))
    }
}
