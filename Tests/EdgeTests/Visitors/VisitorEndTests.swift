import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Edge

/// How connections of visitors end, seen from the visitor.
@Suite(.timeLimit(.minutes(5)))
struct VisitorEndTests {
    /// Requests for a name that nobody has; the answer says how the connection goes on.
    private static let request = "GET / HTTP/1.1\r\nHost: nobody.localhost\r\n"

    @Test(arguments: ["", "GET / HTTP/1.1\r\n", String(repeating: "x", count: 8 * 1024)])
    func `whoever sends a last request gets its whole answer, whatever follows`(rest: String) async throws {
        try await EngineHarness.withEdge { edge in
            let visitor = try await RawVisitor(to: edge.addresses.visitor)
            try await visitor.send("\(Self.request)Connection: close\r\n\r\n\(rest)")
            let answer = try await visitor.untilClosed()
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
            try await eventually { edge.figure("osm_edge_visitors") == "0" }
        }
    }

    @Test func `a last request may follow others on the same connection`() async throws {
        try await EngineHarness.withEdge { edge in
            let visitor = try await RawVisitor(to: edge.addresses.visitor)
            try await visitor.send("\(Self.request)\r\n\(Self.request)Connection: close\r\n\r\n")
            let answers = try await visitor.untilClosed()
            #expect(answers.components(separatedBy: "HTTP/1.1 404 ").count == 3)
        }
    }

    @Test(arguments: ["", "PRI * HTTP/2.0\r\n\r\nSM"])
    func `who has not asked for anything in time is closed without a word`(bytes: String) async throws {
        try await EngineHarness.withEdge {
            // Long enough for a busy machine to connect and send.
            $0.headDeadline = .seconds(2)
        } _: { edge in
            let visitor = try await RawVisitor(to: edge.addresses.visitor)
            if !bytes.isEmpty { try await visitor.send(bytes) }
            let answer = try await visitor.untilClosed()
            #expect(answer.isEmpty)
        }
    }
}
