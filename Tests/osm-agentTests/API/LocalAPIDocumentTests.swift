import AdminHTTP
import Agent
import Foundation
import Logging
import Testing

@testable import osm_agent

struct LocalAPIDocumentTests {
    private static func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/local-api.md"), encoding: .utf8)
    }

    @Test func `each route stands in the document, and each in the document is there`() throws {
        let agent = TestAgent()
        let api = LocalAPI(
            address: .unix(path: "/none"),
            state: agent.state,
            desk: agent.desk,
            logs: agent.ring,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let shown = Set(
            try Self.document().matches(of: /`(?:GET|POST|DELETE) (\/[^`]*)`/)
                .map { $0.output.1.replacingOccurrences(of: "NAME", with: "{name}") }
        )
        #expect(shown == Set(api.routes.keys))
    }

    @Test func `each problem stands in the document with its status`() throws {
        let document = try Self.document()
        for kind in APIProblem.Kind.allCases {
            #expect(document.contains("| `urn:osm-agent:problem:\(kind.rawValue)` | \(kind.status) |"), "\(kind)")
        }
    }

    @Test func `the bounds in the document are those of the code`() throws {
        let document = try Self.document()
        let limits = AdminServer.Limits.standard
        let bounds =
            "\(limits.connections) connections, \(limits.streams) of them streams; bodies of \(limits.bodyBytes / 1024) KiB"
        #expect(document.contains(bounds))
        #expect(document.contains("\(EndpointDesk.limit) endpoints"))
        #expect(document.contains("The last \(LogRing.Limits.standard.lines) lines"))
    }

    @Test func `each member of an endpoint's description stands in the document`() throws {
        var spec = TestAgent.spec("web", hostname: "web")
        spec.port = 1
        (spec.upstreamCA, spec.upstreamServerName, spec.hostHeader) = ("a", "b", "c")
        (spec.proxyProtocol, spec.basicAuthFile) = ("v1", "d")
        let document = try Self.document()
        let members = try #require(
            JSONSerialization.jsonObject(with: Data(JSONText.line(spec).utf8)) as? [String: Any]
        )
        for member in members.keys { #expect(document.contains("`\(member)`"), "\(member)") }
    }
}
