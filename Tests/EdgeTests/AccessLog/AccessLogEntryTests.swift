import Foundation
import Testing

@testable import Edge

struct AccessLogEntryTests {
    static func entry(_ target: String = "/a?b=c") -> AccessLogEntry {
        AccessLogEntry(
            time: Date(timeIntervalSince1970: 1_700_000_000.25),
            requestID: "1-2",
            client: "192.0.2.1",
            method: "GET",
            host: "app.t.example",
            target: target,
            version: "HTTP/1.1",
            status: 200,
            bytesIn: 1,
            bytesOut: 2,
            duration: .milliseconds(1234)
        )
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `a line is one object with what is known`() throws {
        var entry = Self.entry()
        entry.device = "d1"
        entry.userAgent = "curl/8"
        let line = entry.line(showsQueries: true)
        let fields = try object(line)
        #expect(line.hasSuffix("}\n"))
        #expect(fields["time"] as? String == "2023-11-14T22:13:20.250Z")
        #expect(fields["status"] as? Int == 200)
        #expect(fields["duration_ms"] as? Int == 1234)
        #expect(fields["target"] as? String == "/a?b=c")
        #expect(fields["device"] as? String == "d1")
        #expect(fields["user_agent"] as? String == "curl/8")
        #expect(fields["failure"] == nil)
        #expect(fields.count == 13)
    }

    @Test(arguments: [
        ("/a", "/a"), ("/a?", "/a?"), ("/a?b=c&d=e", "/a?b=*&d=*"), ("/a?token", "/a?*"), ("/a?b=c=d?e=f", "/a?b=*"),
        ("/a?=x&&y=", "/a?=*&&y=*"), ("*", "*"), ("/a?\u{301}secret&é=ü", "/a?*&é=*"), ("/a?b=\u{301}c", "/a?b=*"),
    ])
    func `the values of a query are hidden, its names are not`(target: String, expected: String) {
        #expect(QueryRedaction.hideValues(target) == expected)
    }

    @Test func `the query of a referer is hidden as well`() throws {
        var entry = Self.entry()
        entry.referer = "https://x.example/?session=s3cret"
        #expect(!entry.line(showsQueries: false).contains("s3cret"))
        #expect(entry.line(showsQueries: true).contains("s3cret"))
    }

    @Test func `hostile text stays inside of its field and its line`() throws {
        var entry = Self.entry("/\r\n{\"status\":1}\u{1B}[2J\u{202E}\u{2028}")
        entry.userAgent = "\",\"status\":1,\"x\":\"\\"
        entry.host = "\u{0}"
        let line = entry.line(showsQueries: true)
        #expect(line.dropLast().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let fields = try object(line)
        #expect(fields["status"] as? Int == 200)
        #expect(fields["user_agent"] as? String == "\",\"status\":1,\"x\":\"\\")
        #expect(fields["target"] as? String == entry.target)
    }

    @Test func `a long field is cut, so that a waiting entry is small`() throws {
        var entry = Self.entry("/" + String(repeating: "é", count: 100_000))
        entry.userAgent = String(repeating: "x", count: 100_000)
        let bounded = entry.bounded()
        #expect(bounded.cost < 4096)
        #expect(bounded.line(showsQueries: false).utf8.count < 16 * 1024)
        _ = try object(bounded.line(showsQueries: false))
    }
}
