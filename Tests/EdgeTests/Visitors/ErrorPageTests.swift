import Foundation
import HTTP1
import HTTPFields
import NIOCore
import Testing

@testable import Edge

struct ErrorPageTests {
    private static let html = FieldSection([("accept", "text/html")])
    private static let json = FieldSection([("accept", "application/json")])
    private static let hostile = "\"><script>alert(1)</script>&'\\\r\n\u{0}\u{1b}[31m.example"

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
                "content-security-policy: default-src 'none'; frame-ancestors 'none'", "referrer-policy: no-referrer",
                "x-request-id: r-1", "proxy-status: osm-proxy; error=destination_unavailable", "retry-after: 5",
            ]
        )
        let hint = try #require(EdgeFailure.agentOffline.hint)
        #expect(body == "503 Service Unavailable\n\(EdgeFailure.agentOffline.sentence)\n\(hint)\nRequest r-1\n")
    }

    @Test(arguments: EdgeFailure.allCases, [FieldSection(), html, json])
    func `every failure names hop, cause and request in every form`(failure: EdgeFailure, accept: FieldSection) throws {
        let (head, body) = try parts(ErrorPage(failure, requestID: "r-1", accept: accept, host: "app.example"))
        #expect(head.first == "HTTP/1.1 \(failure.status) \(StatusPhrase.of(failure.status))")
        #expect(
            head.filter { $0.hasPrefix("proxy-status: osm-proxy; error=") }.count
                == (failure.proxyStatus == nil ? 0 : 1)
        )
        #expect(head.contains("content-length: \(body.utf8.count)"))
        #expect(body.contains(failure.sentence))
        #expect(body.contains("r-1"))
        #expect(body.contains("app.example"))
    }

    @Test func `the same answer serves HTTP/2, whose status is a field`() throws {
        let page = ErrorPage(.originTimeout, requestID: "r-1")
        #expect(page.section.lines.first == ":status: 504")
        #expect(page.section.lines.contains("content-length: \(page.body.readableBytes)"))
        #expect(page.section.lines.allSatisfy { $0 == $0.lowercased() || !$0.hasPrefix("connection") })
    }

    // MARK: Forms

    @Test func `problem details are JSON as RFC 9457 has it`() throws {
        let page = ErrorPage(.unknownHost, requestID: "r-1", accept: Self.json, host: Self.hostile)
        #expect(page.section.string("content-type") == "application/problem+json")
        let object = try JSONSerialization.jsonObject(with: Data(page.body.readableBytesView)) as? [String: Any]
        let problem = try #require(object)
        #expect(problem["status"] as? Int == 404)
        #expect(problem["title"] as? String == "Not Found")
        #expect(problem["type"] as? String == "about:blank")
        #expect(problem["detail"] as? String == EdgeFailure.unknownHost.sentence)
        #expect(problem["hop"] as? String == "edge")
        #expect(problem["request_id"] as? String == "r-1")
        #expect((problem["host"] as? String)?.contains("\u{1b}") == false)
    }

    @Test(arguments: [FieldSection(), html, json])
    func `nothing that a visitor sends becomes part of the page`(accept: FieldSection) throws {
        let page = ErrorPage(.unknownHost, requestID: "r-1", accept: accept, host: Self.hostile)
        let body = String(buffer: page.body)
        if page.section.string("content-type") != "text/plain; charset=utf-8" { #expect(!body.contains("<script")) }
        #expect(!body.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(!body.contains("\r"))
        let long = ErrorPage(.unknownHost, requestID: "r", accept: accept, host: String(repeating: "a", count: 100_000))
        #expect(long.body.readableBytes < 8 * 1024)
    }

    @Test func `a page runs nothing, loads nothing and cannot be framed`() throws {
        let page = ErrorPage(.agentOffline, requestID: "r-1", accept: Self.html, host: "app.example")
        let body = String(buffer: page.body)
        let policy = try #require(page.section.string("content-security-policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.contains("frame-ancestors 'none'"))
        for word in ["<script", "http:", "https:", "url(", "@import", " style=", "<img", "<link"] {
            #expect(!body.contains(word))
        }
        #expect(body.contains("prefers-color-scheme:dark"))
    }

    @Test func `the policy allows exactly the sheet that the page carries`() throws {
        let page = ErrorPage(.agentOffline, requestID: "r-1", accept: Self.html)
        let body = String(buffer: page.body)
        #expect(body.contains("<style>\(ErrorStyle.sheet)</style>"))
        #expect(body.ranges(of: "<style>").count == 1)
        #expect(page.section.string("content-security-policy")?.contains("'sha256-\(ErrorStyle.digest)'") == true)
    }

    @Test func `a page shows in words which hop failed`() {
        let body = String(buffer: ErrorPage(.agentOffline, requestID: "r-1", accept: Self.html).body)
        #expect(body.contains("<li class=\"good\">Edge <small>fine</small></li>"))
        #expect(body.contains("<li class=\"bad\">Device <small>failed</small></li>"))
        #expect(body.contains("<li class=\"unknown\">Service <small>not reached</small></li>"))
    }

    // MARK: HTTP/1.1

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
        let page = ErrorPage(status: 431, sentence: "Too large.", requestID: "r-1", accept: Self.html)
        let (head, body) = try parts(page)
        #expect(!head.contains { $0.hasPrefix("proxy-status") || $0.hasPrefix("retry-after") })
        #expect(!body.contains("<ol>"))
    }
}
