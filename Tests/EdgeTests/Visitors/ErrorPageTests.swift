import HTTP1
import NIOCore
import Testing

@testable import Edge

struct ErrorPageTests {
    private static let failures: [EdgeFailure] = [
        .unknownHost, .agentOffline, .tunnelLost, .streamRefused, .badResponse, .unsupported,
    ]

    private func parts(_ page: ErrorPage, closes: Bool = false, withoutBody: Bool = false) throws
        -> (head: [String], body: String)
    {
        let text = String(buffer: page.bytes(closes: closes, withoutBody: withoutBody))
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return (text[..<end.lowerBound].split(separator: "\r\n").map(String.init), String(text[end.upperBound...]))
    }

    @Test func `an offline agent is a 503 that says when to come back`() throws {
        let (head, body) = try parts(ErrorPage(.agentOffline, requestID: "r-1"))
        #expect(
            head == [
                "HTTP/1.1 503 Service Unavailable", "content-type: text/plain; charset=utf-8",
                "content-length: \(body.utf8.count)", "cache-control: no-store", "x-content-type-options: nosniff",
                "x-request-id: r-1", "proxy-status: osm-proxy; error=destination_unavailable", "retry-after: 5",
            ]
        )
        #expect(body == "503 Service Unavailable\n\(EdgeFailure.agentOffline.sentence)\nRequest r-1\n")
    }

    @Test(arguments: failures)
    func `every failure names hop, cause and request`(failure: EdgeFailure) throws {
        let (head, body) = try parts(ErrorPage(failure, requestID: "r-1"))
        #expect(head.first == "HTTP/1.1 \(failure.status) \(StatusPhrase.of(failure.status))")
        #expect(head.contains("proxy-status: osm-proxy; error=\(failure.proxyStatus)"))
        #expect(body.contains(failure.sentence))
        #expect(body.contains("r-1"))
    }

    @Test func `an answer to HEAD has the length of the body that it leaves out`() throws {
        let page = ErrorPage(.unknownHost, requestID: "r-1")
        let (full, body) = try parts(page)
        let (head, none) = try parts(page, withoutBody: true)
        #expect(head == full)
        #expect(none.isEmpty)
        #expect(head.contains("content-length: \(body.utf8.count)"))
    }

    @Test func `closing is said, and only then`() throws {
        let page = ErrorPage(.unknownHost, requestID: "r-1")
        #expect(try parts(page, closes: true).head.contains("connection: close"))
        #expect(try !parts(page).head.contains("connection: close"))
    }

    @Test func `a visitor's own mistake blames no hop`() throws {
        let (head, _) = try parts(ErrorPage(status: 431, sentence: "Too large.", requestID: "r-1"))
        #expect(!head.contains { $0.hasPrefix("proxy-status") || $0.hasPrefix("retry-after") })
    }
}
