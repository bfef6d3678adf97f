import Foundation
import TestSupport
import Testing
import TunnelProtocol

@testable import Agent
@testable import osm_agent

struct EnrolmentTokenSourceTests {
    private static let token = "osmi_" + String(repeating: "A", count: 43)

    private func exit(_ source: EnrolmentTokenSource) -> AgentExit? {
        #expect(throws: AgentExit.self) { _ = try source.token() }
    }

    @Test func `a token comes from the environment, or from a file that it or a flag names`() throws {
        let scratch = try TemporaryFolder()
        let file = "\(scratch.path)/token"
        try Data("  \(Self.token)\r\n".utf8).write(to: URL(filePath: file))
        let sources = [
            EnrolmentTokenSource(file: nil, environment: ["OSM_TOKEN": Self.token]),
            EnrolmentTokenSource(file: nil, environment: ["OSM_TOKEN_FILE": file]),
            EnrolmentTokenSource(file: file, environment: ["OSM_TOKEN": "something else"]),
        ]
        for source in sources { #expect(try source.token().text == Self.token) }
    }

    @Test func `two variables are one too many`() {
        let source = EnrolmentTokenSource(
            file: nil,
            environment: ["OSM_TOKEN": Self.token, "OSM_TOKEN_FILE": "/nowhere"]
        )
        #expect(exit(source)?.problem.contains("Both OSM_TOKEN and OSM_TOKEN_FILE") == true)
    }

    @Test(arguments: ["", "osmi_secretword", "osmi_secretword osmi_secretword"])
    func `what is no token is refused without being shown`(text: String) {
        let exit = exit(EnrolmentTokenSource(file: nil, environment: ["OSM_TOKEN": text]))
        #expect(exit?.code == 2)
        #expect(exit?.description.contains("secretword") == false)
    }

    @Test func `a file that is not there, and one that is too long, are named`() throws {
        let scratch = try TemporaryFolder()
        let long = "\(scratch.path)/long"
        try Data(repeating: 65, count: 2000).write(to: URL(filePath: long))
        for path in ["\(scratch.path)/none", long, scratch.path] {
            #expect(exit(EnrolmentTokenSource(file: path, environment: [:]))?.problem.contains(path) == true)
        }
    }
}

struct EnrolmentServerTests {
    @Test(
        arguments: [
            ("edge.example.com", "edge.example.com:8444"), ("edge.example.com:9000", "edge.example.com:9000"),
            ("https://edge.example.com", "edge.example.com:8444"),
            ("https://edge.example.com:9000/", "edge.example.com:9000"),
            ("HTTPS://[::1]", "[::1]:8444"), ("[2001:db8::1]:1", "[2001:db8::1]:1"),
        ]
    )
    func `a server may be written in several ways`(text: String, address: String) throws {
        #expect(try EnrolmentServer.address(text).description == address)
    }

    @Test(arguments: ["", "http://edge.example.com", "https://edge.example.com/v1/enroll", "edge:0", "a b", "https://"])
    func `anything else is refused`(text: String) {
        #expect(throws: (any Error).self) { try EnrolmentServer.address(text) }
    }
}
